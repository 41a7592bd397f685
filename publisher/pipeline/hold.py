"""How people stop things, at once: cancel or hold one of them, pause a channel or everything, and let them go on."""

from django.db import transaction
from django.db.models import Q, QuerySet

from publisher import storage
from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Attempt, ChannelState, Delivery, Pause, audit
from publisher.models.channel import ALL, EVERYTHING
from publisher.models.moves import move, note
from publisher.models.states import ALIVE, OPEN, AttemptState, DeliveryState, StepState
from publisher.pipeline import handover, outcome, phases, reasons
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import RESUMABLE, Reason
from publisher.pipeline.schedule import named, not_overtaken, refuse_in_hand

_STOPPABLE = (*OPEN, DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.FAILED)


def can_be_canceled(delivery: Delivery) -> bool:
    """Tell whether anything of the delivery may still leave, or may be kept from being tried again."""
    return delivery.state in _STOPPABLE


def can_be_held(delivery: Delivery) -> bool:
    """Tell whether the delivery would leave by itself, or waits for a person to publish it."""
    return delivery.state in OPEN or handover.is_handed_over(delivery)


def cancel(desk: Desk, actor: Actor, name: str) -> list[Delivery]:
    """Cancel an announcement or one delivery; return what was stopped, as it stands now. Raises Refused.

    A call that is under way cannot be caught: its delivery is held until it is known, and then canceled if nothing is out. Nor can
    a person who has the text in hand: it is held until they say what they did.
    Where a part is out already that readers see, the rest is given up and a person decides about the part.
    """
    with storage.explained(desk.config), transaction.atomic():
        deliveries = [delivery for delivery in named(name) if can_be_canceled(delivery)]
        if not deliveries:
            raise Refused("nothing-to-stop", N_("%(id)s has nothing that could be stopped any more."), id=name)
        for delivery in deliveries:
            _cancel(desk, actor, delivery)
    return deliveries


def _cancel(desk: Desk, actor: Actor, delivery: Delivery) -> None:
    if handover.is_in_hand(delivery):
        _stop_by_hand(desk, actor, delivery, Reason.CANCELED_IN_HAND)
        return
    alive = Attempt.objects.filter(step__delivery=delivery, state__in=ALIVE)
    if delivery.state not in (*OPEN, DeliveryState.HELD) or not alive.exists() or _is_unseen(desk, delivery, alive):
        outcome.cancel(delivery, actor, desk.now())
        return
    outcome.drop_rest(delivery, actor, desk.now())
    reason = _why_not_yet(delivery, alive)
    if delivery.state in OPEN:
        move(delivery, DeliveryState.HELD, actor, desk.now(), reason=reason, claimed_by=None)
    else:
        note(delivery, reason=reason)


def _stop_by_hand(desk: Desk, actor: Actor, delivery: Delivery, reason: Reason) -> None:
    """Keep from people what was handed over to them."""
    note(delivery, reason=reason)
    audit.record(actor, f"delivery.{DeliveryState.HELD}", delivery.id, desk.now(), {"from": DeliveryState.HELD, "reason": reason})


def _is_unseen(desk: Desk, delivery: Delivery, alive: QuerySet[Attempt]) -> bool:
    """Tell whether readers certainly see nothing of it: no call is under way or in doubt, and only the account sees what was taken in."""
    channel = desk.channels.get(delivery.channel)
    if channel is None or alive.filter(state__in=[AttemptState.INTENT, AttemptState.IN_DOUBT]).exists():
        return False
    return not phases.something_online(delivery.steps.all(), channel.adapter.traits)


def _why_not_yet(delivery: Delivery, alive: QuerySet[Attempt]) -> str:
    """Return what a cancellation waits for: a call that becomes known by itself, or a person."""
    if alive.filter(Q(state=AttemptState.INTENT) | Q(state=AttemptState.IN_DOUBT, look_at__isnull=False)).exists():
        return Reason.CANCEL_REQUESTED
    return delivery.reason if alive.filter(state=AttemptState.IN_DOUBT).exists() else Reason.STOPPED_MIDWAY


