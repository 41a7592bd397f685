"""What a fake platform remembers: JSON lines, appended and synced before any answer, shared by all processes that open the file.

A process killed at any moment leaves the truth: every line that was written whole is there, a torn one is passed over.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Entry = Mapping[str, object]


class Ledger:
    """An append-only list of entries, in memory, or in a file when a path is given."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: list[Entry] = []
        self._lock = threading.RLock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            _end_torn_line(path)

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
        """Add one entry; it is on the disk when this returns."""
        if self._path is None:
            self._kept.append(json.loads(json.dumps(entry)))
            return
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def entries(self, event: str | None = None) -> list[Entry]:
        """Return all entries in order, those of other processes too, or only those of one `event`."""
        entries = list(self._kept) if self._path is None else list(_read(self._path))
        return [entry for entry in entries if event is None or entry.get("event") == event]


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
