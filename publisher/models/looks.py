"""What is asked before every call, as plain SQL: asked so often that building the question would cost more than the answer."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from publisher.models import rows
from publisher.models.channel import EVERYTHING
from publisher.models.delivery import Attempt, Delivery
from publisher.models.states import ALIVE, OPEN, AttemptState, DeliveryState, StepState

_OURS = "EXISTS (SELECT 1 FROM publisher_holder WHERE epoch = %s)"
_SINCE = "EXISTS (SELECT 1 FROM publisher_audit WHERE sequence = %s AND hash = %s)"
_CALLED = "EXISTS (SELECT 1 FROM publisher_attempt WHERE id = %s AND state = %s AND epoch = %s)"
_OPEN = """
EXISTS (
  SELECT 1 FROM publisher_delivery WHERE id = %s AND state = %s AND claimed_by = %s AND due_at <= %s AND not_after >= %s
)
AND NOT EXISTS (SELECT 1 FROM publisher_pause WHERE channel IN (%s, %s) AND ended_at IS NULL)
"""
_CALLING = """
SELECT 1 FROM publisher_attempt AS attempt JOIN publisher_deliverystep AS step ON attempt.step_id = step.id
JOIN publisher_delivery AS delivery ON step.delivery_id = delivery.id WHERE attempt.state = %s AND delivery.channel = %s
"""
_DOUBTFUL = """
SELECT 1 FROM publisher_attempt AS attempt JOIN publisher_deliverystep AS step ON attempt.step_id = step.id
WHERE attempt.state = %s AND step.recipient = '' AND step.delivery_id = %s
"""
_IS_DUE = """
publisher_delivery.state IN (%s, %s) AND publisher_delivery.due_at <= %s
AND (publisher_delivery.retry_at IS NULL OR publisher_delivery.retry_at <= %s) AND publisher_delivery.claimed_by IS NULL
AND NOT (publisher_delivery.reason = %s AND (publisher_manifest.sealed_at IS NULL OR publisher_manifest.void_at IS NOT NULL))
"""
_DUE = f"""
SELECT publisher_delivery.channel, publisher_delivery.id
FROM publisher_delivery JOIN publisher_manifest ON publisher_delivery.manifest_id = publisher_manifest.id
WHERE {_IS_DUE} ORDER BY publisher_delivery.due_at, publisher_delivery.id
"""  # noqa: S608 - no value in it
_SOON = """
SELECT DISTINCT channel, embargo_until IS NOT NULL
FROM publisher_delivery AS delivery JOIN publisher_manifest AS manifest ON delivery.manifest_id = manifest.id
WHERE state IN (%s, %s) AND due_at <= %s AND sealed_at IS NOT NULL
"""
_AGREED = "SELECT COUNT(*) FROM publisher_approval WHERE manifest_id = %s AND person_id IS NOT NULL"
_STEPS = "SELECT DISTINCT state, recipient <> '', alternative FROM publisher_deliverystep WHERE delivery_id = %s"
_RECIPIENTS = "SELECT recipient, name FROM publisher_deliverystep WHERE delivery_id = %s AND recipient <> '' ORDER BY position"
_WAITING = """
SELECT step.id, step.step, step.recipient, step.message_id, step.tries,
(SELECT COUNT(*) FROM publisher_attempt AS attempt WHERE attempt.step_id = step.id),
EXISTS (SELECT 1 FROM publisher_attempt AS attempt WHERE attempt.step_id = step.id AND attempt.tainted)
FROM publisher_deliverystep AS step
WHERE step.delivery_id = %s AND step.state = %s AND step.recipient <> '' AND (step.retry_at IS NULL OR step.retry_at <= %s)
AND NOT EXISTS (SELECT 1 FROM publisher_attempt AS attempt WHERE attempt.step_id = step.id AND attempt.state IN (%s, %s, %s, %s))
ORDER BY step.position LIMIT %s
"""
_CLAIMED = "SELECT 1 FROM publisher_delivery WHERE channel = %s AND state = %s AND claimed_by = %s"
_STOP = "SELECT person_id, reason FROM publisher_pause WHERE channel IN (%s, %s) AND ended_at IS NULL ORDER BY channel LIMIT 1"
_HINDRANCES = f"""
SELECT EXISTS ({_DOUBTFUL}), EXISTS ({_CALLING}) OR EXISTS ({_CLAIMED}), stop.person_id, stop.reason
FROM (SELECT 1) AS one LEFT JOIN ({_STOP}) AS stop ON 1 = 1
"""  # noqa: S608 - as above
_CALLS = """
FROM publisher_attempt AS attempt JOIN publisher_deliverystep AS step ON attempt.step_id = step.id
JOIN publisher_delivery AS delivery ON step.delivery_id = delivery.id
"""
_PURSUED = "(delivery.state IN (%s, %s) OR (delivery.state = %s AND delivery.reason = %s))"
_DOUBTS = f"""
SELECT delivery.channel, attempt.id, delivery.id {_CALLS}
WHERE attempt.state = %s AND attempt.look_at <= %s AND {_PURSUED} ORDER BY attempt.look_at, attempt.id
"""
_UNSETTLED = f"SELECT 1 {_CALLS} WHERE attempt.state IN (%s, %s) AND {_PURSUED}"
_UNFINISHED = f"""
SELECT channel FROM publisher_delivery WHERE claimed_by = %s
UNION SELECT delivery.channel {_CALLS} WHERE attempt.state = %s AND attempt.epoch = %s
"""  # noqa: S608 - as above
_CALL = f"""
SELECT attempt.row_version, step.row_version, step.state,
delivery.row_version, delivery.state, delivery.reason, delivery.claimed_by, delivery.tries, delivery.crashes {_CALLS}
WHERE attempt.id = %s AND attempt.state = %s AND attempt.epoch = %s
"""


class Hindrances(NamedTuple):
    """What stands in the way of a delivery: a call of it in doubt, a call of anything on its channel, a stop of that or of everything.

    `doubtful` leaves the calls to the recipients of a mailing aside, `busy` counts what this run has claimed; without a stop `stop`
    is None, and `stopped_by` is None for what the service stopped by itself.
    """

    doubtful: bool
    busy: bool
    stopped_by: int | None
    stop: str | None


class Run(NamedTuple):
    """A run of the service: its epoch, and the number and hash of the last act that must not be forgotten; None before the first."""

    epoch: int
    last: tuple[int, str] | None

    @property
    def lasts(self) -> tuple[str, tuple[int | str, ...]]:
        """The condition that no later run has begun and the database is no older one, with its values."""
        return (f"{_OURS} AND {_SINCE}", (self.epoch, *self.last)) if self.last else (_OURS, (self.epoch,))


def lasts(run: Run) -> bool:
    """Tell whether no later run has begun and the database is no older one."""
    condition, values = run.lasts
    return _true(condition, *values)


def is_open(epoch: int, delivery: str, channel: str, now: datetime, *, called: tuple[int, str] | None = None) -> bool:
    """Tell whether a delivery may go on that this run claimed, and that nobody took from it since.

    `called` asks for an attempt of this run, by key and state, too.
    """
    instant = connection.ops.adapt_datetimefield_value(now)
    told = (epoch, delivery, DeliveryState.SENDING.value, epoch, instant, instant, EVERYTHING, channel)
    if called is None:
        return _true(f"{_OURS} AND {_OPEN}", *told)
    return _true(f"{_OURS} AND {_OPEN} AND {_CALLED}", *told, *called, epoch)


def hindrances(epoch: int, delivery: str, channel: str) -> Hindrances:
    """Return what stands in the way of a delivery on its channel, with one read."""
    doubtful = (AttemptState.IN_DOUBT.value, delivery)
    busy = (AttemptState.INTENT.value, channel, channel, DeliveryState.SENDING.value, epoch)
    ((doubt, call, person, reason),) = _all(_HINDRANCES, *doubtful, *busy, EVERYTHING, channel)
    return Hindrances(bool(doubt), bool(call), person, reason)


def steps(delivery: str) -> list[tuple[str, bool, bool]]:
    """Return which states the steps of a delivery are in, with whether there is a recipient, and whether it is of the alternative."""
    return [(state, bool(recipient), bool(alternative)) for state, recipient, alternative in _all(_STEPS, delivery)]


def recipients(delivery: str) -> list[tuple[str, str]]:
    """Return the addresses and names of a mailing, in the order of the list."""
    return _all(_RECIPIENTS, delivery)


def waiting(delivery: str, now: datetime, most: int) -> list[tuple[Any, ...]]:
    """Return of so many recipients whose turn it is: row, step, address, message, tries, calls, whether one of those is tainted."""
    instant = connection.ops.adapt_datetimefield_value(now)
    alive = (state.value for state in ALIVE)
    found = _all(_WAITING, delivery, StepState.PENDING.value, instant, *alive, most)
    return [(*told, bool(tainted)) for *told, tainted in found]


def agreed(manifest: int) -> int:
    """Return how many people agreed to a manifest."""
    ((count,),) = _all(_AGREED, manifest)
    return int(count)


def renew(attempt: Attempt, state: AttemptState, run: Run) -> bool:
    """Tell whether a call is still of this run, which lasts, and in this state; if so, make what others may have changed of it current.

    That is where the call, its step and its delivery stand: what was agreed to, and what left, nobody changes.
    """
    condition, values = run.lasts
    found = _all(f"{_CALL} AND {condition}", attempt.pk, state.value, run.epoch, *values)
    if not found:
        return False
    step, delivery = attempt.step, attempt.step.delivery
    attempt.state = state.value
    attempt.row_version, step.row_version, step.state, delivery.row_version, delivery.state, *rest = found[0]
    delivery.reason, delivery.claimed_by, delivery.tries, delivery.crashes = rest
    return True


def due(now: datetime, unsealed: str) -> list[tuple[str, str]]:
    """Return channel and id of what may be looked at now, the earliest first.

    What has the reason `unsealed` is left out as long as its manifest is not sealed, or void.
    """
    instant = connection.ops.adapt_datetimefield_value(now)
    return _all(_DUE, *(state.value for state in OPEN), instant, instant, unsealed)


def soon(until: datetime) -> list[tuple[str, bool]]:
    """Return the channels on which something sealed is due by then, or was, with whether any of it is under embargo."""
    found = _all(_SOON, *(state.value for state in OPEN), connection.ops.adapt_datetimefield_value(until))
    return [(channel, bool(embargo)) for channel, embargo in found]


def stops() -> set[str]:
    """Return the channels that a person or a lost access stopped."""
    return {channel for (channel,) in _all("SELECT channel FROM publisher_pause WHERE ended_at IS NULL")}


def unfinished(epoch: int) -> set[str]:
    """Return the channels on which a run claimed or called something that has no outcome yet."""
    return {channel for (channel,) in _all(_UNFINISHED, epoch, AttemptState.INTENT.value, epoch)}


def doubts(now: datetime, canceling: str) -> list[tuple[str, int, str]]:
    """Return channel, call and delivery of what may be looked up now, the earliest first.

    Of what is held only that counts which has the reason `canceling`: a person's hold stops the looking, a cancellation waits for it.
    """
    instant = connection.ops.adapt_datetimefield_value(now)
    return _all(_DOUBTS, AttemptState.IN_DOUBT.value, instant, *_pursued(canceling))


def is_unsettled(canceling: str) -> bool:
    """Tell whether a call is under way, or in doubt and looked up by the service itself, as for `doubts`."""
    return _true(f"EXISTS ({_UNSETTLED})", AttemptState.INTENT.value, AttemptState.IN_DOUBT.value, *_pursued(canceling))


def _pursued(canceling: str) -> tuple[str, ...]:
    return (*(state.value for state in OPEN), DeliveryState.HELD.value, canceling)


def if_due(run: Run, now: datetime, unsealed: str, delivery: str) -> Delivery | None:
    """Return one delivery with its manifest if the run lasts and it may be looked at now, as for `due`."""
    condition, values = run.lasts
    told = (*(state.value for state in OPEN), now, now, unsealed, delivery, *values)
    found = rows.found_with(Delivery, "manifest", f"{_IS_DUE} AND publisher_delivery.id = %s AND {condition}", *told)
    return found[0] if found else None


def _true(question: str, *values: int | str | None) -> bool:
    ((answer,),) = _all(f"SELECT {question}", *values)
    return bool(answer)


def _all(question: str, *values: int | str | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())
