"""From a document to a plan: the times, embargo and order of its channels, and what forbids them; stores nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from publisher.adapters.base import PERMALINK, Finds, Idempotency, Payload, Probes, Reaches, Readback, Recipient, Versioned
from publisher.adapters.registry import Channel
from publisher.announcement import Announcement, ChannelText
from publisher.errors import ConfigError, Problem, Refused, Severity
from publisher.i18n import N_, _
from publisher.pipeline import intake, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import (
    HOLD,
    INTERFACE,
    WEBSITE_FAILS,
    WITHOUT_LINK,
    Plan,
    Planned,
    Request,
    Source,
    Window,
    bounded,
    shown,
    shown_day,
)
from publisher.pipeline.render import Rendering, render
from publisher.text.instants import parse_when

_WRONG_DATES = frozenset({"weekday-mismatch", "date-impossible"})
"""Problems of a date that the calendar itself contradicts."""


def read(desk: Desk, path: Path, request: Request) -> Plan:
    """Read a document, once, and plan what it says. Raises IntakeError and what `plan` raises."""
    zone, content = desk.config.town.zone, intake.contents(path)
    announcement = intake.read(content, path.name, zone, desk.now().astimezone(zone).date())
    return plan(desk, Source(path, content), announcement, request)


def plan(desk: Desk, source: Source, announcement: Announcement, request: Request) -> Plan:
    """Render the announcement and give each channel its window; stores nothing. Raises Refused, UsageError, RenderError, ConfigError."""
    announcement = announcement._replace(embargo_until=_embargo(desk, announcement, request))
    rendering = render(muted(announcement, desk, _chosen(desk, request)), desk.config, desk.channels)
    if not request.as_written:
        refuse_wrong_dates(rendering)
    together = {variant.channel.name: variant.channel for variant in rendering.variants}
    planned = parts(desk, announcement, request, rendering, together, _recipients)
    first = min((part.window.due_at for part in planned if part.window.due_at), default=None)
    return Plan(source, announcement, planned, (*rendering.problems, *dated_otherwise(desk, announcement, first)), rendering)


def dated_otherwise(desk: Desk, announcement: Announcement, due: datetime | None) -> Iterator[Problem]:
    """Yield the warning that a text bears another date than the day on which it leaves: today, if it is to leave when approved."""
    day = (due or desk.now()).astimezone(desk.config.town.zone).date()
    if announcement.date and announcement.date != day:
        sentence = N_("The text is dated %(date)s, and is to leave on %(day)s: correct one of both, unless that is meant.")
        yield Problem(Severity.WARNING, "dated-otherwise", sentence, {"date": shown_day(announcement.date), "day": shown_day(day)})


def parts(
    desk: Desk,
    announcement: Announcement,
    request: Request,
    rendering: Rendering,
    together: Mapping[str, Channel],
    recipients: Callable[[Channel], tuple[Recipient, ...]],
) -> tuple[Planned, ...]:
    """Give each channel of a rendering its window, its place in the order and its recipients; `together` can be waited for.

    Raises Refused, UsageError, ConfigError.
    """
    _refuse_errors(rendering)
    for variant in rendering.variants:
        _refuse_ambiguous(variant.channel, variant.payload)
    planned = tuple(
        Planned(
            channel,
            payload,
            _window(desk, announcement, request, channel),
            _needed(channel, payload, together),
            _policies(channel, request),
            recipients(channel),
        )
        for channel, payload in ((variant.channel, variant.payload) for variant in rendering.variants)
    )
    if not planned:
        raise Refused("nothing-to-plan", N_("No channel is left to publish on: check “enabled” in config.toml and in the document."))
    _refuse_impossible_order(desk, planned)
    return planned


def _policies(channel: Channel, request: Request) -> Mapping[str, str]:
    policies = {WEBSITE_FAILS: WITHOUT_LINK if request.without_link else HOLD}
    return policies | {INTERFACE: channel.adapter.interface} if isinstance(channel.adapter, Versioned) else policies


def _embargo(desk: Desk, announcement: Announcement, request: Request) -> datetime | None:
    """Return the later of the embargoes that the document and the person name."""
    asked = parse_when(request.embargo_until, desk.config.town.zone) if request.embargo_until else None
    named = [instant for instant in (announcement.embargo_until, asked) if instant]
    return max(named, key=datetime.timestamp, default=None)


def muted(announcement: Announcement, desk: Desk, chosen: Collection[str]) -> Announcement:
    """Return the announcement with the channels switched off that are not chosen: their texts are known, and not rendered."""
    texts = announcement.channels
    muted = {name: texts.get(name, ChannelText())._replace(enabled=False) for name in desk.channels if name not in chosen}
    return announcement._replace(channels={**texts, **muted})


def _chosen(desk: Desk, request: Request) -> list[str]:
    """Return the channels that the person named, or all. Raises UsageError, ConfigError."""
    for name in request.channels:
        desk.asked(name)
    chosen = list(request.channels or desk.channels)
    for name in chosen:
        _refuse_undeclared(desk.channels[name])
        _refuse_anywhere(desk, desk.channels[name])
    return chosen


def _recipients(channel: Channel) -> tuple[Recipient, ...]:
    """Return to whom the channel sends, if it sends to people one by one. Raises Refused (`no-recipients`), ConfigError."""
    if not isinstance(channel.adapter, Reaches):
        return ()
    found = tuple(channel.adapter.recipients() or ())
    if not found:
        sentence = N_("%(channel)s has no recipients: give its list in config.toml (recipients), or leave the channel out.")
        raise Refused("no-recipients", sentence, channel=channel.name)
    return found


def _refuse_undeclared(channel: Channel) -> None:
    """Refuse an adapter that does not tell how duplicates are avoided, or contradicts itself."""
    traits = channel.adapter.traits
    reads = traits.readback is not Readback.NONE
    if reads == isinstance(channel.adapter, Finds) and (traits.idempotency is not Idempotency.KEY or traits.key_life):
        return
    sentence = N_("The adapter “%(kind)s” does not declare how duplicates are avoided; nothing is sent with it. Update its package.")
    raise ConfigError("adapter-undeclared", sentence, kind=channel.kind)


def _refuse_anywhere(desk: Desk, channel: Channel) -> None:
    """Refuse a platform's channel without account: what is agreed to would leave from whichever account the secrets open that day."""
    if isinstance(channel.adapter, Probes) and not channel.settings.account:
        sentence = N_("%(place)s: name the account, so that nothing is published from another one.")
        raise ConfigError("account-missing", sentence, place=desk.config.where(channel.name).place("account"))


