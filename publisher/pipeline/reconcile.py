"""What is in doubt is looked up on the platform; what cannot be settled there is left to a person (delivery.md §5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from publisher import crashpoints
from publisher.adapters.base import Finds, Idempotency, Receipt, Step
from publisher.adapters.registry import Channel
from publisher.errors import RateLimited, Refused, SendError, Unauthorized
from publisher.models import Attempt, Delivery, DeliveryStep, looks, rows
from publisher.models.moves import move, note
from publisher.models.people import SERVICE
from publisher.models.states import OPEN, AttemptState, DeliveryState, StepState
from publisher.pipeline import claim, content, deliver, guard, outcome, phases, slots
from publisher.pipeline.alarms import stop_channel
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure

CRASHES = 3
READ_AGAIN = timedelta(seconds=30)
UNREADABLE_AFTER = timedelta(minutes=15)
SOON = timedelta(seconds=10)
DUPLICATE = "duplicate"
"""Code of the OutcomeUnknown that says: this very call was refused as a repetition of something that is online."""


def recover(tenure: Tenure) -> int:
    """Put in doubt every call that an older run left without outcome; return how many. What crashed it three times is held."""
    crashpoints.visit("recover.pre")
    with transaction.atomic():
        claimed = rows.found(Delivery, "claimed_by < %s", tenure.epoch)
        called = rows.found(Attempt, "epoch < %s AND state = %s", tenure.epoch, AttemptState.INTENT.value)
        lost = _give_up(tenure, claimed, called)
    crashpoints.visit("recover.committed")
    return lost


def unfinished(tenure: Tenure) -> set[str]:
    """Return the channels on which this run claimed or called something that has no outcome yet."""
    return looks.unfinished(tenure.epoch)


def tidy(tenure: Tenure, channel: str) -> int:
    """Recover, on one channel, from an error that stopped this very run in the middle; the caller must be alone there."""
    if channel not in unfinished(tenure):
        return 0
    with transaction.atomic():
        claimed = rows.found(Delivery, "channel = %s AND claimed_by = %s", channel, tenure.epoch)
        called = rows.found(Attempt, "epoch = %s AND state = %s", tenure.epoch, AttemptState.INTENT.value)
        return _give_up(tenure, claimed, called, only=channel) if tenure.lasts() else 0


def blame(tenure: Tenure, name: str) -> None:
    """Count an error of ours against the delivery that it happened to; one that was claimed is counted by `tidy`."""
    with transaction.atomic():
        delivery = Delivery.objects.get(pk=name)
        if tenure.lasts() and delivery.claimed_by != tenure.epoch:
            _count_crash(delivery, tenure.now())


def _count_crash(delivery: Delivery, now: datetime) -> None:
    note(delivery, claimed_by=None, crashes=delivery.crashes + 1)
    if delivery.crashes >= CRASHES and (delivery.state in OPEN or delivery.reason == Reason.CANCEL_REQUESTED):
        outcome.hold(delivery, Reason.CRASHED, now)


def _give_up(tenure: Tenure, claimed: Sequence[Delivery], called: Sequence[Attempt], only: str | None = None) -> int:
    """Release what was claimed, one crash more each, and put in doubt what may have been called, on one channel or on all; how much."""
    now, lost = tenure.now(), 0
    for delivery in claimed:
        _count_crash(delivery, now)
    known = {delivery.pk: delivery for delivery in claimed}
    for attempt in called:
        rows.fetch(attempt, "step__delivery")
        # one object for all calls of a mailing: each change of a row must be seen by the next
        delivery = attempt.step.delivery = known.setdefault(attempt.step.delivery_id, attempt.step.delivery)
        if only in {None, delivery.channel}:
            outcome.doubt(attempt, outcome.settling(tenure.desk.channels.get(delivery.channel)), now)
            lost += 1
    return lost


def due(tenure: Tenure) -> list[tuple[str, int, str]]:
    """Return channel, number and delivery of each call in doubt that may be looked up now, the earliest first."""
    return looks.doubts(tenure.now(), Reason.CANCEL_REQUESTED)


def is_unsettled() -> bool:
    """Tell whether a call is under way, or in doubt and not yet left to a person."""
    return looks.is_unsettled(Reason.CANCEL_REQUESTED)


def settle(tenure: Tenure, number: int) -> bool:
    """Look up one call in doubt, and settle it or leave it to a person; whether there was something to do."""
    if not any(number == found for _channel, found, _delivery in due(tenure)) or not tenure.lasts():
        return False
    attempt = Attempt.objects.select_related("step__delivery").get(pk=number)
    delivery, row = attempt.step.delivery, attempt.step
    channel = tenure.desk.channels.get(delivery.channel)
    step = _as_sent(delivery, row, attempt)
    again = attempt.code != DUPLICATE  # what was refused as a repetition is not settled by one more
    if channel is None or step is None:
        _leave_to_person(tenure, attempt, Reason.UNREADABLE if channel is None else Reason.ALTERED)
    elif again and phases.is_unseen(row.effect, channel.adapter.traits):
        _make_again(tenure, attempt)
    elif again and phases.is_repeatable(row.effect, channel.adapter.traits) and not _is_over(tenure, delivery):
        _call_again(tenure, attempt, channel, step)
    else:
        _look(tenure, attempt, channel, step)
    crashpoints.visit("settled.committed")
    return True


def _look(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step) -> None:
    """Ask the platform whether it holds the step, and do what the answer allows."""
    adapter, delivery = channel.adapter, attempt.step.delivery
    if isinstance(adapter, Finds) and step.effect != phases.WITHDRAW:
        receipts = content.receipts(delivery)
        try:
            found = guard.ask_receipt(step, lambda: adapter.find(step, receipts, outcome.first_intent(attempt)))
        except SendError as error:
            _unread(tenure, attempt, channel, error)
            return
        crashpoints.visit("look.answered")
        if found is not None:
            with transaction.atomic():
                outcome.accept(attempt, channel, found, tenure.now(), AttemptState.FOUND)
            return
        if attempt.code == DUPLICATE and not _was_tainted(attempt):
            _refused(tenure, attempt, channel)
            return
    if _same_call_is_safe(tenure, attempt, channel):
        _call_again(tenure, attempt, channel, step)
    else:
        _leave_to_person(tenure, attempt, Reason.UNDECIDED)


def _call_again(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step) -> None:
    """Make the same call again, inside the agreed time; only a receipt ends the doubt, a refusal proves nothing."""
    now, delivery = tenure.now(), attempt.step.delivery
    if _is_over(tenure, delivery):
        _leave_to_person(tenure, attempt, Reason.UNDECIDED)
        return
    case = claim.looked_at(tenure, delivery, channel)
    obstacle = claim.against_repetition(case)
    if obstacle and (obstacle.to or obstacle.reason is Reason.NOT_APPROVED):
        _leave_to_person(tenure, attempt, Reason.UNDECIDED)
        return
    if obstacle or case.hindrances.busy:
        note(attempt, look_at=now + SOON)
        return
    with transaction.atomic():
        settled_by = now + outcome.settling(channel)
        note(attempt, calls=attempt.calls + 1, epoch=tenure.epoch, look_at=settled_by)
        note(delivery, claimed_by=tenure.epoch)
    result = deliver.repeat(tenure, attempt, channel, step)
    outcome.insist(lambda: _record(tenure, attempt, channel, result))


def _is_over(tenure: Tenure, delivery: Delivery) -> bool:
    """Tell whether nothing may leave any more: somebody stopped it, or the agreed time has passed."""
    return delivery.state == DeliveryState.HELD or bool(delivery.not_after and tenure.now() > delivery.not_after)


def _record(tenure: Tenure, attempt: Attempt, channel: Channel, result: Receipt | SendError) -> None:
    """Write what became of a repeated call; nothing if another run has taken over."""
    now = tenure.now()
    with transaction.atomic():
        run = tenure.run()
        if run is None or not looks.renew(attempt, AttemptState.IN_DOUBT, run):
            return
        if isinstance(result, Receipt):
            outcome.accept(attempt, channel, result, now, AttemptState.FOUND)
            return
        if isinstance(result, Unauthorized):
            stop_channel(channel.name, result, now)
        later = now + SOON if isinstance(result, outcome.Stopped) else attempt.look_at
        if isinstance(result, RateLimited) and result.retry_at:
            later = max(later or now, result.retry_at)
        note(attempt, look_at=later, **({} if isinstance(result, outcome.Stopped) else outcome.told(result)))
        note(attempt.step.delivery, claimed_by=None)


def _make_again(tenure: Tenure, attempt: Attempt) -> None:
    """Let what nobody can see be made once more; the orphan stays on record."""
    now, delivery = tenure.now(), attempt.step.delivery
    with transaction.atomic():
        move(attempt, AttemptState.DISMISSED, SERVICE, now, look_at=None, dismissed_why="nobody sees it; made again")
        move(attempt.step, StepState.PENDING, SERVICE, now)
        if delivery.state == DeliveryState.HELD:
            outcome.cancel(delivery, SERVICE, now)
        else:
            note(delivery, retry_at=now + SOON, tries=delivery.tries + 1)


def _refused(tenure: Tenure, attempt: Attempt, channel: Channel) -> None:
    """Let a call fail that was refused as a repetition of what is not ours."""
    now = tenure.now()
    with transaction.atomic():
        move(attempt, AttemptState.DISMISSED, SERVICE, now, look_at=None, dismissed_why="refused as a repetition of an older one")
        outcome.refuse(attempt, channel, now)


def _unread(tenure: Tenure, attempt: Attempt, channel: Channel, error: SendError) -> None:
    """Come back when the platform can be read; after a quarter of an hour a person takes over."""
    now = tenure.now()
    since = attempt.unread_since or now
    if isinstance(error, Unauthorized):
        stop_channel(channel.name, error, now)
    if now - since >= UNREADABLE_AFTER:
        _leave_to_person(tenure, attempt, Reason.UNREADABLE)
    else:
        note(attempt, unread_since=since, look_at=now + READ_AGAIN)


def _leave_to_person(tenure: Tenure, attempt: Attempt, reason: Reason) -> None:
    delivery = attempt.step.delivery
    with transaction.atomic():
        note(attempt, look_at=None)
        if not attempt.step.recipient or not delivery.steps.filter(state=StepState.PENDING).exists():
            outcome.hold(delivery, reason, tenure.now())


def _as_sent(delivery: Delivery, row: DeliveryStep, attempt: Attempt) -> Step | None:
    """Return the step as it was called; None if it can no longer be made equal to the byte."""
    try:
        step = slots.fill(content.sealed_step(delivery, row), attempt.slots)
    except Refused:
        return None
    return step if slots.digest(step) == attempt.digest else None


def _same_call_is_safe(tenure: Tenure, attempt: Attempt, channel: Channel) -> bool:
    """Tell whether the platform still takes the same call for the same: always by a client's id, as long as it keeps a key."""
    traits = channel.adapter.traits
    if traits.idempotency is Idempotency.CLIENT_ID:
        return True
    return traits.idempotency is Idempotency.KEY and tenure.now() < attempt.intent_at + traits.key_life


def _was_tainted(attempt: Attempt) -> bool:
    """Tell whether a call before the refused one may have been taken in."""
    return attempt.calls > 1 or attempt.step.attempts.exclude(pk=attempt.pk).filter(tainted=True).exists()
