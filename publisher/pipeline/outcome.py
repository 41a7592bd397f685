"""What became of a call, written down: the one table from outcome to state (delivery.md §4)."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from publisher.adapters import base
from publisher.adapters.registry import Channel
from publisher.adapters.settings import LONGEST_CALL
from publisher.errors import NotSent, RateLimited, Rejected, SendError, Unauthorized
from publisher.i18n import N_, _
from publisher.models import Actor, Attempt, ChannelState, Delivery, DeliveryStep, Receipt, looks, rows
from publisher.models.moves import move, move_all, note
from publisher.models.people import SERVICE
from publisher.models.states import ALIVE, AttemptState, DeliveryState, StepState
from publisher.pipeline import phases
from publisher.pipeline.alarms import stop_channel, telling
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
THROTTLED = timedelta(minutes=1)
LONGEST_THROTTLE = timedelta(hours=1)

PATIENCE = 3
"""How often an outcome is tried again; each time waits as long as the database's own patience."""

_UNCLAIMED = {"claimed_by": None, "retry_at": None, "tries": 0, "crashes": 0}

log = logging.getLogger(__name__)
T = TypeVar("T")


class Stopped(NotSent):
    """The last look before the call found that it must not be made."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("stopped", N_("Stopped at the last moment: something had changed since the claim."))


def record(tenure: Tenure, attempt: Attempt, channel: Channel, result: base.Receipt | SendError) -> None:
    """Write what became of the call of an intent; nothing at all if another run of the service has taken over meanwhile."""
    with transaction.atomic():
        run = tenure.run()
        if run is None or not looks.renew(attempt, AttemptState.INTENT, run):
            log.warning(_("What became of %(name)s belongs to an older run of the service, and is not written."), {"name": attempt})
            return
        now, delivery = tenure.now(), attempt.step.delivery
        match result:
            case base.Receipt():
                accept(attempt, channel, result, now, AttemptState.ACCEPTED)
            case Stopped():
                _end(attempt, AttemptState.NOT_SENT, result, now)
                wait(delivery, channel, "", now, None)
            case NotSent():
                _end(attempt, AttemptState.NOT_SENT, result, now)
                wait(delivery, channel, Reason.UNREACHABLE, now, now + backoff(delivery.tries, FIRST_WAIT))
            case RateLimited():
                _end(attempt, AttemptState.NOT_SENT, result, now)
                wait_as_told(delivery, channel, result, now)
            case Unauthorized():
                _end(attempt, AttemptState.NOT_SENT, result, now)
                stop_channel(channel.name, result, now)
                wait(delivery, channel, Reason.UNAUTHORIZED, now, None)
            case Rejected() if not attempt.tainted or phases.is_unseen(attempt.step.effect, channel.adapter.traits):
                _end(attempt, AttemptState.REJECTED, result, now)
                refuse(attempt, channel, now)
            case _:
                doubt(attempt, settling(channel), now, result)


def insist(write: Callable[[], T]) -> T:
    """Write an outcome, again if the database is locked: what the platform said is known nowhere else."""
    for _turn in range(PATIENCE):
        try:
            return write()
        except OperationalError as error:
            log.warning(_("What became of a call could not be written yet, and is written again: %(reason)s"), {"reason": error})
    return write()


def accept(attempt: Attempt, channel: Channel, receipt: base.Receipt, now: datetime, state: AttemptState) -> None:
    """Keep the receipt; the step is out, and the delivery with its last one."""
    move(attempt, state, SERVICE, now, outcome_at=now, look_at=None)
    keep_receipt(attempt.step, receipt, SERVICE, now)
    go_on(attempt.step.delivery, channel, SERVICE, now)


def keep_receipt(step: DeliveryStep, receipt: base.Receipt, actor: Actor, now: datetime) -> None:
    """Keep what the platform acknowledged, or what a person saw: the step is out, and what it takes back is out no more."""
    told = {"remote_id": receipt.remote_id, "url": receipt.url, "at": receipt.at, "answer": dict(receipt.answer)}
    rows.add(Receipt(step=step, recorded_at=now, **told))
    move(step, StepState.SENT, actor, now)
    if step.takes_back:
        for taken_back in DeliveryStep.objects.filter(delivery=step.delivery, step=step.takes_back):
            move(taken_back, StepState.DROPPED, actor, now)


def go_on(delivery: Delivery, channel: Channel, actor: Actor, now: datetime) -> None:
    """End the delivery if no step is left; else leave it to the next claim, or to a person if one stopped it."""
    steps = looks.steps(delivery.pk)
    states = {state for state, _, _ in steps}
    left = not states <= {StepState.SENT, StepState.DROPPED}
    cut = delivery.reason == Reason.CANCEL_REQUESTED and StepState.DROPPED in states
    if delivery.state == DeliveryState.HELD and (left or cut):
        stop(delivery, channel, actor, now)
        return
    if left and all(recipient for _, recipient, _ in steps) and StepState.PENDING not in states:
        _leave_mailing(delivery, states, now)
        return
    if left:
        note(delivery, **_UNCLAIMED)
        return
    replaced = any(alternative for _, _, alternative in steps)
    end(delivery, actor, now, partly=not replaced and StepState.DROPPED in states)


def end(delivery: Delivery, actor: Actor, now: datetime, *, partly: bool = False) -> None:
    """Keep that nothing of the delivery is left to do; `partly`: people gave up some of it."""
    reason = Reason.DROPPED_PARTLY if partly else ""
    move(delivery, DeliveryState.DELIVERED, actor, now, reason=reason, delivered_at=now, **_UNCLAIMED)


def _leave_mailing(delivery: Delivery, states: Collection[str], now: datetime) -> None:
    """End a mailing of which nobody is left to send to, but not all got it: for a person, unless nobody got it."""
    if StepState.IN_DOUBT in states:
        hold(delivery, Reason.UNDECIDED, now)
    elif StepState.SENT in states:
        hold(delivery, Reason.SOME_REFUSED, now)
    else:
        move(delivery, DeliveryState.FAILED, SERVICE, now, reason=Reason.REFUSED, claimed_by=None, retry_at=None)


def release(delivery: Delivery, **fields: Any) -> None:
    """Leave the delivery to a later claim."""
    note(delivery, claimed_by=None, **fields)


def stop(delivery: Delivery, channel: Channel, actor: Actor, now: datetime) -> None:
    """Finish a cancellation that came while a call was under way: canceled if nothing is out, else a person decides."""
    if delivery.reason != Reason.CANCEL_REQUESTED:
        note(delivery, claimed_by=None)
    elif phases.something_online(delivery.steps.all(), channel.adapter.traits):
        drop_rest(delivery, actor, now)
        note(delivery, reason=Reason.STOPPED_MIDWAY, claimed_by=None)
    else:
        cancel(delivery, actor, now)


def cancel(delivery: Delivery, actor: Actor, now: datetime) -> None:
    """End a delivery of which nothing is out."""
    drop(delivery.steps.all(), actor, now)
    move(delivery, DeliveryState.CANCELED, actor, now, reason=Reason.CANCELED, claimed_by=None, retry_at=None)


def drop(steps: QuerySet[DeliveryStep], actor: Actor, now: datetime) -> None:
    """Give up steps that are not out; the recipients of a mailing without an audit row each."""
    for state in (StepState.PENDING, StepState.IN_DOUBT, StepState.FAILED):
        move_all(DeliveryStep, [step.pk for step in steps.filter(state=state) if step.recipient], state, StepState.DROPPED)
    for step in steps.exclude(state__in=[StepState.SENT, StepState.DROPPED]):
        move(step, StepState.DROPPED, actor, now)


def drop_rest(delivery: Delivery, actor: Actor, now: datetime) -> None:
    """Give up every step that is neither out nor being called nor in doubt: whatever is decided about those, nothing follows them."""
    begun = Attempt.objects.filter(state__in=ALIVE).values("step")
    drop(delivery.steps.filter(state__in=[StepState.PENDING, StepState.FAILED]).exclude(pk__in=begun), actor, now)


def refuse(attempt: Attempt, channel: Channel, now: datetime) -> None:
    """Let the step fail whose refusal is certain: the delivery with it, or it waits for a person if a part is already out."""
    delivery = attempt.step.delivery
    move(attempt.step, StepState.FAILED, SERVICE, now)
    if phases.something_online(delivery.steps.all(), channel.adapter.traits):
        hold(delivery, Reason.PART_REFUSED, now)
    else:
        move(delivery, DeliveryState.FAILED, SERVICE, now, reason=Reason.REFUSED, claimed_by=None, retry_at=None)


def settling(channel: Channel | None) -> timedelta:
    """Return how long after its intent a call may still come to light: until its deadline, then as long as the platform settles."""
    if channel is None:
        return timedelta(seconds=LONGEST_CALL)
    return timedelta(seconds=channel.settings.deadline) + channel.adapter.traits.window


def first_intent(attempt: Attempt) -> datetime:
    """Return the intent of the step's first call that may have been taken in: what that one left may come to light only now."""
    return attempt.step.attempts.filter(tainted=True).earliest("number").intent_at


