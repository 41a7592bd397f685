"""THE PORT: what an adapter can do, and may be able to do, in the values of values.py, to be imported from here like the rest.

An adapter turns a `Message` into a `Payload` (`prepare`, pure) and sends one `Step` of it (`send`, one remote effect).
It reports what happened; the core decides what to do. Nothing here names a platform.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Protocol, runtime_checkable

from publisher.adapters.connecting import Asked, Connects, Guide, Offer
from publisher.adapters.values import (
    CORRECT,
    PERMALINK,
    WITHDRAW,
    Call,
    Form,
    Handover,
    Idempotency,
    Limits,
    Message,
    Pace,
    Payload,
    Probe,
    Readback,
    Receipt,
    Recipient,
    Step,
    Traits,
    Way,
    as_json,
    digest,
    taking_back,
)
from publisher.adapters.waiting import Wait, Waits
from publisher.errors import Problem

__all__ = [
    "CORRECT",
    "PERMALINK",
    "WITHDRAW",
    "Adapter",
    "Asked",
    "Call",
    "Chooses",
    "Connects",
    "Corrects",
    "Describes",
    "Estimates",
    "Finds",
    "Form",
    "Guide",
    "Handover",
    "HandsOver",
    "Idempotency",
    "Inspects",
    "Leads",
    "Limits",
    "Mailing",
    "Message",
    "Offer",
    "Pace",
    "Payload",
    "Probe",
    "Probes",
    "Reaches",
    "Readback",
    "Receipt",
    "Recipient",
    "Recognises",
    "Retracts",
    "Session",
    "Sessions",
    "Shows",
    "Step",
    "Traits",
    "Versioned",
    "Wait",
    "Waits",
    "Way",
    "Withdraws",
    "as_json",
    "digest",
    "taking_back",
]


@runtime_checkable
class Adapter(Protocol):
    """What every kind of channel can do."""

    kind: ClassVar[str]
    limits: Limits

    @property
    def traits(self) -> Traits:
        """What is declared: one constant of the class, unless a key of config.toml decides a part of it."""

    def prepare(self, message: Message) -> Payload:
        """Turn the message into its payload: pure, repeatable. Raises Unsupported."""

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Cause the one remote effect of a filled step. Raises a SendError; `receipts` are those of earlier steps, by id."""


@runtime_checkable
class Finds(Protocol):
    """Can look up on the platform whether a step is out."""

    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        """Return the receipt of the step if it is online and not older than `since`, the instant of its intent.

        The adapter allows for a platform's clock that is up to 60 s behind; the caller does not. Raises a SendError.
        """


@runtime_checkable
class Retracts(Protocol):
    """Has a way to take back what it published, or to tell those who have it."""

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Return the steps that take it back, complete; `former` is what is out, in order. Pure. Raises Unsupported.

        Those of the effect WITHDRAW go to `Withdraws.withdraw`, the others to `send`.
        """


@runtime_checkable
class Withdraws(Protocol):
    """Can take one published thing off the platform."""

    def withdraw(self, receipt: Receipt) -> None:
        """Take back what the receipt names; already gone is success. Raises a SendError."""


@runtime_checkable
class Corrects(Protocol):
    """Can set right what it published."""

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Turn the corrected message into the steps that set right what is out, `former`, in order. Pure. Raises Unsupported.

        They go the way of all steps: to `send`, or to `withdraw` if their effect is WITHDRAW. What they act upon is in their
        content, for the receipts of an earlier delivery are not given to `send`.
        """


@runtime_checkable
class Chooses(Protocol):
    """Knows several ways to set right what it published; whoever corrects may choose another one than config.toml."""

    def ways(self) -> Sequence[Way]:
        """Return them, first the one that counts unless another is chosen. Pure."""

    def by(self, way: str) -> Corrects:
        """Return who corrects in the way of this name. Pure."""


@runtime_checkable
class Recognises(Protocol):
    """Can read the id of a published step from the address that people see."""

    def recognise(self, url: str, since: datetime) -> str | None:
        """Return the id, None if the address is none of this account's, or is known to be older than `since`, as for `find`. Pure."""


@runtime_checkable
class Probes(Protocol):
    """Can tell who we are and whether we may publish, by reads only."""

    def probe(self) -> Probe:
        """Ask the platform. Raises a SendError."""


@runtime_checkable
class Inspects(Protocol):
    """Can be looked at before something leaves there, beside who we are, by reads only."""

    def inspect(self) -> Sequence[Problem]:
        """Return what would keep a publication from leaving, or from being seen; nothing if all is well. Never raises a SendError."""


@runtime_checkable
class Leads(Protocol):
    """Can lead a person to the account as its readers see it."""

    def account_page(self) -> str:
        """Return the address of that page, empty if the settings do not tell it. Pure."""


@runtime_checkable
class Shows(Protocol):
    """Can tell whether readers see what was published, asking as anybody would, without our rights."""

    def visible(self, step: Step, receipt: Receipt) -> bool:
        """Return whether the page is seen at its address with the content of the filled step. Raises a SendError."""


@runtime_checkable
class HandsOver(Protocol):
    """Sends nothing: at its time a person does what its steps say, and tells the engine. Each of its payloads is one step."""

    def handover(self, step: Step) -> Handover:
        """Return what a person does for the filled step; pure."""


@runtime_checkable
class Describes(Protocol):
    """Can tell which call a step will make."""

    def describe(self, step: Step) -> Call:
        """Return the call; pure."""


@runtime_checkable
class Estimates(Protocol):
    """Knows what the platform charges."""

    def estimate(self, payload: Payload) -> Decimal:
        """Return what sending the payload costs, in US dollars."""


@runtime_checkable
class Versioned(Protocol):
    """Speaks one version, of several, of the platform's interface: people agree to that version, too."""

    @property
    def interface(self) -> str:
        """The version, as the platform writes it."""


@runtime_checkable
class Reaches(Protocol):
    """Knows to whom a step goes; never part of the payload."""

    def recipients(self) -> Sequence[Recipient] | None:
        """Return the list as it is now, each address once; None as long as none is configured. Raises ConfigError."""


class Session(Protocol):
    """One connection; one thing at a time goes over it."""

    @property
    def usable(self) -> bool:
        """Whether it can carry another message; if not, it is to be closed and another one opened."""

    @property
    def in_order(self) -> bool:
        """Whether both ends still know where they are: no more once the server took its leave, or left something without answer."""

    def send(self, step: str, recipient: str, content: bytes) -> Waits[Receipt]:
        """Hand over one message, beside what other sessions do: never block, yield what is to be waited for.

        Raises a SendError; RateLimited, as long as the session is in order, concerns this recipient alone.
        """

    def close(self) -> None:
        """End the connection; whatever is wrong with it by now is of no consequence."""


class Mailing(Protocol):
    """One message for many recipients, of which everything that they share is made."""

    def content(self, values: Mapping[str, str]) -> bytes:
        """Return the exact bytes for one recipient: pure, fast. Raises Rejected for values that no message can hold.

        They fill {recipient} {message_id} {date} {unsubscribe} {permalink}, as a header holds them.
        """

    def open(self) -> Session:
        """Connect and be let in. Raises NotSent, Unauthorized, RateLimited: nothing has left."""


@runtime_checkable
class Sessions(Protocol):
    """Sends one step to many people over a few connections that last."""

    pace: Pace

    def mailing(self, step: Step) -> Mailing:
        """Make once what all recipients of the step share; pure."""
