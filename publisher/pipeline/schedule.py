"""When things leave, and how a person changes that: what only delays inside the agreed window keeps the visa, all else voids it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from publisher import storage
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Announcement, Attempt, Delivery, Manifest, Person, Role, audit
from publisher.models.moves import move, note
from publisher.models.states import AttemptState, DeliveryState, Purpose, StepState
from publisher.pipeline import manifest
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Window, bounded
from publisher.pipeline.queue import repetition
from publisher.pipeline.reasons import Reason
from publisher.text.instants import parse_when

_FIRST = datetime.min.replace(tzinfo=UTC)

_NOT_THEIR_TIME = N_("“%(name)s” wrote this text: they give it its new time themselves, or another approver agrees to this one.")

MOVABLE = (DeliveryState.PLANNED, DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.FAILED)


def found(name: str) -> Announcement:
    """Return the announcement of this id, or the one of the delivery of this id. Raises Refused (`unknown-id`)."""
    announcement = Announcement.objects.filter(pk=name).first() or Announcement.objects.filter(deliveries=name).first()
    if announcement is None:
        raise Refused("unknown-id", N_("There is no announcement and no delivery “%(id)s”; “publisher status” shows them all."), id=name)
    return announcement


def in_order(desk: Desk, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return deliveries as people read them: round by round, the earliest first, what leaves together in the order of config.toml."""
    order = {name: place for place, name in enumerate(desk.channels)}
    return sorted(deliveries, key=lambda one: (one.round, one.due_at or _FIRST, order.get(one.channel, len(order)), one.channel))


def named(name: str) -> list[Delivery]:
    """Return the delivery of this id, or all those of the announcement of this id, in their order. Raises Refused."""
    announcement = found(name)
    deliveries = announcement.deliveries.select_related("announcement", "version", "manifest").order_by("pk")
    return list(deliveries if name == announcement.id else deliveries.filter(pk=name))


def reschedule(desk: Desk, actor: Actor, name: str, at: str, not_after: str | None = None) -> bool:
    """Give what has not ended a new time; return whether the visa is kept. Raises Refused, UsageError.

    What a person holds stays held: somebody must resume it.
    """
    with storage.explained(desk.config), transaction.atomic():
        deliveries = movable(name)
        if not deliveries:
            raise Refused("nothing-to-move", N_("%(id)s has nothing that could get another time."), id=name)
        altered = []
        for delivery in not_overtaken(deliveries):
            wanted = window(desk, delivery, at, not_after)
            if not_after or not _only_delays(delivery, wanted):
                set_window(delivery, wanted)
                altered.append(delivery)
            else:
                note(delivery, due_at=wanted.due_at, wall=wanted.wall)
            _plan_again(desk, actor, delivery)
            audit.record(actor, "delivery.rescheduled", delivery.id, desk.now(), {"at": at, "not_after": not_after})
        for version in sorted({delivery.version_id for delivery in altered}):
            drawn = manifest.redraw(actor, [each for each in altered if each.version_id == version], desk.now(), manifest.RESCHEDULED)
            _refuse_ungrantable(desk, drawn)
            manifest.seal_if_agreed(actor, drawn, desk.config.approval.required, desk.now())
    return not altered


def movable(name: str) -> list[Delivery]:
    """Return what of an announcement, or whether the delivery of this id, may still get another time. Raises Refused (`unknown-id`)."""
    return [delivery for delivery in named(name) if delivery.state in MOVABLE and _has_more(delivery)]


def wakes(deliveries: Sequence[Delivery]) -> bool:
    """Tell whether a new time lets something leave that would not leave by itself: what is held by a rule, missed or refused."""
    return any(row.state != DeliveryState.PLANNED and not is_held_by_person(row) for row in deliveries)


def agreed_window(deliveries: Sequence[Delivery]) -> tuple[datetime, datetime] | None:
    """Return from when, and before when, a new time of all of them keeps the visa; None if every new time voids it."""
    starts, ends = [row.due_at for row in deliveries], [row.not_after for row in deliveries]
    known_starts, known_ends = [at for at in starts if at], [at for at in ends if at]
    if (
        not deliveries
        or len(known_starts) < len(starts)
        or len(known_ends) < len(ends)
        or not all(row.manifest.counts for row in deliveries)
    ):
        return None
    first, last = max(known_starts), min(known_ends)
    return (first, last) if first < last else None


def open_to_move(desk: Desk, name: str) -> list[Delivery]:
    """Return what `reschedule` would move; nothing if it would refuse. Raises Refused (`unknown-id`)."""
    deliveries = movable(name)
    try:
        moved = not_overtaken(deliveries) if deliveries else []
        for delivery in moved:
            _refuse_to_plan_again(desk, delivery)
    except Refused:
        return []
    return moved


def window(desk: Desk, delivery: Delivery, at: str, not_after: str | None = None) -> Window:
    """Return the window that starts `at`, as long as the channel's patience if no end is given. Raises Refused, UsageError."""
    zone = desk.config.town.zone
    due = parse_when(at, zone).astimezone(UTC)
    end = parse_when(not_after, zone).astimezone(UTC) if not_after else None
    return bounded(desk, delivery.channel, Window(due, end, delivery.embargo_until, at), delivery.late)


def set_window(delivery: Delivery, wanted: Window) -> None:
    """Store the times of a window."""
    note(delivery, due_at=wanted.due_at, not_after=wanted.not_after, wall=wanted.wall)


def is_held_by_person(delivery: Delivery) -> bool:
    """Tell whether somebody keeps the delivery back until it is resumed, whatever its time."""
    return delivery.state == DeliveryState.HELD and delivery.reason == Reason.BY_PERSON


