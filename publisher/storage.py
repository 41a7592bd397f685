"""The database: Django set up on it, made when new, refused when newer than the code, its failures told in one sentence."""

import errno
import fcntl
import os
import pkgutil
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher import crashpoints, migrations, settings
from publisher.config import Config
from publisher.errors import StorageError, reason, unwritable
from publisher.i18n import N_

OLDEST_LIBRARY = (3, 35, 0)  # the first that knows RETURNING, by which every row of the audit is written
LEAST_SPACE = 100 * 2**20
NETWORK_DISKS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs"}


def connect(config: Config) -> None:
    """Set Django up on this configuration, once per process. Raises ConfigError, StorageError."""
    import django
    from django.conf import settings as django_settings

    refuse_old_library()
    if django_settings.configured:
        return
    constants = {name: value for name, value in vars(settings).items() if name.isupper()}
    django_settings.configure(**constants | settings.from_config(config, _secret_key(config.storage.data_dir)))
    django.setup()


def refuse_old_library() -> None:
    """Refuse an SQLite with which nothing could be written. Raises StorageError (`sqlite-too-old`)."""
    if sqlite3.sqlite_version_info < OLDEST_LIBRARY:
        sentence = N_(
            "The SQLite library of this machine's Python is version %(version)s, and Publisher needs %(least)s or later: "
            "install a newer one (libsqlite3), or use a newer system."
        )
        raise StorageError("sqlite-too-old", sentence, version=sqlite3.sqlite_version, least=".".join(map(str, OLDEST_LIBRARY)))


def ready(config: Config) -> None:
    """Connect, and make the database if it is new, or wait for whoever is making it. Raises ConfigError, StorageError."""
    connect(config)
    with explained(config):
        path(config).touch(mode=0o600)
        applied, ours = _applied(), known()
        if applied - ours:
            sentence = N_("The database %(path)s was made by a newer version of Publisher: install that version, or restore a backup.")
            raise StorageError("newer-schema", sentence, path=path(config))
        if ours - applied and not _holds_people():
            migrate(config)
        elif ours - applied:
            sentence = N_("The database %(path)s comes from an older version: stop the service, make a backup, run “publisher migrate”.")
            raise StorageError("older-schema", sentence, path=path(config))


def _holds_people() -> bool:
    """Tell whether anybody has worked with the database; one that is new, or was left half made, needs no backup."""
    from django.db import connection

    with connection.cursor() as cursor:
        if "publisher_person" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM publisher_person)")
        return bool(cursor.fetchone()[0])


def migrate(config: Config) -> list[str]:
    """Bring the schema up to date, one process at a time; return the names of the migrations made. Raises StorageError."""
    from django.core.management import call_command

    connect(config)
    with explained(config), _alone(config.storage.data_dir):
        path(config).touch(mode=0o600)
        before = _applied()
        if known() - before:
            crashpoints.visit("migrate.pre")
            call_command("migrate", verbosity=0, interactive=False)
            crashpoints.visit("migrate.committed")
        return sorted(_applied() - before)


def verify(config: Config) -> None:
    """Look at the disk, then read the whole database once for damage, as the service does at its start. Raises StorageError."""
    from django.db import connection

    data_dir = config.storage.data_dir
    if filesystem(data_dir) in NETWORK_DISKS:
        sentence = N_("The data directory %(directory)s is on a network disk, where SQLite's locks do not hold: move it to a local one.")
        raise StorageError("network-disk", sentence, directory=data_dir)
    with explained(config), connection.cursor() as cursor:
        if shutil.disk_usage(data_dir).free < LEAST_SPACE:
            raise _error(sqlite3.SQLITE_FULL, config)
        cursor.execute("PRAGMA quick_check(1)")
        if cursor.fetchone() != ("ok",):
            raise _error(sqlite3.SQLITE_CORRUPT, config)


