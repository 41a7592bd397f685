"""Long before something leaves: what would keep it from leaving is looked for by reads only, told once, and closed once it is gone.

Three days, one day and one hour before the due time, agreed to or not, each channel concerned is looked at: once for all that is
to leave there. The last minutes belong to the probe, which alone decides whether something leaves; nothing here keeps it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from publisher.adapters.base import Inspects, Probe, Probes, Reaches
from publisher.adapters.registry import Channel
from publisher.errors import ConfigError, Problem, PublisherError, SendError, Severity, Unauthorized
from publisher.i18n import N_
from publisher.models import ChannelState, Delivery, Pause, Trouble, audit
from publisher.models.channel import EVERYTHING
from publisher.models.people import SERVICE
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import access, guard, handover, probe
from publisher.pipeline.alarms import stop_channel, telling
from publisher.pipeline.desk import Desk
from publisher.text import moments

ROUNDS = (timedelta(days=3), timedelta(days=1), timedelta(hours=1))
"""How long before its time something is looked at."""

AGAIN = timedelta(minutes=30)
"""After how long a channel on which something was found is looked at again."""

SPACED = timedelta(minutes=5)
"""Least time between two looks at a channel, however much is queued meanwhile."""

NEAR = timedelta(minutes=2)
"""What leaves within this time is the probe's business, and the platform is left alone."""

FOUND, PASSED = "announcement.endangered", "announcement.safe-again"
"""The acts of the audit by which something was found, and found no more."""

STOPPED = "channel-stopped"

