"""The one clock: every instant that the pipeline uses comes from here, and so does the doubt about it.

Nothing else reads the time (ruff forbids it), so that a test may turn the hands, and so that a wall clock that jumped is
noticed before anything leaves at a wrong hour.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

LEAP = timedelta(seconds=5)
AGREEMENT = timedelta(seconds=60)
VOUCHED_FOR = timedelta(minutes=5)
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_ADJTIMEX_ANSWERS = range(5)  # adjtimex(2): 0 to 4 are states of a synchronised clock, 5 (TIME_ERROR) is not, -1 is an error


class Clock(Protocol):
    """What the machine knows of the time."""

    def now(self) -> datetime:
        """Return the wall time: aware, in UTC."""

    def boottime(self) -> float:
        """Return the seconds since the machine started, those of its sleep included."""

    def boot_id(self) -> str:
        """Return what names this start of the machine, empty if nothing does: seconds since another one compare with none."""

    def synchronised(self) -> bool:
        """Tell whether the kernel holds the wall time to be kept right by time servers."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the wall time: aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - here, and nowhere else

    def boottime(self) -> float:
        """Return the seconds since the machine started, those of its sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        """Return what the kernel calls this start of the machine, empty where it does not say (random(4))."""
        try:
            return BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def synchronised(self) -> bool:
        """Ask the kernel by a read-only adjtimex(2); setting the clock by hand clears its flag."""
        import ctypes

        buffer = ctypes.create_string_buffer(512)  # struct timex is 208 bytes on 64-bit Linux; all zero: read only
        return ctypes.CDLL(None).adjtimex(buffer) in _ADJTIMEX_ANSWERS


class Reckoned(NamedTuple):
    """The wall time as it would be without the leaps that nobody confirmed, and the time since start at that instant."""

    wall: datetime
    boottime: float
    boot_id: str


class Watch:
    """Whether the wall time can be believed (delivery.md §8): one per service, looked at on every tick and before every call."""

    def __init__(self, clock: Clock, former: Reckoned | None = None) -> None:
        """Start from what an earlier watch reckoned since this very start of the machine, else from what the clock says now."""
        self.clock = clock
        self._lock = threading.Lock()
        self._boot_id = clock.boot_id()
        goes_on = former and former.boot_id and former.boot_id == self._boot_id
        self._wall, self._boot = former[:2] if former and goes_on else (clock.now(), clock.boottime())
        self._suspect = False
        self._leapt = timedelta(0)
        self._vouched: float | None = None

    def trusted(self) -> bool:
        """Compare the wall time with the time since start; a leap is believed once the kernel or a platform confirms it."""
        with self._lock:
            wall, boot = self.clock.now(), self.clock.boottime()
            leapt = (wall - self._wall) - timedelta(seconds=boot - self._boot)
            self._wall, self._boot = wall, boot
            if abs(leapt) > LEAP:
                self._suspect, self._vouched = True, None
                self._leapt += leapt
            if self._suspect and self.clock.synchronised():
                self._suspect = False
            if not self._suspect:
                self._leapt = timedelta(0)
            return not self._suspect

    def reckoned(self) -> Reckoned:
        """Return what a later watch shall start from: it doubts what this one doubts, and notices a leap between the two."""
        self.trusted()
        with self._lock:
            return Reckoned(self._wall - self._leapt, self._boot, self._boot_id)

    def surely(self) -> datetime:
        """Return the instant that is past whether the leaps were right or wrong: the earlier of the wall time with and without them."""
        with self._lock:
            wall = self.clock.now()
            return min(wall, wall - self._leapt)

    def certain(self) -> bool:
        """Tell whether somebody else confirms the wall time, as an embargo needs: the kernel, or a platform just now."""
        if not self.trusted():
            return False
        if self._vouched is not None and self.clock.boottime() - self._vouched <= VOUCHED_FOR.total_seconds():
            return True
        return self.clock.synchronised()

    def compare(self, date: datetime) -> bool:
        """Compare the wall time with a platform's `Date`; return whether they agree to the minute."""
        with self._lock:
            self._wall, self._boot = self.clock.now(), self.clock.boottime()
            agrees = abs(self._wall - date) <= AGREEMENT
            self._suspect, self._vouched = not agrees, self._boot if agrees else None
            self._leapt = timedelta(0) if agrees else self._wall - date
            return agrees