def hurry(seconds: float) -> None:
    """Wait no longer than this for a locked database, on this thread's connection, until it is closed: its very opening may wait."""
    from django.db import connection

    usual = connection.settings_dict
    connection.settings_dict = {**usual, "OPTIONS": {**usual["OPTIONS"], "timeout": seconds}}
    try:
        connection.ensure_connection()
    finally:
        connection.settings_dict = usual
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")


def path(config: Config) -> Path:
    """Return where the SQLite file is."""
    return config.storage.data_dir / settings.DATABASE


@contextmanager
def explained(config: Config) -> Iterator[None]:
    """Turn what the database or the disk says inside the block into StorageError."""
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        found = _explanation(error.__cause__)
        if found is None:
            raise
        code, sentence = found
        raise StorageError(code, sentence, path=path(config), directory=config.storage.data_dir) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _error(sqlite3.SQLITE_FULL, config) from error
        place = error.filename or config.storage.data_dir
        raise StorageError("disk", N_("%(path)s cannot be used: %(reason)s."), path=place, reason=reason(error)) from error


_EXPLANATIONS = {
    sqlite3.SQLITE_BUSY: (
        "database-locked",
        N_("The database %(path)s is locked by another program for too long: try again, or find what keeps it open."),
    ),
    sqlite3.SQLITE_READONLY: (
        "database-read-only",
        N_("The database %(path)s cannot be written: check the owner and the rights of the data directory, and of the disk."),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "database-unreachable",
        N_("The database %(path)s cannot be opened: check that the data directory exists and that you may write in it."),
    ),
    sqlite3.SQLITE_FULL: ("disk-full", N_("The disk that holds %(directory)s is full: make room; nothing leaves until there is some.")),
    sqlite3.SQLITE_IOERR: (
        "disk",
        N_("The disk does not let %(path)s be read or written: make room and check the disk; nothing leaves until then."),
    ),
    sqlite3.SQLITE_CORRUPT: (
        "database-damaged",
        N_("The database %(path)s is damaged. Keep it under another name, put the last backup in its place, and run “publisher adopt”."),
    ),
}
_EXPLANATIONS[sqlite3.SQLITE_NOTADB] = _EXPLANATIONS[sqlite3.SQLITE_CORRUPT]


def _explanation(cause: BaseException | None) -> tuple[str, str] | None:
    """Return the code and the sentence for what SQLite said; extended result codes keep the plain one in their low byte."""
    return _EXPLANATIONS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)


def error_of(cause: sqlite3.Error, config: Config) -> StorageError:
    """Return the error for what SQLite itself said, where Django is not between."""
    code, sentence = _explanation(cause) or _EXPLANATIONS[sqlite3.SQLITE_IOERR]
    return StorageError(code, sentence, path=path(config), directory=config.storage.data_dir)


def _error(cause: int, config: Config) -> StorageError:
    code, sentence = _EXPLANATIONS[cause]
    return StorageError(code, sentence, path=path(config), directory=config.storage.data_dir)


def filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system that holds the folder: that of the longest mount point above it (proc_pid_mounts(5))."""
    found = {}
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if mounts.exists() else ():
        _, place, kind, *_ = line.split(" ")
        found[Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place))] = kind
    above = (parent for parent in (folder.resolve(), *folder.resolve().parents) if parent in found)
    return next((found[place] for place in above), "")


def _applied() -> set[str]:
    """Return the names of the migrations that the database has had; none if it is new."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    return {name for app, name in recorder.applied_migrations() if app == "publisher"}


def known() -> set[str]:
    """Return the names of the migrations that this version has."""
    return {module.name for module in pkgutil.iter_modules(migrations.__path__) if not module.name.startswith("_")}


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    with (data_dir / "schema.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _secret_key(data_dir: Path) -> str:
    """Return the key that signs sessions, made at the first start; one process makes it, the others read it."""
    file = data_dir / "secret_key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            draft = data_dir / f".secret_key.{secrets.token_hex(4)}"
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
            try:
                os.link(draft, file)  # fails where rename would replace the key that another process just made
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise unwritable(error, data_dir) from error
