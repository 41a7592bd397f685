"""What must be true before a delivery goes a step further, one predicate each; what is false is kept as the reason (delivery.md §4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from publisher.adapters.base import HandsOver, Probes
from publisher.adapters.registry import Channel
from publisher.models import Attempt, ChannelState, Delivery, DeliveryStep, audit, looks, rows
from publisher.models.looks import Hindrances
from publisher.models.moves import move, note
from publisher.models.people import SERVICE
from publisher.models.states import OPEN, AttemptState, DeliveryState, StepState
from publisher.pipeline import handover, ledger, manifest, precedence, probe
from publisher.pipeline.precedence import Standing
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not, and the state that the delivery goes to; None: it stays and is looked at again."""

    reason: Reason
    to: DeliveryState | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that may go on, with the step whose turn it is."""

    delivery: Delivery
    channel: Channel
    step: DeliveryStep


@dataclass(frozen=True, slots=True)
class Case:
    """A delivery looked at for a claim."""

    tenure: Tenure
    delivery: Delivery
    channel: Channel
    now: datetime
    known: ChannelState | None
    """What is known of the channel."""
    hindrances: Hindrances


def due(tenure: Tenure) -> list[tuple[str, str]]:
    """Return channel and id of what the service may look at now, the earliest first; what is known to await a visa is left out."""
    return looks.due(tenure.now(), Reason.NOT_APPROVED)


def coming(now: datetime, until: datetime) -> list[datetime]:
    """Return the instants after `now`, and not after `until`, at which an approved delivery is due: the earliest first, each once."""
    rows = Delivery.objects.filter(state__in=OPEN, due_at__gt=now, due_at__lte=until, manifest__sealed_at__isnull=False)
    return [instant for instant in rows.order_by("due_at").values_list("due_at", flat=True).distinct() if instant]


def claim(tenure: Tenure, name: str) -> Claim | None:
    """Claim the delivery for its next step, in one write transaction; None if anything forbids it, with the reason kept."""
    with transaction.atomic(savepoint=False):
        run = tenure.run()
        delivery = run and looks.if_due(run, tenure.now(), Reason.NOT_APPROVED, name)
        return _decide(tenure, delivery) if delivery and not tenure.ending.is_set() else None


def agreed(case: Case) -> Obstacle | None:
    """Require the agreement of enough people, as many as config.toml asks now, to this very content, account and time.

    What awaits more of them is planned until its time is over; then those who had agreed must be told that it did not leave.
    """
    delivery = case.delivery
    reason = manifest.objection(delivery, case.channel, case.tenure.desk.config.approval.required)
    if reason is None:
        return None
    over = delivery.manifest.counts and delivery.not_after is not None and case.now > delivery.not_after
    waits = reason is Reason.NOT_APPROVED and delivery.state == DeliveryState.PLANNED and not over  # what is half out must not wait unseen
    return Obstacle(reason, None if waits else DeliveryState.HELD)


def clock_trusted(case: Case) -> Obstacle | None:
    """Require that the wall clock did not leap; what nobody confirmed before it was surely too late is for a person."""
    watch, end = case.tenure.watch, case.delivery.not_after
    if watch.trusted():
        return None
    if end and end < watch.surely() and agreed(case) is None:
        return Obstacle(Reason.CLOCK_LATE, DeliveryState.HELD)
    return Obstacle(Reason.CLOCK_SUSPECT)


def in_time(case: Case) -> Obstacle | None:
    """Require that it is not too late."""
    return _lateness(case.tenure, case.delivery)


def clock_confirmed(case: Case) -> Obstacle | None:
    """Require, under embargo, that somebody else confirms the wall clock; if nobody can, a person decides."""
    if case.delivery.embargo_until is None or case.tenure.watch.certain():
        return None
    somebody = any(isinstance(channel.adapter, Probes) for channel in case.tenure.desk.channels.values())
    return Obstacle(Reason.CLOCK_UNCONFIRMED, None if somebody else DeliveryState.HELD)


def switched_on(case: Case) -> Obstacle | None:
    """Require that neither a person nor a lost access stopped the channel, and that config.toml has it enabled."""
    if case.hindrances.stop is not None:
        return Obstacle(Reason.PAUSED if case.hindrances.stopped_by else Reason(case.hindrances.stop))
    return None if case.channel.settings.enabled else Obstacle(Reason.CHANNEL_DISABLED)


def others_out(case: Case) -> Obstacle | None:
    """Require that the channels which it waits for are out, and seen."""
    found = precedence.standing(case.tenure.desk, case.delivery, case.now)
    if precedence.may_go(case.delivery, found):
        return None
    return Obstacle(precedence.WHY[found], DeliveryState.HELD if found in {Standing.NEVER_SEEN, Standing.LOST} else None)


def nothing_in_doubt(case: Case) -> Obstacle | None:
    """Require that none of its calls is in doubt: what became of it comes before everything else, lateness included.

    The recipients of a mailing do not wait for each other.
    """
    return Obstacle(Reason.IN_DOUBT) if case.hindrances.doubtful else None


def not_throttled(case: Case) -> Obstacle | None:
    """Require that the platform does not ask the channel to wait."""
    throttled = case.known and case.known.retry_at and case.known.retry_at > case.now
    return Obstacle(Reason.RATE_LIMITED) if throttled else None


def ready(case: Case) -> Obstacle | None:
    """Require that the platform said within five minutes who we are: the account that was agreed to, and our hour."""
    reason = probe.obstacle(case.channel, case.known, case.now)
    if reason is None:
        return None
    return Obstacle(reason, DeliveryState.HELD if reason is Reason.ACCOUNT_DIFFERS else None)


def ours_to_send(case: Case) -> Obstacle | None:
    """Require that the channel sends by itself; where it does not, all the rest being true, a person publishes in its place."""
    if not isinstance(case.channel.adapter, HandsOver):
        return None
    return Obstacle(handover.reason(case.tenure.desk, case.delivery), DeliveryState.HELD)


CONDITIONS: tuple[Callable[[Case], Obstacle | None], ...] = (
    nothing_in_doubt,
    clock_trusted,
    agreed,
    in_time,
    clock_confirmed,
    switched_on,
    others_out,
    not_throttled,
    ready,
    ours_to_send,
)
"""In this order: while in doubt, or without clock or visa, nothing is even called late; and nobody is asked to publish too early."""


def against_repetition(case: Case) -> Obstacle | None:
    """Return why a call in doubt must not be made again: what people have said since, and what config.toml says now, counts."""
    return next((obstacle for condition in (clock_trusted, agreed, switched_on) if (obstacle := condition(case))), None)


def looked_at(tenure: Tenure, delivery: Delivery, channel: Channel) -> Case:
    """Return the case of a delivery, as things stand now."""
    known = rows.one(ChannelState, "name = %s", channel.name)
    return Case(tenure, delivery, channel, tenure.now(), known, looks.hindrances(tenure.epoch, delivery.pk, channel.name))


def _decide(tenure: Tenure, delivery: Delivery) -> Claim | None:
    channel = tenure.desk.channels.get(delivery.channel)
    if channel is None:
        _keep(tenure, delivery, _without_channel(tenure, delivery))
        return None
    case = looked_at(tenure, delivery, channel)
    if case.hindrances.busy:
        return None
    if _is_through(delivery):
        ledger.end(delivery, channel, tenure.now())
        return None
    obstacle = next((obstacle for condition in CONDITIONS if (obstacle := condition(case))), None)
    if obstacle:
        _keep(tenure, delivery, obstacle)
        return None
    return _take(case)


def still_true(tenure: Tenure, attempt: Attempt, state: AttemptState) -> bool:
    """Look a last time before a call, with one read: at switch, epoch, state and clock."""
    delivery = attempt.step.delivery
    called = (attempt.pk, state.value)
    return looks.is_open(tenure.epoch, delivery.pk, delivery.channel, tenure.now(), called=called) and tenure.watch.trusted()


def still_open(tenure: Tenure, delivery: Delivery) -> bool:
    """Tell whether a delivery that was claimed may still go on: switch, epoch, state and clock."""
    return looks.is_open(tenure.epoch, delivery.pk, delivery.channel, tenure.now()) and tenure.watch.trusted()


def _without_channel(tenure: Tenure, delivery: Delivery) -> Obstacle:
    """Return why a delivery whose channel config.toml no longer has does not leave: what was agreed to is missed as on any other."""
    doubtful = looks.hindrances(tenure.epoch, delivery.pk, delivery.channel).doubtful
    known = delivery.manifest.counts and tenure.watch.trusted() and not doubtful
    return (_lateness(tenure, delivery) if known else None) or Obstacle(Reason.CHANNEL_MISSING)


def _lateness(tenure: Tenure, delivery: Delivery) -> Obstacle | None:
    """Return what becomes of a delivery that is too late: with nothing begun it is missed, with something begun it is for a person."""
    now = tenure.now()
    if delivery.not_after is None or now <= delivery.not_after:
        return None
    if Attempt.objects.filter(step__delivery=delivery).exists():
        return Obstacle(Reason.LATE, DeliveryState.HELD)
    if precedence.standing(tenure.desk, delivery, now) in {Standing.UNSEEN, Standing.NEVER_SEEN}:
        return Obstacle(Reason.WEBSITE_UNSEEN, DeliveryState.HELD)
    return Obstacle(Reason.TOO_LATE, DeliveryState.MISSED)


def _keep(tenure: Tenure, delivery: Delivery, obstacle: Obstacle) -> None:
    """Keep why not; a reason that lasts is written once."""
    if obstacle.to:
        move(delivery, obstacle.to, SERVICE, tenure.now(), reason=obstacle.reason)
    elif delivery.reason != obstacle.reason:
        note(delivery, reason=obstacle.reason)


def _take(case: Case) -> Claim | None:
    step = _next_step(case.delivery)
    if step.retry_at and step.retry_at > case.now:
        note(case.delivery, retry_at=step.retry_at)
        return None
    taken = {"claimed_by": case.tenure.epoch, "reason": "", "send_again": []}  # what one person said of an earlier doubt is over
    if case.delivery.state == DeliveryState.PLANNED:
        move(case.delivery, DeliveryState.SENDING, SERVICE, case.now, **taken)
    else:
        note(case.delivery, **taken)
        if step.recipient:  # calls to recipients leave no row of their own, and a database that forgot them must be known by its audit
            audit.record(SERVICE, "mailing.resumed", case.delivery.id, case.now)
    return Claim(case.delivery, case.channel, step)


def _is_through(delivery: Delivery) -> bool:
    """Tell whether a run that was killed left a mailing of which nobody is left to send to: whatever forbids to send, it ends."""
    if not delivery.recipients or delivery.state != DeliveryState.SENDING:
        return False
    return not delivery.steps.filter(state=StepState.PENDING).exists()


def _next_step(delivery: Delivery) -> DeliveryStep:
    """Return the step whose turn it is: of a mailing, the recipient who has waited longest."""
    if delivery.recipients:
        condition = "delivery_id = %s AND state = %s ORDER BY retry_at NULLS FIRST, position LIMIT 1"
        step = rows.one(DeliveryStep, condition, delivery.pk, StepState.PENDING)
    else:
        condition = "delivery_id = %s AND state NOT IN (%s, %s) ORDER BY position LIMIT 1"
        step = rows.one(DeliveryStep, condition, delivery.pk, StepState.SENT, StepState.DROPPED)
    if step is None or step.state != StepState.PENDING:
        raise AssertionError(f"{delivery} is open, with no doubt, and yet has no step to send")
    step.delivery = delivery
    return step
