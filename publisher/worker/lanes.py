"""Threads that work side by side, but never two at the same time in one lane: a channel sends one thing after the other."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait


class Lanes:
    """Named lanes on a pool of threads. Work asked for while its lane is busy is done once more when the lane is free."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "lane")
        self._lock = threading.Lock()
        self._busy: dict[str, Future[None]] = {}
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
                self._busy[name] = self._pool.submit(self._run, name, work)

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
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not wait(begun, patience).not_done

    def _run(self, name: str, work: Callable[[], None] | None) -> None:
        while work:
            try:
                work()
            finally:
                with self._lock:
                    work = self._again.pop(name, None)
                    if work is None:
                        del self._busy[name]
