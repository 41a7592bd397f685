"""Calls that wait for their sockets side by side in one thread: each is a generator that yields what it waits for."""

import math
import select
import time
from collections.abc import Generator
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Wait(NamedTuple):
    """Until a socket can be read (`select.POLLIN`) or written (`POLLOUT`), at most until an instant of time.monotonic()."""

    socket: int
    event: int
    until: float

    @property
    def milliseconds(self) -> int:
        """How long it may still take, as poll(2) counts."""
        return max(0, math.ceil(1000 * (self.until - time.monotonic())))


Waits = Generator[Wait, None, T]
"""A call under way. Go on with it as soon as what it waits for is there, or its time is over: it knows itself which of them it is."""


def finish(call: Waits[T]) -> T:
    """Wait here until the call is at its end, and return what it gave. Raises what it raises."""
    while True:
        try:
            wait = next(call)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return] # T, which a StopIteration does not tell
        poll = select.poll()
        poll.register(wait.socket, wait.event)
        poll.poll(wait.milliseconds)
