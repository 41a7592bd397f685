"""What stands where: the JSON of interface.md, derived from the rows; reads only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet

from publisher.i18n import _
from publisher.models import Announcement, Approval, Attempt, Audit, Delivery, DeliveryStep, Pause, Version
from publisher.models.states import OPEN, AnnouncementState, AttemptState, DeliveryState, Purpose, StepState
from publisher.pipeline import manifest, reconcile, standing
from publisher.pipeline.approve import REJECTED
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason, explain
from publisher.pipeline.schedule import found, in_order
from publisher.pipeline.tenure import Tenure

FORMAT = "publisher.status/1"

_COUNTED = (StepState.SENT, StepState.IN_DOUBT, StepState.FAILED)

_OPEN_ENDS = (StepState.IN_DOUBT, StepState.FAILED)
"""How recipients stand who are listed by name; of the others there are only numbers."""

_SHUT = (Reason.PAUSED, Reason.UNAUTHORIZED, Reason.OUT_OF_REACH, Reason.CHANNEL_DISABLED, Reason.CHANNEL_MISSING)
"""Why a channel lets nothing through until a person opens it again."""


def one(desk: Desk, name: str) -> dict[str, Any]:
    """Return the announcement of this id, or the one that the delivery of this id belongs to. Raises Refused."""
    announcement = _rows().get(pk=found(name).pk)
    return {"format": FORMAT, **_announcement(desk, announcement)}


def everything(desk: Desk) -> dict[str, Any]:
    """Return all announcements, the newest first."""
    rows = _rows().order_by("-created_at", "-pk")
    return {"format": FORMAT, "stopped": stops(desk), "announcements": [_announcement(desk, row) for row in rows]}


def names(words: str = "") -> QuerySet[Announcement, str]:
    """Return the ids of the announcements, the newest first: those with a version whose title holds the words."""
    rows = Announcement.objects.order_by("-created_at", "-pk")
    if words:
        rows = rows.filter(pk__in=Version.objects.filter(title__icontains=words).values("announcement"))
    return rows.values_list("pk", flat=True)


def titles(names: Iterable[str]) -> dict[str, str]:
    """Return what announcements are called: each by the title of its last version."""
    rows = Version.objects.filter(announcement__in=set(names)).order_by("number")
    return dict(rows.values_list("announcement", "title"))


def some(desk: Desk, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return these announcements, in this order."""
    found = {row.pk: _announcement(desk, row) for row in _rows().filter(pk__in=names)}
    return [found[name] for name in names]


def stops(desk: Desk) -> list[dict[str, Any]]:
    """Return what is stopped now: the channel, None for everything, why, since when, and by whom, None for the service."""
    rows = Pause.objects.filter(ended_at=None).select_related("person").order_by("channel")
    zone = desk.config.town.zone
    return [
        {
            "channel": row.channel or None,
            "reason": row.reason if row.person else explain(row.reason),
            "since": _iso(row.since, zone),
            "by": row.person.name if row.person else None,
        }
        for row in rows
    ]


def state(deliveries: Sequence[Delivery], required: int) -> AnnouncementState:
    """Derive the announcement's state from those of its deliveries, and from how many people must agree.

    Of each channel the last round counts, unless it was canceled or sent back; what was withdrawn everywhere is canceled.
    """
    deliveries = standing.latest(deliveries)
    withdrawn = [row for row in deliveries if row.purpose == Purpose.WITHDRAW and row.state == DeliveryState.DELIVERED]
    given_up = any(row.reason for row in withdrawn)  # halfway: a part is still online
    if deliveries and withdrawn == deliveries and not given_up:
        return AnnouncementState.CANCELED
    states = {delivery.state for delivery in deliveries}
    for urgent, shown in (
        (DeliveryState.HELD, AnnouncementState.HELD),
        (DeliveryState.SENDING, AnnouncementState.PUBLISHING),
    ):
        if urgent in states:
            return shown
    planned = [delivery for delivery in deliveries if delivery.state == DeliveryState.PLANNED and not standing.is_sent_back(delivery)]
    if planned:
        return _state_of_plan(planned, required, begun=DeliveryState.DELIVERED in states)
    if DeliveryState.PLANNED in states and DeliveryState.DELIVERED not in states:
        return AnnouncementState.DRAFT
    return AnnouncementState.PARTIAL if given_up else _state_of_end(states)


def waits_for_person(now: datetime) -> bool:
    """Tell whether anything is held or in doubt, or is due on a channel that a person must open."""
    held = Delivery.objects.filter(state=DeliveryState.HELD).exists()
    return held or reconcile.is_unsettled() or any(row.reason in _SHUT for row in _due(now))


def idle(tenure: Tenure) -> bool:
    """Tell whether nothing is due, under way, or to be looked up: what is left waits for its time, a visa or a person."""
    required = tenure.desk.config.approval.required
    due = [row for row in _due(tenure.now()) if row.state == DeliveryState.SENDING or manifest.agreed(row.manifest, required)]
    return {_place(row) for row in due} <= _stuck(due) and not reconcile.is_unsettled()


def _stuck(due: Sequence[Delivery]) -> set[tuple[str, str]]:
    """Return announcement and channel of what a person must decide about or open, and of what is due but waits for that."""
    announcements = {row.announcement_id for row in due}
    held = Delivery.objects.filter(state=DeliveryState.HELD, announcement__in=announcements)
    stuck = {*held.values_list("announcement_id", "channel"), *(_place(row) for row in due if row.reason in _SHUT)}
    waiting = [row for row in due if row.reason == Reason.WAITING_FOR_CHANNEL]
    while more := {_place(row) for row in waiting if stuck.intersection(_before(row))} - stuck:
        stuck |= more
    return stuck


