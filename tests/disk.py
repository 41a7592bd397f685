"""Disks as tests need them: one in memory, where a sync costs nothing, and a full one."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")


def in_memory() -> Path | None:
    """Return a folder of which the files are in memory; None, which is the usual folder, if this machine has none."""
    return _MEMORY if _MEMORY.is_dir() else None


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Let this process, and the children that it starts, write so many bytes in a file; a write beyond fails with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