def doubt(attempt: Attempt, settled: timedelta, now: datetime, error: SendError | None = None) -> None:
    """Keep that nobody knows; it is looked up once that much time has passed since the intent."""
    look_at = attempt.intent_at + settled
    move(attempt, AttemptState.IN_DOUBT, SERVICE, now, tainted=True, look_at=look_at, outcome_at=now, **(told(error) if error else {}))
    if attempt.step.state == StepState.PENDING:  # else a database that holds what cannot be would keep the service from starting
        move(attempt.step, StepState.IN_DOUBT, SERVICE, now)
    note(attempt.step.delivery, claimed_by=None, retry_at=None)


def hold(delivery: Delivery, reason: Reason, now: datetime) -> None:
    """Leave the delivery to a person."""
    if delivery.state == DeliveryState.HELD:
        note(delivery, reason=reason, claimed_by=None)
    else:
        move(delivery, DeliveryState.HELD, SERVICE, now, reason=reason, claimed_by=None, retry_at=None)


def _end(attempt: Attempt, state: AttemptState, error: SendError, now: datetime) -> None:
    move(attempt, state, SERVICE, now, outcome_at=now, **told(error))


def wait(delivery: Delivery, channel: Channel, reason: str, now: datetime, until: datetime | None) -> None:
    """Leave the delivery to a later claim, unless a person stopped it meanwhile."""
    if delivery.state == DeliveryState.HELD:
        stop(delivery, channel, SERVICE, now)
    else:
        note(delivery, reason=reason, claimed_by=None, retry_at=until, tries=delivery.tries + 1)


def wait_as_told(delivery: Delivery, channel: Channel, error: RateLimited, now: datetime) -> None:
    """Let the whole channel wait as long as the platform asks; a wait beyond the agreed time is for a person."""
    until = max(error.retry_at or now, now + backoff(delivery.tries, THROTTLED if error.retry_at is None else FIRST_WAIT))
    ChannelState.objects.update_or_create(pk=channel.name, defaults={"retry_at": min(until, now + LONGEST_THROTTLE)})
    if delivery.not_after and until > delivery.not_after and delivery.state != DeliveryState.HELD:
        hold(delivery, Reason.WAIT_TOO_LONG, now)
    else:
        wait(delivery, channel, Reason.RATE_LIMITED, now, until)


def backoff(tries: int, first: timedelta) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time, up to a limit."""
    return min(first * (1 << min(tries, 10)), LONGEST_WAIT)


def told(error: SendError) -> dict[str, Any]:
    """Return what people read and what the operator needs of an error, as columns of an attempt."""
    evidence = error.evidence
    kept = {"status": evidence.status, "headers": dict(evidence.headers), "body": evidence.body}
    return {**telling(error), "evidence": kept}
