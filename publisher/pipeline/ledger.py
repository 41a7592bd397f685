"""The ledger of a mailing: one row per recipient, whose calls are written down, and settled, in groups that share a commit.

Nothing here decides who comes next or whether anybody may; a group is all that happened since the last commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from publisher.adapters import base
from publisher.errors import NotSent, RateLimited, Rejected, SendError, Unauthorized
from publisher.models import Attempt, Delivery, DeliveryStep, Receipt
from publisher.models.moves import move_all
from publisher.models.states import ALIVE, AttemptState, StepState
from publisher.pipeline import outcome

CROWD = 200
"""How many recipients are read ahead."""

FIRST_WAIT = timedelta(minutes=5)
"""A server that asks a sender to come back expects it no sooner (greylisting)."""

Result = base.Receipt | SendError
Values = Callable[[DeliveryStep], Mapping[str, str]]
Digest = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Call:
    """One recipient's turn: their row, and the call that was written down for it."""

    row: DeliveryStep
    attempt: Attempt


def waiting(delivery: Delivery, now: datetime) -> list[DeliveryStep]:
    """Return some of those whose turn it is, in the order of the list, each with its number of calls and whether one is tainted."""
    attempts = Attempt.objects.filter(step=OuterRef("pk"))
    under_way, tainted = Exists(attempts.filter(state__in=ALIVE)), Exists(attempts.filter(tainted=True))
    rows = _pending(delivery).filter(Q(retry_at=None) | Q(retry_at__lte=now), ~under_way)
    return list(rows.annotate(called=Count("attempts"), tainted=Exists(tainted)).order_by("position")[:CROWD])


def next_turn(delivery: Delivery) -> datetime | None:
    """Return when the next recipient is to be tried again; None if there is nobody left, or somebody has no such time."""
    rows = _pending(delivery)
    return None if rows.filter(retry_at=None).exists() else rows.aggregate(first=Min("retry_at"))["first"]


def intend(rows: Sequence[DeliveryStep], epoch: int, now: datetime, values: Values, digest: Digest) -> list[Call]:
    """Write down the calls that are about to be made, inside the caller's transaction."""
    attempts = []
    for row in rows:
        filled = values(row)
        attempts.append(
            Attempt(
                step=row,
                number=row.called + 1,  # type: ignore[attr-defined] # by `waiting`
                epoch=epoch,
                intent_at=now,
                digest=digest(filled),
                slots=dict(filled),
                tainted=row.tainted,  # type: ignore[attr-defined] # by `waiting`
            )
        )
    return [Call(row, attempt) for row, attempt in zip(rows, Attempt.objects.bulk_create(attempts), strict=True)]


def settle(results: Iterable[tuple[Call, Result]], now: datetime) -> None:
    """Write down what became of calls, inside the caller's transaction. Raises Outrun if one of them is no longer an intent."""
    accepted = []
    for call, result in results:
        if isinstance(result, base.Receipt):
            accepted.append((call, result))
        else:
            _fail(call, result, now)
    _accept(accepted, now)


def tally(delivery: Delivery) -> Mapping[str, int]:
    """Return how many recipients stand in each state."""
    rows = DeliveryStep.objects.filter(delivery=delivery).order_by().values_list("state").annotate(count=Count("pk"))
    return Counter(dict(rows))


def _pending(delivery: Delivery) -> QuerySet[DeliveryStep]:
    return DeliveryStep.objects.filter(delivery=delivery, state=StepState.PENDING).exclude(recipient="")


def _accept(accepted: Sequence[tuple[Call, base.Receipt]], now: datetime) -> None:
    if not accepted:
        return
    move_all(Attempt, [call.attempt.pk for call, _ in accepted], AttemptState.INTENT, AttemptState.ACCEPTED, outcome_at=now)
    move_all(DeliveryStep, [call.row.pk for call, _ in accepted], StepState.PENDING, StepState.SENT)
    Receipt.objects.bulk_create(
        Receipt(step=call.row, remote_id=told.remote_id, url=told.url, at=told.at, answer=dict(told.answer), recorded_at=now)
        for call, told in accepted
    )


def _fail(call: Call, error: SendError, now: datetime) -> None:
    """Keep a call that gave no receipt: to be made again, refused for good, or in doubt."""
    told = {"outcome_at": now, **outcome.told(error)}
    match error:
        case NotSent() | RateLimited() | Unauthorized():
            _end(call, AttemptState.NOT_SENT, **told)
            if not isinstance(error, outcome.Stopped | Unauthorized):
                _wait(call.row, error, now)
        case Rejected() if not call.attempt.tainted:
            _end(call, AttemptState.REJECTED, **told)
            move_all(DeliveryStep, [call.row.pk], StepState.PENDING, StepState.FAILED)
        case _:
            _end(call, AttemptState.IN_DOUBT, tainted=True, **told)
            move_all(DeliveryStep, [call.row.pk], StepState.PENDING, StepState.IN_DOUBT)


def _end(call: Call, state: AttemptState, **fields: Any) -> None:
    move_all(Attempt, [call.attempt.pk], AttemptState.INTENT, state, **fields)


def _wait(row: DeliveryStep, error: SendError, now: datetime) -> None:
    """Let the recipient wait as long as the server says, else longer each time."""
    asked = error.retry_at if isinstance(error, RateLimited) else None
    patience = outcome.backoff(row.tries, outcome.FIRST_WAIT if isinstance(error, NotSent) else FIRST_WAIT)
    DeliveryStep.objects.filter(pk=row.pk).update(retry_at=max(asked or now, now + patience), tries=row.tries + 1)
