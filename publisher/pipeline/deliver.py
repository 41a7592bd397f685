"""Sends: claim → intent → last look → one call → outcome, one step at a time. The only caller of send() and withdraw()."""

from collections.abc import Mapping
from typing import NamedTuple, cast

from django.db import transaction

from publisher import crashpoints
from publisher.adapters.base import Receipt, Step, Withdraws
from publisher.adapters.registry import Channel
from publisher.errors import Refused, Rejected, SendError
from publisher.i18n import N_
from publisher.models import Attempt, audit, rows
from publisher.models.moves import move
from publisher.models.people import SERVICE
from publisher.models.states import AttemptState, StepState
from publisher.pipeline import claim, content, guard, mailing, outcome, phases, slots
from publisher.pipeline.claim import Claim
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure


class Intended(NamedTuple):
    """A call that was written down: of this step, filled, with what the platform acknowledged of the delivery before."""

    attempt: Attempt
    step: Step
    receipts: Mapping[str, Receipt]


def advance(tenure: Tenure, name: str) -> bool:
    """Take a delivery one step further; whether there was something to do."""
    crashpoints.visit("claim.pre")
    with transaction.atomic():  # one for both: what was true at the claim is true of the intent, and nobody comes between them
        claimed = claim.claim(tenure, name)
        intended = _intend(tenure, claimed) if claimed and not claimed.step.recipient else None
    if claimed is None:
        return False
    if claimed.step.recipient:
        crashpoints.visit("mailing.claimed")
        mailing.send(tenure, claimed)
        return True
    if intended is None:
        return True
    attempt, step, receipts = intended
    crashpoints.visit("intent.committed")
    result = _call(tenure, attempt, claimed.channel, step, receipts)
    outcome.insist(lambda: outcome.record(tenure, attempt, claimed.channel, result))
    crashpoints.visit("outcome.committed")
    return True


def repeat(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step) -> Receipt | SendError:
    """Make the call of an attempt in doubt again, which the platform takes for the same; the attempt stays in doubt until its receipt."""
    crashpoints.visit("repeat.committed")
    if not claim.still_true(tenure, attempt, AttemptState.IN_DOUBT):
        return outcome.Stopped()
    return _sent(channel, step, content.receipts(attempt.step.delivery))


def _intend(tenure: Tenure, claimed: Claim) -> Intended | None:
    """Write down the call that is about to be made, inside the caller's transaction; None if there is none to make."""
    delivery, row, now = claimed.delivery, claimed.step, tenure.now()
    sealed, receipts = content.sealed_step(delivery, row), content.receipts(delivery)
    try:
        content.refuse_orphan(row, receipts)
        values = content.slot_values(tenure.desk, delivery, sealed, now)
        step = slots.fill(sealed, values)
    except Refused as error:
        outcome.hold(delivery, Reason(error.code), now)
        return None
    if slots.is_empty(step) and not slots.is_empty(sealed):
        move(row, StepState.DROPPED, SERVICE, now)
        outcome.go_on(delivery, claimed.channel, SERVICE, now)
        return None
    earlier = rows.found(Attempt, "step_id = %s", row.pk)
    attempt = Attempt(
        step=row,
        number=len(earlier) + 1,
        epoch=tenure.epoch,
        intent_at=now,
        digest=slots.digest(step),
        slots=dict(values),
        tainted=any(one.tainted for one in earlier),
    )
    rows.add(attempt)
    audit.record(SERVICE, "attempt.intent", str(attempt), now, {"digest": attempt.digest, "epoch": tenure.epoch})
    crashpoints.visit("intent.pre")
    return Intended(attempt, step, receipts)


def _call(tenure: Tenure, attempt: Attempt, channel: Channel, step: Step, receipts: Mapping[str, Receipt]) -> Receipt | SendError:
    """Look one last time, then make the call; what it gave, whatever it gave."""
    if not claim.still_true(tenure, attempt, AttemptState.INTENT):
        return outcome.Stopped()
    result = _sent(channel, step, receipts)
    crashpoints.visit("outcome.pre")
    return result


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
    adapter.withdraw(_taken_back(step, receipts))
    return Receipt(step.id)


def _taken_back(step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
    """Return the receipt of what the step takes back: what an earlier delivery left is named in its content."""
    content = cast("Mapping[str, str | None]", step.content)
    if "remote_id" in content:
        return Receipt(str(content["step"]), content["remote_id"], content["url"])
    return receipts[str(content["step"])]
