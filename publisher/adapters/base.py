"""THE PORT: what an adapter receives, what it gives back, what it may be able to do. Values only; no Django, no clock.

An adapter turns a `Message` into a `Payload` (`prepare`, pure) and sends one `Step` of it (`send`, one remote effect).
It reports what happened; the core decides what to do. Nothing here names a platform.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from publisher.errors import Problem
from publisher.text.threads import Unit
from publisher.text.typography import Profile

PERMALINK = "{permalink}"
CORRECT = "correct"
"""The effect of a step that sets right, by its id, what is online; a second time changes nothing more."""
WITHDRAW = "withdraw"
"""The effect of a step that takes back what its content names; the engine gives it to `Withdraws.withdraw`."""


class Idempotency(StrEnum):
    """How the platform lets a call be repeated without a second effect (delivery.md §1)."""

    KEY = "key"
    CLIENT_ID = "client_id"
    TWO_PHASE = "two_phase"
    NONE = "none"


class Readback(StrEnum):
    """How far what was published can be looked up: at once, after a settling window, or not at all."""

    STRONG = "strong"
    EVENTUAL = "eventual"
    NONE = "none"


class Form(StrEnum):
    """How much of the document the channel carries: rung of the fidelity ladder (adaptation.md R1)."""

    DOCUMENT = "document"
    PARAGRAPHS = "paragraphs"
    SENTENCES = "sentences"


@dataclass(frozen=True, slots=True)
class Traits:
    """What an adapter declares about its kind; the engine refuses one that declares nothing.

    `templates` is the folder under templates/, `parts` maps the names of `Message.parts` to template files in it; `later_parts`
    are those that only a correction or a withdrawal needs.
    `window` is the settling time of an EVENTUAL read-back, `key_life` how long the platform remembers a KEY.
    `permalink`: the address in its receipt fills the permalink slot of the other channels. `edits`: what is out can be changed
    where it stands; without it a correction is a publication of its own. `handle`: how its readers see the account beside the
    name, as “@{account}”; empty if they do not.
    """

    label: str
    form: Form
    templates: str
    parts: Mapping[str, str]
    idempotency: Idempotency
    readback: Readback
    typography: Profile = "social"
    window: timedelta = timedelta(0)
    key_life: timedelta = timedelta(0)
    permalink: bool = False
    edits: bool = False
    later_parts: Mapping[str, str] = field(default_factory=dict)
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one text of the channel may hold; the counter on screen and the check before sending are this one function."""

    text: int | None = None
    fold: int | None = None
    count: Callable[[str], int] = len


@dataclass(frozen=True, slots=True)
class Message:
    """A variant with the facts and keys an adapter needs: typeset texts, rendered parts, and what may be left out.

    `units` are filled for `Form.SENTENCES` only; `posts` are the officer's own and then replace the units.
    `link_line` holds the permalink slot, or is empty when there is no website. `subject` is the officer's own, if any.
    `note` is why an earlier version was wrong, in plain words, and `corrected_at` when it was set right or taken back; both are
    empty in a first publication. `keys` were decided once, before.
    """

    channel: str
    type: str
    title: str
    parts: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    language: str = "fr"
    slug: str = ""
    summary: str = ""
    subject: str = ""
    units: tuple[Unit, ...] = ()
    posts: tuple[str, ...] = ()
    link_line: str = ""
    hashtags: tuple[str, ...] = ()
    note: str = ""
    corrected_at: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One remote effect: the exact content of one call, as JSON values; `after` names the step that must be out first."""

    id: str
    effect: str
    content: Mapping[str, object] = field(default_factory=dict)
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """Exactly what will leave, in order, slots unfilled; `alternative` replaces a thread that the platform refuses.

    The other fields tell the officer what was done to the text; they are shown, and are not part of the digest.
    """

    steps: tuple[Step, ...]
    alternative: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """`sha256:` and the hexadecimal hash of the canonical JSON of what leaves: the same on any machine."""
        return digest(self.canonical)

    @property
    def canonical(self) -> str:
        """The JSON of what leaves, in the one form that is hashed."""
        leaving = {"steps": [asdict(step) for step in self.steps], "alternative": [asdict(step) for step in self.alternative]}
        return json.dumps(leaving, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform acknowledged for one step; `url` is None when the platform gives no address."""

    step: str
    remote_id: str | None = None
    url: str | None = None
    at: datetime | None = None
    answer: Mapping[str, object] = field(default_factory=dict)


@runtime_checkable
class Adapter(Protocol):
    """What every kind of channel can do."""

    kind: ClassVar[str]
    traits: ClassVar[Traits]
    limits: Limits

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


def taking_back(receipt: Receipt) -> Step:
    """Return the step that takes back what a receipt names."""
    content = {"step": receipt.step, "remote_id": receipt.remote_id, "url": receipt.url}
    return Step(f"withdraw-{receipt.step}", WITHDRAW, content)


@runtime_checkable
class Recognises(Protocol):
    """Can read the id of a published step from the address that people see."""

    def recognise(self, url: str, since: datetime) -> str | None:
        """Return the id, None if the address is none of this account's, or is known to be older than `since`, as for `find`. Pure."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Who we are for the platform: account as config.toml names it, its display name, and the platform's own clock.

    `ends_at` is when our access ends unless somebody renews it, `problems` what the platform told that a person should know;
    both are for `check --online` and stop nothing.
    """

    account: str
    name: str = ""
    clock: datetime | None = None
    ends_at: datetime | None = None
    problems: tuple[Problem, ...] = ()


@runtime_checkable
class Probes(Protocol):
    """Can tell who we are and whether we may publish, by reads only."""

    def probe(self) -> Probe:
        """Ask the platform. Raises a SendError."""


@runtime_checkable
class Shows(Protocol):
    """Can tell whether readers see what was published, asking as anybody would, without our rights."""

    def visible(self, step: Step, receipt: Receipt) -> bool:
        """Return whether the page is seen at its address with the content of the filled step. Raises a SendError."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a dry run shows it; never a secret. What an earlier step will give stands as ‹id of that-step›."""

    method: str
    address: str
    content: Mapping[str, object] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody on the list: where, and the name beside the address."""

    address: str
    name: str = ""


@runtime_checkable
class Reaches(Protocol):
    """Knows to whom a step goes; never part of the payload."""

    def recipients(self) -> Sequence[Recipient] | None:
        """Return the list as it is now, each address once; None as long as none is configured. Raises ConfigError."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a server may be addressed: connections at a time, and messages a minute over all of them."""

    connections: int
    per_minute: int | None = None


class Session(Protocol):
    """One connection, for one thread."""

    @property
    def usable(self) -> bool:
        """Whether it can carry another message; if not, it is to be closed and another one opened."""

    def send(self, step: str, recipient: str, content: bytes) -> Receipt:
        """Hand over one message. Raises a SendError; RateLimited, as long as the session is usable, concerns this recipient alone."""

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


def digest(canonical: str) -> str:
    """Return `sha256:` and the hexadecimal hash of a canonical text."""
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def as_json(steps: Sequence[Step]) -> list[dict[str, object]]:
    """Return steps as the JSON values kept in the database and printed by a dry run."""
    return [asdict(step) for step in steps]
