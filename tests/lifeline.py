"""Processes that do not outlive the one that started them, however that one ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def hang_on(parent: int) -> None:
    """Have the system kill this process, which the main thread of that one has just forked, as soon as that one is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before
        os._exit(1)


def end_in_order() -> None:
    """Let Ctrl+C, or a request to stop, end this process as an error would: what it opened is closed, what it started is ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
