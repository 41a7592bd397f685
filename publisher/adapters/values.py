"""The values that pass through the port: what an adapter declares, what it is given, what it gives back. No Django, no clock."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

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


class Traits(NamedTuple):
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
    later_parts: Mapping[str, str] = {}
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one text of the channel may hold; the counter on screen and the check before sending are this one function."""

    text: int | None = None
    fold: int | None = None
    count: Callable[[str], int] = len


class Message(NamedTuple):
    """A variant with the facts and keys an adapter needs: typeset texts, rendered parts, and what may be left out.

    `units` are filled for `Form.SENTENCES` only; `posts` are the officer's own and then replace the units.
    `link_line` holds the permalink slot, or is empty when there is no website. `subject` is the officer's own, if any.
    `note` is why an earlier version was wrong, in plain words, and `corrected_at` when it was set right or taken back; both are
    empty in a first publication. `keys` were decided once, before.
    """

    channel: str
    type: str
    title: str
    parts: Mapping[str, str] = {}
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
    keys: Mapping[str, str] = {}


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

    The other fields tell the officer what was done to the text; they are shown, and are not part of the digest. `not_carried`
    is what this kind of channel never shows, whatever room there is.
    """

    steps: tuple[Step, ...]
    alternative: tuple[Step, ...] = ()
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_carried: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """`sha256:` and the hexadecimal hash of the canonical JSON of what leaves: the same on any machine."""
        return digest(self.canonical.encode())

    @property
    def takes_back(self) -> bool:
        """Whether nothing is published: every step takes something back."""
        return bool(self.steps) and all(step.effect == WITHDRAW for step in self.steps)

    @property
    def canonical(self) -> str:
        """The JSON of what leaves, in the one form that is hashed."""
        leaving = {"steps": [asdict(step) for step in self.steps], "alternative": [asdict(step) for step in self.alternative]}
        return json.dumps(leaving, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Receipt(NamedTuple):
    """What the platform acknowledged for one step; `url` is None when the platform gives no address."""

    step: str
    remote_id: str | None = None
    url: str | None = None
    at: datetime | None = None
    answer: Mapping[str, object] = {}


class Handover(NamedTuple):
    """What a person does where we cannot: put this very text there, or take off what is there if it is empty.

    `address` is where it is done, `how` what to do there. `former` and `former_url` are what is out already: it makes room for the
    text, or is taken off. `has_address`: readers see it at an address, which the person is asked for.
    """

    text: str
    address: str = ""
    how: str = ""
    former: str = ""
    former_url: str = ""
    has_address: bool = True


def taking_back(receipt: Receipt) -> Step:
    """Return the step that takes back what a receipt names."""
    content = {"step": receipt.step, "remote_id": receipt.remote_id, "url": receipt.url}
    return Step(f"withdraw-{receipt.step}", WITHDRAW, content)


class Probe(NamedTuple):
    """Who we are for the platform: account as config.toml names it, its display name, and the platform's own clock.

    `ends_at` is when our access ends unless somebody renews it, `problems` what the platform told that a person should know;
    both are for `check --online` and stop nothing. `picture` is the address of the account's picture, if it has one.
    """

    account: str
    name: str = ""
    clock: datetime | None = None
    ends_at: datetime | None = None
    problems: tuple[Problem, ...] = ()
    picture: str = ""


class Call(NamedTuple):
    """A call as a dry run shows it; never a secret. What an earlier step will give stands as ‹id of that-step›."""

    method: str
    address: str
    content: Mapping[str, object] = {}


class Way(NamedTuple):
    """One of several ways to set right what is out: its name in config.toml, and what it does, in plain words."""

    name: str
    does: str


class Recipient(NamedTuple):
    """Somebody on the list: where, and the name beside the address."""

    address: str
    name: str = ""


class Pace(NamedTuple):
    """How fast a server may be addressed: connections at a time, and messages a minute over all of them."""

    connections: int
    per_minute: int | None = None


def digest(canonical: bytes) -> str:
    """Return `sha256:` and the hexadecimal hash of a canonical text in UTF-8."""
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def as_json(steps: Sequence[Step]) -> list[dict[str, object]]:
    """Return steps as the JSON values kept in the database and printed by a dry run."""
    return [asdict(step) for step in steps]
