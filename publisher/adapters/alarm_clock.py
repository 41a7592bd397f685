"""One thread that rings at the deadlines of all calls: a thread for each would take as long as a tenth of a call."""

import heapq
import os
import threading
import time
from collections.abc import Callable
from itertools import count


class AlarmClock:
    """Calls back at deadlines, in seconds since the machine started, those of its sleep included (see `seconds`)."""

    def __init__(self) -> None:
        """Wait for the first alarm to be set; so does the copy that a fork makes, which has no thread but the one that forked."""
        self._changed = threading.Condition()
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._numbers = count()
        self._thread: threading.Thread | None = None

    def set(self, deadline: float, ring: Callable[[], None]) -> "Alarm":
        """Have `ring` called, fast and raising nothing, at the deadline. Raises RuntimeError, and sets nothing: there is no thread."""
        alarm = Alarm(ring)
        with self._changed:
            self._wake()
            heapq.heappush(self._alarms, (deadline, next(self._numbers), alarm))
            if self._alarms[0][-1] is alarm:  # most are later than what is waited for: the thread sleeps on
                self._changed.notify()
        return alarm

    def _wake(self) -> None:
        """Begin the thread, which waits for the lock, unless it is there: one that could not start is not, and is tried again."""
        if self._thread is None:
            thread = threading.Thread(target=self._watch, name="alarm-clock", daemon=True)
            thread.start()
            self._thread = thread

    def _watch(self) -> None:
        while True:
            with self._changed:
                alarm = self._next()
            alarm.ring()

    def _next(self) -> "Alarm":
        """Wait for the next alarm whose time has come; what was turned off is forgotten on the way."""
        while True:
            while self._alarms and self._alarms[0][-1].is_off:
                heapq.heappop(self._alarms)
            rest = self._alarms[0][0] - seconds() if self._alarms else None
            if rest is not None and rest <= 0:
                return heapq.heappop(self._alarms)[-1]
            self._changed.wait(rest)


class Alarm:
    """What shall ring once, unless it is turned off before."""

    def __init__(self, ring: Callable[[], None]) -> None:
        """Ring by calling this."""
        self._ring: Callable[[], None] | None = ring

    @property
    def is_off(self) -> bool:
        """Whether it will not ring any more."""
        return self._ring is None

    def off(self) -> None:
        """Do not ring; what is ringing at this very moment goes on."""
        self._ring = None

    def ring(self) -> None:
        """Ring, once."""
        ring, self._ring = self._ring, None
        if ring:
            ring()


def seconds() -> float:
    """Return the seconds since the machine started, those of its sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


CLOCK = AlarmClock()
os.register_at_fork(after_in_child=CLOCK.__init__)  # type: ignore[misc] # anew, whatever the other threads were doing with it
