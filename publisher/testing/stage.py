"""Where AdapterContract plays: an adapter in front of its simulated platform, and what can go wrong between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from publisher.adapters.base import Adapter, Message
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized


class Failure(StrEnum):
    """What the next call of `send` meets."""

    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    UNAUTHORIZED = "unauthorized"
    REFUSED = "refused"
    BROKEN = "broken"
    BROKEN_AFTER = "broken after accepting"
    CUT_AFTER = "connection cut after accepting"
    SILENT_AFTER = "no answer in time after accepting"
    UNREADABLE_AFTER = "success without a readable answer after accepting"


OUTCOMES: Mapping[Failure, type[SendError]] = {
    Failure.UNREACHABLE: NotSent,
    Failure.THROTTLED: RateLimited,
    Failure.UNAUTHORIZED: Unauthorized,
    Failure.REFUSED: Rejected,
    Failure.BROKEN: OutcomeUnknown,
    Failure.BROKEN_AFTER: OutcomeUnknown,
    Failure.CUT_AFTER: OutcomeUnknown,
    Failure.SILENT_AFTER: OutcomeUnknown,
    Failure.UNREADABLE_AFTER: OutcomeUnknown,
}
ACCEPTING = frozenset({Failure.BROKEN_AFTER, Failure.CUT_AFTER, Failure.SILENT_AFTER, Failure.UNREADABLE_AFTER})


@dataclass(frozen=True, slots=True)
class Stage:
    """An adapter in front of its simulated platform.

    `fail` prepares what the next call of `send` meets. `accepted` returns the ids of everything that the platform ever took
    in, in order; `calls` how many calls that create something reached it. `secrets` are what no payload may show.
    """

    adapter: Adapter
    message: Message
    fail: Callable[[Failure], object]
    accepted: Callable[[], Sequence[str]]
    calls: Callable[[], int]
    now: Callable[[], datetime]
    account: str = ""
    secrets: tuple[str, ...] = ()
    impossible: Mapping[Failure, str] = field(default_factory=dict)
