"""What a fake platform remembers: JSON lines, appended and synced before any answer, shared by all processes that open the file.

A process killed at any moment leaves the truth: every line that was written whole is there, a torn one is passed over. One that
is not synced leaves it too; only a power cut takes its last lines away.
"""

import fcntl
import json
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Entry = Mapping[str, object]


class Ledger:
    """An append-only list of entries, in memory, or in a file when a path is given."""

    def __init__(self, path: Path | None = None, *, synced: bool = True) -> None:
        self._path = path
        self._synced = synced
        self._kept: list[Entry] = []
        self._lock = threading.RLock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            _end_torn_line(path)
            self._descriptor = open_to_append(path)
            weakref.finalize(self, os.close, self._descriptor)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one thread of one process at a time look and then append."""
        with self._lock:
            if self._path is None:
                yield
                return
            with self._path.with_name(self._path.name + ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def append(self, entry: Entry) -> None:
        """Add one entry; it is on the disk when this returns, if the ledger is synced, else with the system."""
        if self._path is None:
            self._kept.append(json.loads(json.dumps(entry)))
            return
        os.write(self._descriptor, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        if self._synced:
            os.fsync(self._descriptor)

    def entries(self, event: str | None = None) -> list[Entry]:
        """Return all entries in order, those of other processes too, or only those of one `event`."""
        entries = list(self._kept) if self._path is None else list(_read(self._path))
        return [entry for entry in entries if event is None or entry.get("event") == event]


def open_to_append(path: Path) -> int:
    """Return a descriptor by which several processes may write at the end."""
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)


def _read(path: Path) -> Iterator[Entry]:
    for line in path.read_bytes().split(b"\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the end of the file, or a line torn by a kill
        yield entry


def _end_torn_line(path: Path) -> None:
    with path.open("ab") as file:
        if file.tell() and not path.read_bytes().endswith(b"\n"):
            file.write(b"\n")
