"""Sends: claim → intent → last look → one call → outcome, one step at a time. The only caller of send() and withdraw()."""

import logging
from collections.abc import Callable, Mapping

from django.db import OperationalError, transaction
from django.db.models import Exists

from publisher import crashpoints
from publisher.adapters.base import Receipt, Step, Withdraws
from publisher.adapters.registry import Channel
from publisher.errors import Refused, Rejected, SendError
from publisher.i18n import N_
from publisher.models import Attempt, Holder, Pause, audit
from publisher.models.channel import EVERYTHING
from publisher.models.moves import Outrun, move, note
from publisher.models.people import SERVICE
from publisher.models.states import AttemptState, DeliveryState, StepState
from publisher.pipeline import claim, content, guard, outcome, phases, slots
from publisher.pipeline.claim import Claim
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure

PATIENCE = 3
"""How often an outcome is tried again; each time waits as long as the database's own patience."""

log = logging.getLogger(__name__)


def advance(tenure: Tenure, name: str) -> bool:
    """Take a delivery one step further; whether there was something to do."""
    claimed = claim.claim(tenure, name)
    if claimed is None:
        return False
    try:
        intended = _intend(tenure, claimed)
    except Outrun:
        return True  # a person canceled or held it just now
    if intended is None:
        return True
    attempt, step = intended
    crashpoints.visit("intent.committed")
    result = _call(tenure, attempt, claimed.channel, step)
    insist(lambda: outcome.record(tenure, attempt, claimed.channel, result))
    crashpoints.visit("outcome.committed")
    return True


def repeat(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step) -> Receipt | SendError:
    """Make the call of an attempt in doubt again, which the platform takes for the same; the attempt stays in doubt until its receipt."""
    crashpoints.visit("repeat.committed")
    if not _is_kept(tenure) or not _may_call(tenure, attempt, AttemptState.IN_DOUBT):
        return outcome.Stopped()
    return _sent(channel, step, content.receipts(attempt.step.delivery))


def insist(write: Callable[[], None]) -> None:
    """Write an outcome, again if the database is locked: what the platform said is known nowhere else."""
    for _ in range(PATIENCE):
        try:
            return write()
        except OperationalError as error:
            log.warning("an outcome could not be written yet: %s", error)
    return write()


def _intend(tenure: Tenure, claimed: Claim) -> tuple[Attempt, Step] | None:
    """Write down, durably, the call that is about to be made; None if there is none to make. Raises Outrun."""
    delivery, row, now = claimed.delivery, claimed.step, tenure.now()
    with transaction.atomic():
        if not tenure.lasts():
            return None
        sealed = content.sealed_step(delivery, row)
        try:
            content.refuse_orphan(delivery, row)
            values = content.slot_values(tenure.desk, delivery, sealed, now)
            step = slots.fill(sealed, values)
        except Refused as error:
            outcome.hold(delivery, Reason(error.code), now)
            return None
        if slots.is_empty(step) and not slots.is_empty(sealed):
            move(row, StepState.DROPPED, SERVICE, now)
            outcome.go_on(delivery, claimed.channel, SERVICE, now)
            return None
        note(delivery, claimed_by=tenure.epoch)
        attempt = Attempt.objects.create(
            step=row,
            number=row.attempts.count() + 1,
            epoch=tenure.epoch,
            intent_at=now,
            digest=slots.digest(step),
            slots=dict(values),
            tainted=row.attempts.filter(tainted=True).exists(),
        )
        audit.record(SERVICE, "attempt.intent", str(attempt), now, {"digest": attempt.digest, "epoch": tenure.epoch})
        crashpoints.visit("intent.pre")
    return attempt, step


def _call(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step) -> Receipt | SendError:
    """Look one last time, then make the call; what it gave, whatever it gave."""
    delivery = attempt.step.delivery
    if not _is_kept(tenure) or not _may_call(tenure, attempt, AttemptState.INTENT):
        return outcome.Stopped()
    result = _sent(channel, step, content.receipts(delivery))
    crashpoints.visit("outcome.pre")
    return result


def _is_kept(tenure: Tenure) -> bool:
    """Keep beside the database that it holds the intent, so that an older one put in its place is noticed."""
    try:
        return tenure.head.follow()
    except OSError as error:
        log.warning("nothing leaves until the data directory can be written: %s", error)
        return False


def _may_call(tenure: Tenure, attempt: Attempt, state: AttemptState) -> bool:
    """Look at switch, epoch, state and clock with one read."""
    now = tenure.now()
    delivery = attempt.step.delivery
    rows = Attempt.objects.filter(
        Exists(Holder.objects.filter(epoch=tenure.epoch)),
        ~Exists(Pause.objects.filter(channel__in=[EVERYTHING, delivery.channel], ended_at=None)),
        pk=attempt.pk,
        state=state,
        epoch=tenure.epoch,
        step__delivery__state=DeliveryState.SENDING,
        step__delivery__due_at__lte=now,
        step__delivery__not_after__gte=now,
    )
    return rows.exists() and tenure.watch.trusted()


def _sent(channel: Channel, step: Step, receipts: Mapping[str, Receipt]) -> Receipt | SendError:
    crashpoints.visit("call.pre")
    result: Receipt | SendError
    try:
        result = guard.ask_receipt(step, lambda: _effect(channel, step, receipts))
    except SendError as error:
        result = error
    crashpoints.visit("call.answered")
    return result


def _effect(channel: Channel, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
    """Cause the one remote effect of the step. Raises a SendError, or anything."""
    adapter = channel.adapter
    if step.effect != phases.WITHDRAW:
        return adapter.send(step, receipts)
    if not isinstance(adapter, Withdraws):
        raise Rejected("cannot-withdraw", N_("This channel cannot take back what it published: do it by hand."))
    adapter.withdraw(receipts[str(step.content["step"])])
    return Receipt(step.id)
