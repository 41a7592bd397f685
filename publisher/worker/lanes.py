"""Threads that work side by side, but never two at the same time in one lane: a channel sends one thing after the other."""

import logging
import threading
import time
from collections.abc import Callable

from publisher.i18n import _

log = logging.getLogger(__name__)


class Lanes:
    """Named lanes, of which so many work at a time. Work asked for while its lane is busy is done once more when the lane is free.

    Work that goes wrong is told in the log, and frees its lane. The threads are daemons: a
    service that has waited long enough for a call must be able to end without it.
    """

    def __init__(self, threads: int) -> None:
        self._room = threading.BoundedSemaphore(threads)
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Thread] = {}
        self._again: dict[str, Callable[[], None]] = {}
        self._closed = False

    def enter(self, name: str, work: Callable[[], None]) -> None:
        """Do the work in the lane: now if it is free, else as soon as it is."""
        with self._lock:
            if self._closed:
                return
            if name in self._busy:
                self._again[name] = work
            else:
                thread = threading.Thread(target=self._run, args=(name, work), name=f"lane {name}", daemon=True)
                thread.start()  # a machine without room for another thread raises here: the lane is still free
                self._busy[name] = thread

    @property
    def idle(self) -> bool:
        """Whether no lane works."""
        with self._lock:
            return not self._busy

    def close(self, patience: float) -> bool:
        """Begin nothing any more and wait for what has begun, at most `patience` seconds; whether all of it ended."""
        with self._lock:
            self._closed = True
            self._again.clear()
            begun = list(self._busy.values())
        end = time.monotonic() + patience
        for thread in begun:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in begun)

    def _run(self, name: str, work: Callable[[], None]) -> None:
        following: Callable[[], None] | None = work
        while following:
            try:
                with self._room:
                    if not self._closed:
                        following()
            except Exception:
                log.exception(_("This should not have happened; the service goes on."))
            with self._lock:
                following = self._again.pop(name, None)
                if following is None:
                    del self._busy[name]