def hold(desk: Desk, actor: Actor, name: str) -> list[Delivery]:
    """Hold an announcement or one delivery until somebody resumes it; return what is held. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        deliveries = [delivery for delivery in named(name) if can_be_held(delivery)]
        if not deliveries:
            raise Refused("nothing-to-stop", N_("%(id)s has nothing that could be stopped any more."), id=name)
        for delivery in deliveries:
            if delivery.state == DeliveryState.HELD:
                _stop_by_hand(desk, actor, delivery, Reason.BY_PERSON)
            else:
                move(delivery, DeliveryState.HELD, actor, desk.now(), reason=Reason.BY_PERSON, claimed_by=None)
    return deliveries


def resume(desk: Desk, actor: Actor, name: str) -> list[Delivery]:
    """Let what is held go on, with all conditions looked at again; return what goes on. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        deliveries = [delivery for delivery in named(name) if delivery.state == DeliveryState.HELD]
        if not deliveries:
            raise Refused("nothing-held", N_("%(id)s has nothing that is held."), id=name)
        for delivery in (going_on := not_overtaken(deliveries)):
            refuse_to_resume(desk, delivery)
            begun = delivery.steps.filter(attempts__isnull=False).exists()
            fresh = {"reason": "", "retry_at": None, "tries": 0, "crashes": 0}
            move(delivery, DeliveryState.SENDING if begun else DeliveryState.PLANNED, actor, desk.now(), **fresh)
    return going_on


def refuse_to_resume(desk: Desk, delivery: Delivery) -> None:
    """Refuse to let go on what needs a decision, or is too late. Raises Refused: `needs-decision`, `in-hand`, `too-late`."""
    if delivery.reason not in RESUMABLE:
        sentence = N_("%(id)s needs a decision, not only to go on. %(why)s")
        why, reason = reasons.explain(delivery.reason), reasons.told(delivery.reason)
        raise Refused("needs-decision", sentence, id=delivery.id, why=why, reason=reason)
    refuse_in_hand(delivery)
    doubt = delivery.steps.filter(state=StepState.IN_DOUBT).exists()
    if delivery.not_after and desk.now() > delivery.not_after and not doubt:
        raise Refused("too-late", N_("The time to publish %(id)s is over: give it a new one with “publisher reschedule”."), id=delivery.id)


def pause(desk: Desk, actor: Actor, reason: str, channel: str | None = None) -> None:
    """Stop everything, or one channel, before the very next call. Raises UsageError, Refused."""
    name = _channel(desk, channel)
    if not reason.strip():
        raise UsageError("reason-missing", N_("Say why: the others need the reason."))
    with storage.explained(desk.config), transaction.atomic():
        if Pause.objects.filter(channel=name, ended_at=None).exists():
            raise Refused("already-paused", N_("Publication is already paused there."))
        Pause.objects.create(channel=name, reason=reason, since=desk.now(), person=actor.person)
        audit.record(actor, "channel.paused", name or ALL, desk.now(), {"reason": reason})


def unpause(desk: Desk, actor: Actor, channel: str | None = None) -> None:
    """End a stop; what has become too late meanwhile stays unsent. Raises UsageError, Refused."""
    name = _channel(desk, channel)
    with storage.explained(desk.config), transaction.atomic():
        if not Pause.objects.filter(channel=name, ended_at=None).update(ended_at=desk.now()):
            raise Refused("not-paused", N_("Publication is not paused there."))
        ChannelState.objects.filter(pk=name).update(alarm={}, alarm_at=None, probed_at=None, retry_at=None)
        audit.record(actor, "channel.unpaused", name or ALL, desk.now())


def _channel(desk: Desk, channel: str | None) -> str:
    return EVERYTHING if channel is None else desk.asked(channel).name
