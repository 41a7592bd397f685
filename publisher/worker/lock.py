"""One service per data directory: a lock without expiry, which survives a stopped process and dies with a killed one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import AlreadyRunning, unwritable
from publisher.i18n import N_


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the data directory while the block runs. Raises AlreadyRunning, StorageError.

    The file is never removed: a removed lock file would let two processes lock two different files of one name.
    """
    path = data_dir / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(error, data_dir) from error
    try:
        _lock(descriptor, data_dir)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, data_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "?"
        sentence = N_("Another Publisher service (process %(pid)s) works on %(directory)s. Stop it first, or use another data directory.")
        raise AlreadyRunning("already-running", sentence, pid=pid, directory=data_dir) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