def _refuse_ambiguous(channel: Channel, payload: Payload) -> None:
    """Refuse a payload two of whose steps have one name: what became of them could not be told apart."""
    names = [step.id for step in (*payload.steps, *payload.alternative)]
    if len(set(names)) < len(names):
        sentence = N_("The adapter “%(kind)s” gives two steps the same name; nothing is sent with it. Update its package.")
        raise ConfigError("adapter-ambiguous", sentence, kind=channel.kind)


def _refuse_errors(rendering: Rendering) -> None:
    errors = [problem for problem in rendering.problems if problem.severity is Severity.ERROR]
    if not errors:
        return
    told = {"channel": errors[0].channel, "message": errors[0].message}
    first = _("%(channel)s: %(message)s") % told if errors[0].channel else errors[0].message
    if len(errors) == 1:
        raise Refused("problems", N_("Nothing was queued. %(first)s"), first=first, problems=errors)
    sentence = N_("Nothing was queued. %(first)s (And %(more)d more; “publisher preview” shows them all.)")
    raise Refused("problems", sentence, first=first, more=len(errors) - 1, problems=errors)


def refuse_wrong_dates(rendering: Rendering) -> None:
    """Refuse a date whose weekday is another day's, or that does not exist: only a person knows which half is meant. Raises Refused."""
    wrong = [problem for problem in rendering.problems if problem.code in _WRONG_DATES]
    if wrong and not any(problem.severity is Severity.ERROR for problem in rendering.problems):
        sentence = N_("Nothing was queued. %(first)s If it is meant as it is written, say --as-written.")
        raise Refused("date-doubtful", sentence, first=wrong[0].message, problems=wrong)


def _needed(channel: Channel, payload: Payload, together: Mapping[str, Channel]) -> tuple[str, ...]:
    """Return the channels that must be out first: those of config.toml, and one that gives the address if the text leaves its place.

    Raises Refused.
    """
    after = [name for name in channel.settings.after if name in together]
    if PERMALINK not in slots.used((*payload.steps, *payload.alternative)):
        return tuple(after)
    providers = [name for name, other in together.items() if other.adapter.traits.permalink and name != channel.name]
    if not providers:
        sentence = N_("%(channel)s: the text leaves a place for the address of a page, and no channel that is planned publishes one.")
        raise Refused("link-without-page", sentence, channel=channel.name)
    return tuple(after if set(after).intersection(providers) else [*after, providers[0]])


def _window(desk: Desk, announcement: Announcement, request: Request, channel: Channel) -> Window:
    """Return the channel's window: the document's own time for it, else the one asked for. Raises Refused, UsageError."""
    zone, settings, text = desk.config.town.zone, channel.settings, announcement.channels.get(channel.name)
    own = text.at if text else None
    due = _utc(own or (parse_when(request.at, zone) if request.at else None))
    end = _utc(parse_when(request.not_after, zone) if request.not_after else announcement.not_after)
    embargo = None if settings.before_embargo else _utc(announcement.embargo_until)
    return bounded(desk, channel.name, Window(due, end, embargo, own.isoformat() if own else request.at or ""), settings.not_after)


def _utc(instant: datetime | None) -> datetime | None:
    """Return the instant in UTC: two aware times of one zone compare by their wall time, which lies when clocks go back."""
    return instant.astimezone(UTC) if instant else None


def _refuse_impossible_order(desk: Desk, parts: Sequence[Planned]) -> None:
    """Refuse a channel whose time would be over before one that it waits for begins. Raises Refused."""
    by_name = {part.channel.name: part for part in parts}
    for part in parts:
        for other in (by_name[name] for name in part.after if name in by_name):
            end, begins = part.window.not_after, other.window.due_at
            if end and begins and begins >= end:
                sentence = N_("%(channel)s waits for %(other)s, which leaves only at %(when)s, when it is too late for %(channel)s.")
                raise Refused("order-impossible", sentence, channel=part.channel.name, other=other.channel.name, when=shown(desk, begins))
