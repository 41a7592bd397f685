"""THE PORT: what an adapter receives, what it gives back, what it may be able to do. Values only; no Django, no clock.

An adapter turns a `Message` into a `Payload` (`prepare`, pure) and sends one `Step` of it (`send`, one remote effect).
It reports what happened; the core decides what to do. Nothing here names a platform.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from publisher.errors import Problem
from publisher.text.threads import Unit
from publisher.text.typography import Profile

PERMALINK = "{permalink}"


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

    `templates` is the folder under templates/, `parts` maps the names of `Message.parts` to template files in it.
    `window` is the settling time of an EVENTUAL read-back, `key_life` how long the platform remembers a KEY.
    `permalink`: the address in its receipt fills the permalink slot of the other channels.
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
    `keys` were decided once, before.
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
        leaving = {"steps": [asdict(step) for step in self.steps], "alternative": [asdict(step) for step in self.alternative]}
        canonical = json.dumps(leaving, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


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
class Withdraws(Protocol):
    """Can take a published step back."""

    def withdraw(self, receipt: Receipt) -> None:
        """Take the step back; already gone is success. Raises a SendError."""


@runtime_checkable
class Corrects(Protocol):
    """Can replace what a published step shows, at the same address."""

    def correct(self, step: Step, receipt: Receipt) -> Receipt:
        """Replace the content in place. Raises a SendError."""


@runtime_checkable
class Recognises(Protocol):
    """Can read the id of a published step from the address that people see."""

    def recognise(self, url: str) -> str | None:
        """Return the id, None if the address is none of this account's. Pure."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Who we are for the platform: account as config.toml names it, its display name, and the platform's own clock."""

    account: str
    name: str = ""
    clock: datetime | None = None


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


@runtime_checkable
class Reaches(Protocol):
    """Knows how many people a step goes to; never part of the payload."""

    def recipients(self) -> int | None:
        """Return how many recipients there are, None as long as no list is configured. Raises ConfigError."""


@runtime_checkable
class Sessions(Protocol):
    """Keeps one connection for many steps."""

    def session(self) -> AbstractContextManager[None]:
        """Open the connection for the steps sent inside the context."""


def as_json(steps: Sequence[Step]) -> list[dict[str, object]]:
    """Return steps as the JSON values kept in the database and printed by a dry run."""
    return [asdict(step) for step in steps]