_LIVE = Q(state__in=OPEN, manifest__void_at=None, due_at__isnull=False)
_OVER = (DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.CANCELED)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a channel found, for all that is to leave there; `ends_at` is when our access ends."""

    problem: Problem | None = None
    ends_at: datetime | None = None


def look(desk: Desk) -> bool:
    """Look at one channel whose turn has come, and close what nothing waits for any more; whether there was one."""
    now = desk.now()
    rows = Delivery.objects.filter(_LIVE, due_at__lte=now + ROUNDS[0]).select_related("manifest").defer("payload")
    concerned: dict[str, list[Delivery]] = {}
    for row in rows.order_by("due_at", "pk"):
        concerned.setdefault(row.channel, []).append(row)
    _close_the_rest(desk, concerned)
    for name, waiting in concerned.items():
        channel = desk.channels.get(name)
        if channel and _is_time(name, waiting, now):
            _conclude(desk, name, waiting, _looked(desk, channel))
            return True
    return False


# ---------------------------------------------------------------- when


def _is_time(name: str, waiting: Sequence[Delivery], now: datetime) -> bool:
    """Tell whether a round of something that waits has come since the last look, or something found then is to be looked at again."""
    due = [row.due_at for row in waiting if row.due_at and row.due_at > now]
    if not due or due[0] <= now + NEAR:
        return False
    last = ChannelState.objects.filter(pk=name).values_list("inspected_at", flat=True).first()
    if last is None or last > now:  # never, or by a clock that was wrong
        return True
    if _was_let_go_on(name, last):
        return True
    if now - last < SPACED:
        return False
    rounds = (at - before for at in due for before in ROUNDS)
    begun = (row.manifest.created_at for row in waiting)
    return any(last < instant <= now for instant in (*rounds, *begun)) or (now - last >= AGAIN and _open_ones(name).exists())


def _was_let_go_on(name: str, last: datetime) -> bool:
    """Tell whether something that was found may be settled, because a stop has ended since the last look."""
    return _open_ones(name).exists() and Pause.objects.filter(channel__in=(name, EVERYTHING), ended_at__gt=last).exists()


def _open_ones(name: str) -> QuerySet[Trouble]:
    return Trouble.objects.filter(channel=name, closed_at=None)


def _is_stopped(name: str) -> bool:
    return Pause.objects.filter(channel__in=(name, EVERYTHING), ended_at=None).exists()


# ---------------------------------------------------------------- what


def _looked(desk: Desk, channel: Channel) -> Look:
    """Look at a channel, as far as its adapter can be asked; the first thing found is enough for a person to begin with."""
    if not channel.settings.enabled:
        return Look(_error("channel-disabled", N_("config.toml has %(channel)s switched off: switch it on, or cancel."), channel.name))
    if _is_stopped(channel.name):
        return Look(_error(STOPPED, N_("%(channel)s is stopped: settle why, then let it go on."), channel.name))
    asked = _asked(desk, channel)
    return asked if asked.problem else replace(asked, problem=next(_inspected(channel), None))


def _asked(desk: Desk, channel: Channel) -> Look:
    """Ask the platform who we are; a lost access stops the channel, as whenever it is found."""
    if not isinstance(channel.adapter, Probes):
        return Look()
    try:
        found: Probe = guard.ask(channel.adapter.probe)
    except Unauthorized as error:
        stop_channel(channel.name, error, desk.now())
        return Look(_problem(error))
    except SendError as error:
        return Look(_problem(error))
    probe.keep_end(channel.name, found)
    told = access.problems(channel, found, desk.now(), desk.config.town.zone)
    return Look(next((problem for problem in told if problem.severity is Severity.ERROR), None), found.ends_at)


def _inspected(channel: Channel) -> Iterator[Problem]:
    """Yield what else would keep the channel from publishing: what its adapter finds, a list that names nobody."""
    adapter = channel.adapter
    if isinstance(adapter, Inspects):
        try:
            yield from (problem for problem in guard.ask(adapter.inspect) if problem.severity is Severity.ERROR)
        except SendError as error:
            yield _problem(error)
    if isinstance(adapter, Reaches):
        try:
            if not adapter.recipients():
                yield _error("no-recipients", N_("The list of %(channel)s is missing, or names nobody: write it."), channel.name)
        except ConfigError as error:
            yield _problem(error)


def _of_its_own(row: Delivery, seen: Look, desk: Desk) -> Problem | None:
    """Return what would keep this delivery alone back: an access that ends before, a channel that it waits for in vain."""
    if seen.ends_at and row.due_at and seen.ends_at <= row.due_at:
        day = seen.ends_at.astimezone(desk.config.town.zone)
        sentence = N_("The access of %(channel)s ends on %(day)s, before this leaves: connect the account again.")
        return Problem(Severity.ERROR, "access-ends-before", sentence, {"channel": row.channel, "day": moments.day(day)})
    others = Delivery.objects.filter(announcement=row.announcement_id, round=row.round, channel__in=row.after, state__in=_OVER)
    awaited = others.exclude(manifest__void_at__isnull=False).exclude(handover.WITH_PEOPLE).values_list("channel", flat=True).first()
    if awaited:
        sentence = N_("%(channel)s waits for %(other)s, where this announcement is stopped, refused, missed or canceled: decide there.")
        return Problem(Severity.ERROR, "awaited-in-vain", sentence, {"channel": row.channel, "other": awaited})
    return None


def _error(code: str, sentence: str, channel: str) -> Problem:
    return Problem(Severity.ERROR, code, sentence, {"channel": channel})


def _problem(error: PublisherError) -> Problem:
    return Problem(Severity.ERROR, error.code, error.sentence, error.params)


# ---------------------------------------------------------------- what follows


def _conclude(desk: Desk, name: str, waiting: Sequence[Delivery], seen: Look) -> None:
    """Keep what was found for each announcement, the earliest of its times counting, and that the channel was looked at."""
    first: dict[str, Delivery] = {}
    for row in waiting:
        first.setdefault(row.announcement_id, row)
    found = {row: seen.problem or _of_its_own(row, seen, desk) for row in first.values()}
    with transaction.atomic():
        for row, problem in found.items():
            if problem:
                _open(desk, row, problem)
            else:
                _close(desk, Trouble.objects.filter(announcement=row.announcement_id, channel=name))
        ChannelState.objects.update_or_create(pk=name, defaults={"inspected_at": desk.now()})


def _open(desk: Desk, row: Delivery, problem: Problem) -> None:
    """Keep what was found; it is an act, which people are told, unless the same is open already."""
    known = Trouble.objects.filter(announcement=row.announcement_id, channel=row.channel).first()
    if known and not known.closed_at and problem.code == STOPPED:
        return  # why it was stopped is said already, and says more
    is_new = known is None or known.closed_at is not None or known.code != problem.code
    values = {"before": row.due_at, "code": problem.code, "told": telling(problem), "closed_at": None}
    if is_new:
        values["found_at"] = desk.now()
        audit.record(SERVICE, FOUND, row.announcement_id, desk.now(), {"channel": row.channel, "code": problem.code})
    Trouble.objects.update_or_create(announcement_id=row.announcement_id, channel=row.channel, defaults=values)


def _close(desk: Desk, troubles: Iterable[Trouble]) -> None:
    for trouble in troubles:
        if Trouble.objects.filter(pk=trouble.pk, closed_at=None).update(closed_at=desk.now()):
            audit.record(SERVICE, PASSED, trouble.announcement_id, desk.now(), {"channel": trouble.channel, "code": trouble.code})


def _close_the_rest(desk: Desk, concerned: Mapping[str, Sequence[Delivery]]) -> None:
    """Close what was found of announcements that no longer wait there: they left, were canceled, or got another time."""
    waiting = {(row.announcement_id, name) for name, rows in concerned.items() for row in rows}
    over = [one for one in Trouble.objects.filter(closed_at=None) if (one.announcement_id, one.channel) not in waiting]
    if over:
        with transaction.atomic():
            _close(desk, over)
