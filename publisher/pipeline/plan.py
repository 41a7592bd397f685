"""What would leave, where and when: the times, embargo and order of an announcement's channels, before anything is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.adapters.base import PERMALINK, Finds, Idempotency, Payload, Readback
from publisher.adapters.registry import Channel
from publisher.announcement import Announcement
from publisher.errors import ConfigError, Problem, Refused, Severity, UsageError
from publisher.i18n import N_
from publisher.pipeline import slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.render import Rendering, render
from publisher.text.instants import parse_when

HOLD = "hold"
WITHOUT_LINK = "without-link"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for beside the document: instants as they typed them, channel names (none: all), and two exceptions.

    `again` allows a text that is already planned or published; `without_link` lets the others go if the website fails.
    """

    at: str | None = None
    not_after: str | None = None
    embargo_until: str | None = None
    channels: tuple[str, ...] = ()
    again: bool = False
    without_link: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The document, byte for byte, and where it was found."""

    path: Path
    content: bytes


@dataclass(frozen=True, slots=True)
class Window:
    """When one channel's part may leave, all in UTC. Without `due_at` it leaves when approved; `wall` is the time as typed."""

    due_at: datetime | None
    not_after: datetime | None
    embargo_until: datetime | None
    wall: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One channel's part: what leaves, when, and after which others."""

    channel: Channel
    payload: Payload
    window: Window
    after: tuple[str, ...]
    policies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it, with what the officer should look at."""

    source: Source
    announcement: Announcement
    parts: tuple[Planned, ...]
    problems: tuple[Problem, ...]


def plan(desk: Desk, source: Source, announcement: Announcement, request: Request) -> Plan:
    """Render the announcement and give each channel its window; stores nothing. Raises Refused, UsageError, RenderError, ConfigError."""
    announcement = replace(announcement, embargo_until=_embargo(desk, announcement, request))
    channels = _chosen(desk, request)
    rendering = render(announcement, desk.config, channels)
    _refuse_errors(rendering)
    policies = {"website_fails": WITHOUT_LINK if request.without_link else HOLD}
    together = {variant.channel.name: variant.channel for variant in rendering.variants}
    parts = tuple(
        Planned(channel, payload, _window(desk, announcement, request, channel), _needed(channel, payload, together), policies)
        for channel, payload in ((variant.channel, variant.payload) for variant in rendering.variants)
    )
    if not parts:
        raise Refused("nothing-to-plan", N_("No channel is left to publish on: check “enabled” in config.toml and in the document."))
    _refuse_impossible_order(desk, parts)
    return Plan(source, announcement, parts, (*rendering.problems, *_not_sending(desk, announcement, request)))


def _embargo(desk: Desk, announcement: Announcement, request: Request) -> datetime | None:
    """Return the later of the embargoes that the document and the person name."""
    asked = parse_when(request.embargo_until, desk.config.town.zone) if request.embargo_until else None
    named = [instant for instant in (announcement.embargo_until, asked) if instant]
    return max(named, key=datetime.timestamp, default=None)


def _chosen(desk: Desk, request: Request) -> dict[str, Channel]:
    """Return the channels that the person named, or all; only those that can send."""
    for name in request.channels:
        if name not in desk.channels:
            sentence = N_("There is no channel “%(name)s”; the channels are %(known)s.")
            raise UsageError("unknown-channel", sentence, name=name, known=", ".join(desk.channels))
        if not _sends(desk.channels[name]):
            sentence = N_("%(channel)s: this version of Publisher shows what would leave, but does not send there yet.")
            raise Refused("channel-not-sending", sentence, channel=name)
    asked = request.channels or tuple(desk.channels)
    chosen = {name: channel for name, channel in desk.channels.items() if name in asked and _sends(channel)}
    for channel in chosen.values():
        _refuse_undeclared(channel)
    return chosen


def _sends(channel: Channel) -> bool:
    return hasattr(channel.adapter, "send")


def _not_sending(desk: Desk, announcement: Announcement, request: Request) -> Iterator[Problem]:
    """Yield a warning for each channel that was meant, and that this version cannot serve."""
    sentence = N_("%(channel)s: this version of Publisher shows what would leave, but does not send there yet.")
    for name, channel in desk.channels.items():
        text = announcement.channels.get(name)
        meant = channel.settings.enabled and not request.channels and (text is None or text.enabled)
        if meant and not _sends(channel):
            yield Problem(Severity.WARNING, "channel-not-sending", sentence, {"channel": name}, channel=name)


def _refuse_undeclared(channel: Channel) -> None:
    """Refuse an adapter that does not tell how duplicates are avoided, or contradicts itself."""
    traits = channel.adapter.traits
    reads = traits.readback is not Readback.NONE
    if reads == isinstance(channel.adapter, Finds) and (traits.idempotency is not Idempotency.KEY or traits.key_life):
        return
    sentence = N_("The adapter “%(kind)s” does not declare how duplicates are avoided; nothing is sent with it. Update its package.")
    raise ConfigError("adapter-undeclared", sentence, kind=channel.kind)


def _refuse_errors(rendering: Rendering) -> None:
    errors = [problem for problem in rendering.problems if problem.severity is Severity.ERROR]
    if not errors:
        return
    first = f"{errors[0].channel}: {errors[0].message}" if errors[0].channel else errors[0].message
    if len(errors) == 1:
        raise Refused("problems", N_("Nothing was queued. %(first)s"), first=first, problems=errors)
    sentence = N_("Nothing was queued. %(first)s (And %(more)d more; “publisher preview” shows them all.)")
    raise Refused("problems", sentence, first=first, more=len(errors) - 1, problems=errors)


def _needed(channel: Channel, payload: Payload, together: Mapping[str, Channel]) -> tuple[str, ...]:
    """Return the channels that must be out first: those of config.toml, and one that gives the address if the text leaves its place."""
    after = [name for name in channel.settings.after if name in together]
    providers = [name for name, other in together.items() if other.adapter.traits.permalink]
    if PERMALINK in slots.used((*payload.steps, *payload.alternative)) and not set(after).intersection(providers):
        after += providers[:1]
    return tuple(after)


def _window(desk: Desk, announcement: Announcement, request: Request, channel: Channel) -> Window:
    """Return the channel's window: the document's own time for it, else the one asked for. Raises Refused, UsageError."""
    zone, settings, text = desk.config.town.zone, channel.settings, announcement.channels.get(channel.name)
    own = text.at if text else None
    due = _utc(own or (parse_when(request.at, zone) if request.at else None))
    end = _utc(parse_when(request.not_after, zone) if request.not_after else announcement.not_after)
    embargo = None if settings.before_embargo else _utc(announcement.embargo_until)
    if due and not end:
        end = due + timedelta(minutes=settings.not_after)
    window = Window(due, end, embargo, own.isoformat() if own else request.at or "")
    refuse_bad_window(desk, channel.name, window)
    return window


def _utc(instant: datetime | None) -> datetime | None:
    """Return the instant in UTC: two aware times of one zone compare by their wall time, which lies when clocks go back."""
    return instant.astimezone(UTC) if instant else None


def refuse_bad_window(desk: Desk, channel: str, window: Window) -> None:
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
    """Return an instant as sentences show it: to the minute, in the town's zone, with its offset."""
    return f"{instant.astimezone(desk.config.town.zone):%Y-%m-%d %H:%M %z}"


def _refuse_impossible_order(desk: Desk, parts: Sequence[Planned]) -> None:
    """Refuse a channel whose time would be over before one that it waits for begins. Raises Refused."""
    by_name = {part.channel.name: part for part in parts}
    for part in parts:
        for other in (by_name[name] for name in part.after):
            end, begins = part.window.not_after, other.window.due_at
            if end and begins and begins >= end:
                sentence = N_("%(channel)s waits for %(other)s, which leaves only at %(when)s, when it is too late for %(channel)s.")
                raise Refused("order-impossible", sentence, channel=part.channel.name, other=other.channel.name, when=shown(desk, begins))
