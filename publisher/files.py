"""Files that are written whole or not at all, and are still there after a power failure."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(file: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file of which no part is ever seen: on disk under another name first, then renamed. Raises OSError.

    `mode` is who may do what with it, of which the umask takes its part.
    """
    with whole(file, mode=mode) as opened:
        opened.write(content)


@contextmanager
def whole(file: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Give a file to write in, which takes its name once the block has ended well, and leaves nothing otherwise. Raises OSError."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    sync(file.parent)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep others who write here, too, waiting: of two at the same time, one would undo what the other has written. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync(folder: Path) -> None:
    """Make durable which names a folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
