"""Puts a backup back, in an empty data directory: all of it is verified before anything is written, and the copy is mute until adopted."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from publisher import files, storage
from publisher.config import Config
from publisher.errors import Refused, StorageError, reason, unwritable
from publisher.i18n import N_
from publisher.pipeline import archive, backup, mute
from publisher.pipeline.archive import Manifest

STAGING = ".restore."
"""How the folder begins in which everything is put first; what a power failure left of it is thrown away."""

KEY = "secret_key"
"""The one file that may be there already, beside the lock: it is kept apart from the backups, and brought by hand."""

PUBLIC = "site"
"""What everybody may read, the town's web server first."""


def restore(config: Config, source: Path, now: datetime) -> tuple[Manifest, bool]:
    """Put the backup back; return its list, and whether people keep their passwords and second factors: with the key that was theirs.

    The caller holds the lock of the data directory. Raises Refused, StorageError.
    """
    data_dir = config.storage.data_dir
    _refuse_used(data_dir)
    with _readable(source) as file:
        manifest = archive.verified(file)
        try:
            has_key = _restored(file, manifest, data_dir, now)
        except OSError as error:
            raise unwritable(error, data_dir) from error
    return manifest, has_key


def _refuse_used(data_dir: Path) -> None:
    """Refuse a directory that holds anything, but for what an earlier try left. Raises Refused."""
    for path in sorted(data_dir.iterdir()):
        if path.name.startswith(STAGING):
            shutil.rmtree(path)
        elif path.name in archive.FOLDERS and path.is_dir() and not any(path.iterdir()):
            path.rmdir()  # as in the volume of a container, where the press room's folder is there from the beginning
        elif path.name not in {"lock", KEY}:
            sentence = N_(
                "The data directory %(directory)s is not empty (%(name)s): a backup is put back into an empty one only. "
                "Move what is there somewhere else, and keep it."
            )
            raise Refused("directory-not-empty", sentence, directory=data_dir, name=path.name)


@contextmanager
def _readable(source: Path) -> Iterator[BinaryIO]:
    try:
        with source.open("rb") as file:
            yield file
    except OSError as error:
        raise StorageError("unreadable", N_("%(path)s cannot be read: %(reason)s."), path=source, reason=reason(error)) from error


def _restored(file: BinaryIO, manifest: Manifest, data_dir: Path, now: datetime) -> bool:
    """Unpack beside its place, look at the database, then give everything its name, the database last: without it nothing is begun."""
    has_key = (data_dir / KEY).exists()
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=data_dir))
    try:
        _unpack(file, manifest, staging)
        with _sound():
            _prepare(staging / archive.DATABASE, manifest, now, has_key=has_key)
        _sync(staging)
        for path in sorted(staging.iterdir(), key=lambda path: path.name == archive.DATABASE):
            path.rename(data_dir / path.name)
        files.sync(data_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return has_key


def _unpack(file: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Write the members under `folder`, each once more compared with the list, since it is read once more."""
    with archive.understood():
        for name, content, _size in archive.members(file):
            inside = PurePosixPath(name).parts[1:]
            if inside:
                _put(folder.joinpath(*inside), content, folder, is_public=inside[0] == PUBLIC)
                _compare(folder.joinpath(*inside), name, manifest)


def _put(path: Path, content: IO[bytes], top: Path, *, is_public: bool) -> None:
    _make_folder(path.parent, top, 0o755 if is_public else 0o700)
    _write(path, content, 0o644 if is_public else 0o600)


def _compare(path: Path, name: str, manifest: Manifest) -> None:
    with path.open("rb") as written:
        if name not in manifest.files or archive.sum_of(written) != manifest.files[name].sha256:
            raise archive.damaged(name)


def _make_folder(path: Path, top: Path, mode: int) -> None:
    for folder in reversed([path, *path.parents]):
        if folder.is_relative_to(top) and folder != top:
            folder.mkdir(mode=mode, exist_ok=True)


def _write(path: Path, content: IO[bytes], mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        shutil.copyfileobj(content, file, archive.PIECE)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make durable which names the folders hold, the inner ones first."""
    for path, _folders, _files in os.walk(folder, topdown=False):
        files.sync(Path(path))


@contextmanager
def _sound() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise archive.damaged(archive.DATABASE) from error


def _prepare(database: Path, manifest: Manifest, now: datetime, *, has_key: bool) -> None:
    """Refuse a database that is damaged, or newer than this program, and mute it. Raises Refused, sqlite3.Error."""
    if not database.exists() or not backup.is_whole(database):
        raise archive.damaged(archive.DATABASE)
    with closing(sqlite3.connect(database)) as opened:
        applied = {row[0] for row in opened.execute("SELECT name FROM django_migrations WHERE app = 'publisher'")}
    if applied - storage.known():
        raise archive.newer(manifest.version)
    mute.mute(database, now)
    if not has_key:
        _change(database, _forget_passwords)


def _change(database: Path, act: Callable[[sqlite3.Connection], None]) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        act(opened)


def _forget_passwords(database: sqlite3.Connection) -> None:
    """Take away second factors, which nobody can read without the key, and passwords with them: one alone must not open an account."""
    if mute.columns(database, "mfa_authenticator"):
        database.execute("DELETE FROM mfa_authenticator")
    if "password" in mute.columns(database, "publisher_person"):
        database.execute("UPDATE publisher_person SET password = '!' || hex(randomblob(20))")
