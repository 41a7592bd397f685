"""What would leave, where and when, as values; and the rule that every window keeps, whoever sets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from publisher.adapters.base import Payload, Receipt, Recipient
from publisher.adapters.registry import Channel
from publisher.announcement import Announcement
from publisher.errors import Problem, Refused
from publisher.i18n import N_, _
from publisher.models.states import Purpose
from publisher.pipeline.desk import Desk
from publisher.pipeline.render import Rendering
from publisher.text import moments

WEBSITE_FAILS = "website_fails"
HOLD = "hold"
WITHOUT_LINK = "without-link"
"""The policy that is sealed with a delivery: what to do if the page that must be out first is not."""

INTERFACE = "interface"
"""What is sealed beside it of an adapter that is `Versioned`: the version of the platform's interface."""

FARTHEST = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for beside the document: instants as they typed them, channel names (none: all), and three exceptions.

    `ways` are how a correction is made, by channel, where it shall not be as config.toml says.
    `again` allows a text that is already planned or published; `without_link` lets the others go if the website fails;
    `as_written` lets dates leave that the calendar contradicts.
    """

    at: str | None = None
    not_after: str | None = None
    embargo_until: str | None = None
    channels: tuple[str, ...] = ()
    again: bool = False
    without_link: bool = False
    as_written: bool = False
    ways: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The document, byte for byte, and where it was found; None if it was written on the pages."""

    path: Path | None
    content: bytes

    @property
    def name(self) -> str:
        """How messages name it."""
        return self.path.name if self.path else _("the announcement")


@dataclass(frozen=True, slots=True)
class Window:
    """When one channel's part may leave, all in UTC. Without `due_at` it leaves when approved; `wall` is the time as typed."""

    due_at: datetime | None
    not_after: datetime | None
    embargo_until: datetime | None
    wall: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One channel's part: what leaves, when, after which others, and to whom if the channel sends to people one by one."""

    channel: Channel
    payload: Payload
    window: Window
    after: tuple[str, ...]
    policies: Mapping[str, str]
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class Online:
    """What of an announcement is out on one channel: the receipts that count, in order, who got it, and the page's own slug."""

    receipts: tuple[Receipt, ...]
    recipients: tuple[Recipient, ...] = ()
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Follows:
    """That a plan is another round of an announcement that is out: the how manieth, what for, why, what is out by channel.

    `ways` are those that were chosen instead of config.toml's, by channel.
    """

    announcement: str
    round: int
    purpose: Purpose
    reason: str
    online: Mapping[str, Online]
    ways: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it, with what the officer should look at; `rendering` shows it as a preview does."""

    source: Source
    announcement: Announcement
    parts: tuple[Planned, ...]
    problems: tuple[Problem, ...]
    rendering: Rendering
    follows: Follows | None = None


def bounded(desk: Desk, channel: str, window: Window, late: int) -> Window:
    """Return the window with an end, `late` minutes after the due time unless it has one. Raises Refused."""
    _refuse_far(desk, channel, window)
    if window.due_at and not window.not_after:
        window = replace(window, not_after=window.due_at + timedelta(minutes=late))
    _refuse_bad(desk, channel, window)
    return window


def _refuse_far(desk: Desk, channel: str, window: Window) -> None:
    """Refuse a time so far away that its year is a slip of the pen. Raises Refused."""
    for instant in (window.due_at, window.not_after, window.embargo_until):
        if instant and instant - desk.now() > FARTHEST:
            sentence = N_("%(channel)s: %(when)s is more than ten years away: check the year.")
            raise Refused("time-too-far", sentence, channel=channel, when=shown(desk, instant))


def _refuse_bad(desk: Desk, channel: str, window: Window) -> None:
    """Refuse a due time that is past or under embargo, and an end before the beginning. Raises Refused."""
    now, due, end, embargo = desk.now(), window.due_at, window.not_after, window.embargo_until
    if due and due < now:
        sentence = N_("%(channel)s: %(when)s is already past; leave the time out to publish as soon as it is approved.")
        raise Refused("time-past", sentence, channel=channel, when=shown(desk, due))
    if due and embargo and due < embargo:
        sentence = N_("%(channel)s: %(when)s is before the end of the embargo (%(embargo)s).")
        raise Refused("before-embargo", sentence, channel=channel, when=shown(desk, due), embargo=shown(desk, embargo))
    beginning = max(due or now, embargo or now)
    if end and end <= beginning:
        sentence = N_("%(channel)s: the time to publish would end (%(end)s) before it begins (%(beginning)s).")
        raise Refused("window-empty", sentence, channel=channel, end=shown(desk, end), beginning=shown(desk, beginning))


def shown(desk: Desk, instant: datetime) -> str:
    """Return an instant as sentences say it, in the town's zone."""
    return moments.moment(instant.astimezone(desk.config.town.zone))


def shown_day(day: date) -> str:
    """Return a day as sentences say it."""
    return moments.day(day)
