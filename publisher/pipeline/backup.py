"""Makes a backup, while the service works if it does: one archive, whole or not there, without the key, sessions, or any password in clear.

The copy of the database that it holds is mute: no service publishes from it until somebody adopts it, even if it is unpacked by hand.
It does hold what passwords are verified by, hashed, and the secrets of second factors, encrypted with the key that stays behind.
"""

import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from publisher import files, storage
from publisher.config import Config
from publisher.errors import Refused, StorageError, unwritable
from publisher.i18n import N_
from publisher.pipeline import archive, mute

PAGES = 256
"""Of the database, copied at a time: readers and writers go on between two steps."""

PAUSE = 0.005
"""Seconds between two steps."""

PATIENCE = 8
"""How often the copy begins anew because somebody has written meanwhile; then it is made in one step, for which writers wait."""

Told = Callable[[int, int], None]
"""Who is told how far it is: bytes done, and bytes in all."""

_CREDENTIALS = re.compile(r"(?<=://)[^\s/\"'@]+@")


class _Restless(Exception):
    """Somebody writes so often that the copy never ends."""


def backup(config: Config, wanted: Path, now: datetime, told: Told = lambda _done, _total: None) -> Path:
    """Make a backup at this path, or in this folder under a name that tells the time; return where it is. Raises StorageError, Refused."""
    target = wanted / f"publisher-{now:%Y%m%dT%H%M%SZ}.tar" if wanted.is_dir() else wanted
    _refuse_overwriting(target)
    if not storage.path(config).is_file():
        raise StorageError("no-database", N_("There is nothing to back up: %(path)s does not exist."), path=storage.path(config))
    try:
        with _copied(config, target, now, told) as (head, database), files.whole(target, mode=0o600) as file:
            _write(config, archive.Writer(file, now), head, database, told)
            _refuse_overwriting(target)
    except OSError as error:
        raise unwritable(error, target) from error
    return target


def _refuse_overwriting(target: Path) -> None:
    if target.exists():
        raise Refused("backup-exists", N_("%(path)s is there already, and a backup replaces nothing: choose another name."), path=target)


@contextmanager
def _copied(config: Config, target: Path, now: datetime, told: Told) -> Iterator[tuple[bytes, Path]]:
    """Give the head of the audit, then a copy of the database that is no older, beside the archive; it goes when the block ends."""
    head = config.storage.data_dir / archive.HEAD
    known = head.read_bytes() if head.exists() else b""
    copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}.sqlite3")
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with _explained(config, target):
            _copy(storage.path(config), copy, told)
            mute.mute(copy, now)
            _check(copy, config)
        yield known, copy
    finally:
        for left in (copy, copy.with_name(f"{copy.name}-journal")):
            left.unlink(missing_ok=True)


def _copy(database: Path, copy: Path, told: Told) -> None:
    restarts, before = 0, 0

    def progress(_status: int, left: int, pages: int) -> None:
        nonlocal restarts, before
        done = pages - left
        restarts, before = restarts + (done < before), done
        if restarts > PATIENCE:
            raise _Restless
        told(done, 2 * pages)

    # read-write, since what a killed process left half written is put right by whoever opens the database next
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=20)
    with closing(source), closing(sqlite3.connect(copy)) as into:
        into.execute("PRAGMA synchronous = OFF")  # what counts is the archive, and that is synced
        try:
            source.backup(into, pages=PAGES, sleep=PAUSE, progress=progress)
        except _Restless:
            source.backup(into, pages=-1)


def is_whole(database: Path) -> bool:
    """Read a copy of the database from end to end, and tell whether it is sound. Raises sqlite3.Error."""
    with closing(sqlite3.connect(database)) as copy:
        return [row[0] for row in copy.execute("PRAGMA integrity_check(1)")] == ["ok"]


def _check(copy: Path, config: Config) -> None:
    if not is_whole(copy):
        sentence = N_("The copy of %(path)s is not sound: no backup was made. Stop the service, and have the disk checked.")
        raise StorageError("backup-unsound", sentence, path=storage.path(config))


def _write(config: Config, writer: archive.Writer, head: bytes, database: Path, told: Told) -> None:
    """Put all of it in the archive. The documents come after the database, which names none that is not kept already."""
    kept = list(_kept(config.storage.data_dir))
    size = database.stat().st_size
    total = 2 * size + sum(map(_length, kept))
    if config.path:
        writer.add_bytes(archive.CONFIG, _CREDENTIALS.sub("***@", config.path.read_text(encoding="utf-8-sig")).encode())
    if head:
        writer.add_bytes(f"{archive.DATA}/{archive.HEAD}", head)
    with database.open("rb") as content:
        writer.add(f"{archive.DATA}/{archive.DATABASE}", content, size)
    done = 2 * size
    for path in kept:
        told(done, total)
        done += _add(writer, config.storage.data_dir, path)
    writer.end()
    told(total, total)


def _length(path: Path) -> int:
    """Return how long a file is, 0 if it has gone meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _kept(data_dir: Path) -> Iterator[Path]:
    """Yield the files that are kept beside the database; nothing is followed out of them."""
    for folder in archive.FOLDERS:
        for path in sorted((data_dir / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _add(writer: archive.Writer, data_dir: Path, path: Path) -> int:
    """Put a file in, and return its length; a page that was replaced at this very moment has another name, or is gone."""
    try:
        content = path.open("rb")
    except FileNotFoundError:
        return 0
    with content:
        size = os.fstat(content.fileno()).st_size
        writer.add(f"{archive.DATA}/{path.relative_to(data_dir).as_posix()}", content, size)
    return size


@contextmanager
def _explained(config: Config, target: Path) -> Iterator[None]:
    """Turn what SQLite says into StorageError: a full disk is that of the archive."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            sentence = N_("The database could not be copied to the disk of %(path)s: make room there, or have the disk checked.")
            raise StorageError("backup-disk", sentence, path=target) from error
        raise storage.error_of(error, config) from error
