"""The ledger of a mailing: one row per recipient, whose calls are written down, and settled, in groups that share a commit.

Nothing here decides who comes next or whether anybody may; a group is all that happened since the last commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet

from publisher.adapters import base
from publisher.adapters.registry import Channel
from publisher.errors import NotSent, RateLimited, Rejected, SendError, Unauthorized
from publisher.models import Attempt, Delivery, DeliveryStep, Receipt, audit, looks, rows
from publisher.models.moves import move_all
from publisher.models.people import SERVICE
from publisher.models.states import AttemptState, StepState
from publisher.pipeline import outcome

CROWD = 200
"""How many recipients are read ahead."""

FIRST_WAIT = timedelta(minutes=5)
"""A server that asks a sender to come back expects it no sooner (greylisting)."""

Result = base.Receipt | SendError
Values = Callable[["Turn"], Mapping[str, str]]
Digest = Callable[[Mapping[str, str]], str]


class Turn(NamedTuple):
    """One recipient whose turn it is, by the number of their row; how often they were called, and whether a call is tainted."""

    row: int
    step: str
    recipient: str
    message_id: str
    tries: int
    called: int
    tainted: bool


class Call(NamedTuple):
    """The call that was written down for a recipient, and what fills their places in it."""

    turn: Turn
    attempt: int
    values: Mapping[str, str]


def waiting(delivery: Delivery, now: datetime) -> list[Turn]:
    """Return some of those whose turn it is, in the order of the list."""
    return [Turn(*told) for told in looks.waiting(delivery.pk, now, CROWD)]


def next_turn(delivery: Delivery) -> datetime | None:
    """Return when the next recipient is to be tried again; None if there is nobody left, or somebody has no such time."""
    rows = _pending(delivery)
    return None if rows.filter(retry_at=None).exists() else rows.aggregate(first=Min("retry_at"))["first"]


def intend(turns: Sequence[Turn], epoch: int, now: datetime, values: Values, digest: Digest) -> list[Call]:
    """Write down the calls that are about to be made, inside the caller's transaction."""
    filled = [values(turn) for turn in turns]
    intents = [
        {
            "step_id": turn.row,
            "number": turn.called + 1,
            "epoch": epoch,
            "intent_at": now,
            "digest": digest(slots),
            "slots": slots,
            "tainted": turn.tainted,
        }
        for turn, slots in zip(turns, filled, strict=True)
    ]
    return [Call(turn, key, slots) for turn, key, slots in zip(turns, rows.insert(Attempt, intents), filled, strict=True)]


def settle(results: Iterable[tuple[Call, Result]], now: datetime) -> None:
    """Write down what became of calls, inside the caller's transaction. Raises Outrun if one of them is no longer an intent."""
    accepted = []
    for call, result in results:
        if isinstance(result, base.Receipt):
            accepted.append((call, result))
        else:
            _fail(call, result, now)
    _accept(accepted, now)


def forgive(delivery: Delivery) -> None:
    """Forget the crashes of earlier runs: what makes progress is no poison. Inside the caller's transaction."""
    Delivery.objects.filter(pk=delivery.pk).update(crashes=0)


def tally(delivery: Delivery) -> Mapping[str, int]:
    """Return how many recipients stand in each state."""
    rows = DeliveryStep.objects.filter(delivery=delivery).order_by().values_list("state").annotate(count=Count("pk"))
    return Counter(dict(rows))


def end(delivery: Delivery, channel: Channel, now: datetime) -> None:
    """Leave a mailing of which nobody is left to send to: delivered, or to a person; the audit tells the numbers."""
    audit.record(SERVICE, "mailing.ended", delivery.id, now, tally(delivery))
    outcome.go_on(delivery, channel, SERVICE, now)


def _pending(delivery: Delivery) -> QuerySet[DeliveryStep]:
    return DeliveryStep.objects.filter(delivery=delivery, state=StepState.PENDING).exclude(recipient="")


def _accept(accepted: Sequence[tuple[Call, base.Receipt]], now: datetime) -> None:
    if not accepted:
        return
    move_all(Attempt, [call.attempt for call, _ in accepted], AttemptState.INTENT, AttemptState.ACCEPTED, outcome_at=now)
    move_all(DeliveryStep, [call.turn.row for call, _ in accepted], StepState.PENDING, StepState.SENT)
    rows.insert(Receipt, [_receipt(call.turn.row, told, now) for call, told in accepted])


def _receipt(row: int, told: base.Receipt, now: datetime) -> dict[str, Any]:
    kept = {"remote_id": told.remote_id, "url": told.url, "at": told.at, "answer": dict(told.answer)}
    return {"step_id": row, **kept, "recorded_at": now}


def _fail(call: Call, error: SendError, now: datetime) -> None:
    """Keep a call that gave no receipt: to be made again, refused for good, or in doubt."""
    told = {"outcome_at": now, **outcome.told(error)}
    match error:
        case NotSent() | RateLimited() | Unauthorized():
            _end(call, AttemptState.NOT_SENT, **told)
            if not isinstance(error, outcome.Stopped | Unauthorized):
                _wait(call.turn, error, now)
        case Rejected() if not call.turn.tainted:
            _end(call, AttemptState.REJECTED, **told)
            move_all(DeliveryStep, [call.turn.row], StepState.PENDING, StepState.FAILED)
        case _:
            _end(call, AttemptState.IN_DOUBT, tainted=True, **told)
            move_all(DeliveryStep, [call.turn.row], StepState.PENDING, StepState.IN_DOUBT)


def _end(call: Call, state: AttemptState, **fields: Any) -> None:
    move_all(Attempt, [call.attempt], AttemptState.INTENT, state, **fields)


def _wait(turn: Turn, error: SendError, now: datetime) -> None:
    """Let the recipient wait as long as the server says, else longer each time."""
    asked = error.retry_at if isinstance(error, RateLimited) else None
    patience = outcome.backoff(turn.tries, outcome.FIRST_WAIT if isinstance(error, NotSent) else FIRST_WAIT)
    DeliveryStep.objects.filter(pk=turn.row).update(retry_at=max(asked or now, now + patience), tries=turn.tries + 1)