def _place(delivery: Delivery) -> tuple[str, str]:
    return delivery.announcement_id, delivery.channel


def _before(delivery: Delivery) -> set[tuple[str, str]]:
    return {(delivery.announcement_id, channel) for channel in delivery.after}


def _due(now: datetime) -> QuerySet[Delivery]:
    due = Delivery.objects.filter(manifest.COUNTS | Q(state=DeliveryState.SENDING), state__in=OPEN, due_at__lte=now)
    return due.select_related("manifest").defer("payload")


def _rows() -> QuerySet[Announcement]:
    shown = DeliveryStep.objects.filter(Q(recipient="") | Q(state__in=_OPEN_ENDS))
    steps = Prefetch("steps", shown.select_related("receipt").prefetch_related("attempts").order_by("position"))
    visas = Prefetch("manifest__approvals", Approval.objects.exclude(person=None))
    rows = Delivery.objects.select_related("manifest").defer("payload")
    deliveries = rows.prefetch_related(steps, visas)
    versions = Version.objects.defer("content").order_by("number")
    return Announcement.objects.prefetch_related(Prefetch("deliveries", deliveries), Prefetch("versions", versions))


def _state_of_plan(planned: Sequence[Delivery], required: int, *, begun: bool) -> AnnouncementState:
    if not all(manifest.is_shown_sealed(delivery.manifest, required) for delivery in planned):
        return AnnouncementState.AWAITING_APPROVAL
    return AnnouncementState.PUBLISHING if begun else AnnouncementState.PLANNED


def _state_of_end(states: Iterable[str]) -> AnnouncementState:
    ended = set(states) - {DeliveryState.CANCELED}
    if not ended:
        return AnnouncementState.CANCELED
    if ended == {DeliveryState.DELIVERED}:
        return AnnouncementState.PUBLISHED
    if DeliveryState.DELIVERED in ended:
        return AnnouncementState.PARTIAL
    return AnnouncementState.FAILED if DeliveryState.FAILED in ended else AnnouncementState.MISSED


def _announcement(desk: Desk, row: Announcement) -> dict[str, Any]:
    deliveries = in_order(desk, row.deliveries.all())
    return {
        "id": row.id,
        "title": list(row.versions.all())[-1].title,
        "state": state(deliveries, desk.config.approval.required),
        **(_sent_back(row, desk.config.town.zone) if any(map(standing.is_sent_back, deliveries)) else {}),
        "deliveries": [_delivery(delivery, desk.config.town.zone) for delivery in deliveries],
    }


def _sent_back(row: Announcement, zone: ZoneInfo) -> dict[str, Any]:
    """Return who sent the announcement back to its author last, when and why; nothing if nobody did."""
    act = Audit.objects.filter(subject=row.id, action=REJECTED).select_related("person").last()
    if act is None:
        return {}
    return {"sent_back": {"reason": act.detail["reason"], "by": act.person.name if act.person else None, "at": _iso(act.at, zone)}}


def _delivery(row: Delivery, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel,
        "purpose": row.purpose,
        "state": row.state,
        "reason": row.reason or None,
        "due_at": _iso(row.due_at, zone),
        "not_after": _iso(row.not_after, zone),
        "steps": [*_mailings(row), *(_step(step) for step in row.steps.all() if not step.recipient)],
    }


def _mailings(row: Delivery) -> Iterator[dict[str, Any]]:
    """Yield each step that goes to many people as one, with numbers; those in doubt or refused are listed by name."""
    if not row.recipients:
        return
    counted = DeliveryStep.objects.filter(delivery=row).exclude(recipient="").order_by("step").values_list("step", "state")
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for name, state_, count in counted.annotate(count=Count("pk")):
        numbers[name][state_] = count
    for name, counts in numbers.items():
        listed = [step for step in row.steps.all() if step.step == name]
        yield {
            "id": name,
            "state": _worst(counts),
            "attempts": Attempt.objects.filter(step__delivery=row, step__step=name).count(),
            "remote_id": None,
            "url": None,
            "error": None,
            "counts": {str(state_): counts.get(state_, 0) for state_ in _COUNTED} | counts,
            "recipients": [_recipient(step) for step in listed],
        }


def _worst(counts: Mapping[str, int]) -> str:
    """Return how a mailing stands: the first state of this list in which anybody is."""
    order = (StepState.IN_DOUBT, StepState.PENDING, StepState.FAILED, StepState.SENT, StepState.DROPPED)
    return next(str(state_) for state_ in order if state_ in counts)


def _recipient(row: DeliveryStep) -> dict[str, Any]:
    attempts = list(row.attempts.all())
    return {"address": row.recipient, "name": row.name, "state": row.state, "error": _error(attempts[-1]) if attempts else None}


def _step(row: DeliveryStep) -> dict[str, Any]:
    attempts, receipt = list(row.attempts.all()), getattr(row, "receipt", None)
    return {
        "id": row.step,
        "state": row.state,
        "attempts": len(attempts),
        "remote_id": receipt.remote_id if receipt else None,
        "url": receipt.url if receipt else None,
        "error": _error(attempts[-1]) if attempts and row.state != StepState.SENT else None,
    }


def _error(attempt: Attempt) -> str | None:
    """Return what a person must know of the last call: what went wrong, or that its end is not known yet."""
    if attempt.state == AttemptState.INTENT:
        return _("A call is under way: what became of it is not known yet.")
    return _(attempt.sentence) % attempt.params if attempt.sentence else None


def _iso(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return instant.astimezone(zone).isoformat() if instant else None