def not_overtaken(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return those of an announcement that may be brought back: no later round has replaced them. Raises Refused if none is left."""
    later = [_overtaken_by(delivery) for delivery in deliveries]
    left = [delivery for delivery, other in zip(deliveries, later, strict=True) if other is None]
    if not left:
        sentence = N_(
            "%(id)s (%(channel)s) stays as it is: a correction or a withdrawal of its announcement came after it (%(later)s). "
            "Cancel it, and queue the text anew if it shall be published."
        )
        raise Refused("overtaken", sentence, id=deliveries[0].id, channel=deliveries[0].channel, later=later[0])
    return left


def _overtaken_by(delivery: Delivery) -> Delivery | None:
    """Return the later round that leaves no place for the delivery: one on its channel, or elsewhere what says that its text is wrong.

    What is still planned beside a correction elsewhere may be put off: whoever named the channels of that was told of it.
    """
    replaces = Q(channel=delivery.channel)
    if delivery.purpose != Purpose.WITHDRAW:
        planned = delivery.state == DeliveryState.PLANNED
        replaces |= Q(purpose__in=[Purpose.WITHDRAW] if planned else [Purpose.CORRECT, Purpose.WITHDRAW])
    later = delivery.announcement.deliveries.filter(replaces, round__gt=delivery.round)
    return later.exclude(state=DeliveryState.CANCELED).order_by("round", "pk").first()


def refuse_during_call(delivery: Delivery, now: datetime) -> None:
    """Refuse a decision while a call is under way, even on what was held or canceled meanwhile: its outcome comes first. Raises Refused.

    A call in doubt that is made once more may be under way until it is looked up.
    """
    called = Attempt.objects.filter(step__delivery=delivery)
    repeated = called.filter(state=AttemptState.IN_DOUBT, calls__gt=1, look_at__gt=now)
    if called.filter(state=AttemptState.INTENT).exists() or repeated.exists():
        sentence = N_("%(id)s: a call is under way; decide when “publisher status” shows what became of it.")
        raise Refused("call-under-way", sentence, id=delivery.id)


def refuse_in_hand(delivery: Delivery) -> None:
    """Refuse a decision while a person has the text in hand to publish it: what they say of it comes first. Raises Refused."""
    if delivery.state == DeliveryState.HELD and delivery.taken_by:
        sentence = N_(
            "%(id)s is in the hands of “%(name)s”: say first whether it is published there (--published ADDRESS, or --give-back)."
        )
        raise Refused("in-hand", sentence, id=delivery.id, name=delivery.taken_by.name)


def refuse_time_of_another(waiting: Manifest) -> None:
    """Refuse an author's D'accord to times that the approver did not choose who wrote the text. Raises Refused (`time-of-another`).

    It counts because an approver decided all that leaves: of a time that the author set, nobody else would have said anything.
    """
    if waiting.is_timed_by_another:
        raise Refused("time-of-another", _NOT_THEIR_TIME, name=waiting.version.editor.name)


def _refuse_ungrantable(desk: Desk, drawn: Manifest) -> None:
    """Refuse a new time to which nobody could agree: that of an author for the text of the only approver. Raises Refused."""
    editor, required = drawn.version.editor, desk.config.approval.required
    others = Person.objects.filter(is_active=True, role=Role.APPROVER).exclude(pk=editor.pk)
    if required and editor.role == Role.APPROVER and not others.exists():
        refuse_time_of_another(drawn)


def _refuse_repetition(delivery: Delivery) -> None:
    """Refuse to bring back what has been given up, if its text was queued anew meanwhile. Raises Refused."""
    if delivery.state not in (DeliveryState.MISSED, DeliveryState.FAILED) and not delivery.manifest.void_at:
        return
    found = repetition(delivery.version, {delivery.channel: delivery.digest})
    if found:
        sentence = N_("This text is already planned or published on %(channel)s (%(id)s): cancel that one first.")
        raise Refused("already-queued", sentence, id=found.announcement_id, channel=found.channel)


def _has_more(delivery: Delivery) -> bool:
    """Tell whether the delivery has a part that may still leave."""
    return delivery.steps.exclude(state__in=[StepState.SENT, StepState.DROPPED]).exists()


def _only_delays(delivery: Delivery, wanted: Window) -> bool:
    """Tell whether the new time lies in the window that was agreed to."""
    if not delivery.manifest.counts or not delivery.due_at or not delivery.not_after or not wanted.due_at:
        return False
    return delivery.due_at <= wanted.due_at < delivery.not_after


def _plan_again(desk: Desk, actor: Actor, delivery: Delivery) -> None:
    """Let what was held by a rule, missed or refused be claimed again, from the first step that is not out. Raises Refused."""
    _refuse_to_plan_again(desk, delivery)
    if is_held_by_person(delivery):
        return
    for step in delivery.steps.filter(state=StepState.FAILED):
        move(step, StepState.PENDING, actor, desk.now())
    fresh = {"reason": "", "retry_at": None, "tries": 0, "crashes": 0}
    if delivery.state == DeliveryState.PLANNED:
        note(delivery, **fresh)
    else:
        move(delivery, DeliveryState.PLANNED, actor, desk.now(), **fresh)


def _refuse_to_plan_again(desk: Desk, delivery: Delivery) -> None:
    refuse_during_call(delivery, desk.now())
    refuse_in_hand(delivery)
    _refuse_repetition(delivery)
    if delivery.steps.filter(state=StepState.IN_DOUBT).exists():
        sentence = N_("%(id)s: nobody knows yet whether a part was published; settle that first with “publisher resolve”.")
        raise Refused("in-doubt", sentence, id=delivery.id)
