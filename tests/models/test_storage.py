import dataclasses
import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from publisher import config, settings, storage
from publisher.errors import ConfigError, StorageError
from publisher.models import Audit, Person, audit
from publisher.models.people import SERVICE
from publisher.testing import crash
from tests.database import CONFIG, NOON, child

ROOT = Path(__file__).parent.parent.parent


def at(folder: Path) -> config.Config:
    return dataclasses.replace(CONFIG, storage=config.Storage(data_dir=folder))


def refused(action: Callable[[], object]) -> StorageError:
    with pytest.raises(StorageError) as caught:
        action()
    return caught.value


@pytest.fixture
def empty(data_dir) -> Path:
    (data_dir / settings.DATABASE).unlink()
    return data_dir


READY = """
import dataclasses, pathlib, sys
from publisher import config, shipped, storage
loaded = config.load(shipped.example_config(), {})
storage.ready(dataclasses.replace(loaded, storage=config.Storage(data_dir=pathlib.Path(sys.argv[1]))))
"""
MIGRATIONS = sorted(path.stem for path in (ROOT / "publisher" / "migrations").glob("0*.py"))


def migrations_in(folder: Path) -> list[str]:
    with sqlite3.connect(folder / settings.DATABASE) as base:
        return [name for (name,) in base.execute("SELECT name FROM django_migrations WHERE app = 'publisher' ORDER BY name")]


def test_each_connection_keeps_to_the_rules_of_delivery(data_dir) -> None:
    wal = sqlite3.sqlite_version_info >= (3, 51, 3)
    wanted = {
        "journal_mode": "wal" if wal else "truncate",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "mmap_size": 0,
        "busy_timeout": 20000,
    }
    with connection.cursor() as cursor:
        assert {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted


def test_a_write_transaction_takes_the_lock_at_its_beginning(data_dir) -> None:
    other = sqlite3.connect(data_dir / settings.DATABASE, timeout=0)
    with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_new_database_is_made_by_itself_and_only_for_its_owner(empty) -> None:
    storage.ready(at(empty))
    assert not Person.objects.exists()
    assert (empty / settings.DATABASE).stat().st_mode & 0o777 == 0o600
    storage.ready(at(empty))


def test_processes_that_start_together_make_it_once(empty) -> None:
    children = []
    connection.close()
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                storage.ready(at(empty))
            except BaseException:  # noqa: BLE001 - the exit code tells
                os._exit(1)
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 4
    assert migrations_in(empty) == MIGRATIONS


@pytest.mark.parametrize("place", ["migrate.pre", "migrate.committed"])
def test_making_it_may_be_killed_and_started_again(empty, place) -> None:
    def die() -> None:
        crash.arm(place)
        storage.ready(at(empty))

    assert child(die) == -9
    storage.ready(at(empty))
    assert migrations_in(empty) == MIGRATIONS


def half_made(folder: Path) -> None:
    storage.connect(at(folder))
    call_command("migrate", "publisher", "0001", verbosity=0)


def test_one_that_was_left_half_made_is_made_whole(empty) -> None:
    half_made(empty)
    storage.ready(at(empty))
    assert migrations_in(empty) == MIGRATIONS


def test_whoever_finds_it_half_made_waits_for_who_is_making_it(empty) -> None:
    half_made(empty)
    with (empty / "schema.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begun = subprocess.Popen([sys.executable, "-c", READY, str(empty)], stderr=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            begun.communicate(timeout=2)
        call_command("migrate", verbosity=0)
    assert (begun.communicate(timeout=60)[1], begun.returncode) == ("", 0)


def test_migrate_says_what_it_did(empty) -> None:
    assert storage.migrate(at(empty)) == MIGRATIONS
    assert storage.migrate(at(empty)) == []


@pytest.mark.parametrize("first", [storage.ready, storage.migrate], ids=["ready", "migrate"])
def test_a_library_too_old_to_write_with_is_one_sentence(empty, monkeypatch, first) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.34.1")
    error = refused(lambda: first(at(empty)))
    told = (
        "The SQLite library of this machine's Python is version 3.34.1, and Publisher needs 3.35.0 or later: "
        "install a newer one (libsqlite3), or use a newer system."
    )
    assert (error.code, str(error)) == ("sqlite-too-old", told)
    assert not (empty / settings.DATABASE).exists()


def test_a_database_of_a_newer_version_is_refused(data_dir) -> None:
    MigrationRecorder(connection).record_applied("publisher", "9999_later")
    assert refused(lambda: storage.ready(at(data_dir))).code == "newer-schema"


def test_a_database_of_an_older_version_waits_for_migrate(data_dir, monkeypatch) -> None:
    Person.objects.create(name="camille", role="author", created_at=NOON)
    monkeypatch.setattr(storage, "known", lambda: {*MIGRATIONS, "9999_next"})
    assert refused(lambda: storage.ready(at(data_dir))).code == "older-schema"


def test_locked_by_another_program_is_one_sentence(data_dir, monkeypatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    other = sqlite3.connect(data_dir / settings.DATABASE)
    other.execute("BEGIN EXCLUSIVE")
    error = refused(lambda: storage.ready(at(data_dir)))
    other.close()
    assert (error.code, str(error)) == (
        "database-locked",
        f"The database {data_dir / settings.DATABASE} is locked by another program for too long: try again, or find what keeps it open.",
    )


def test_haste_counts_for_the_opening_of_a_connection_too(data_dir, monkeypatch) -> None:
    """Setting the journal's mode reads the database: a connection to one that is locked waits before any question is asked."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0)
    other = sqlite3.connect(data_dir / settings.DATABASE, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError, match="locked"):
        storage.hurry(0.01)
    threading.Timer(0.1, other.rollback).start()
    storage.hurry(10)
    assert connection.settings_dict["OPTIONS"]["timeout"] == 0
    other.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"\x00" * 100 + b"not a database at all" * 300), id="another file"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * 4096 * 8), id="flipped"),
    ],
)
def test_a_damaged_database_is_refused_and_kept(data_dir, damage) -> None:
    connection.close()
    path = data_dir / settings.DATABASE
    damage(path)
    before = path.read_bytes()

    def start() -> None:
        storage.ready(at(data_dir))
        storage.verify(at(data_dir))

    assert refused(start).code == "database-damaged"
    assert path.read_bytes() == before


def test_damage_that_no_query_meets_is_found_by_reading_everything(data_dir) -> None:
    path = data_dir / settings.DATABASE
    with sqlite3.connect(path) as base:
        base.executescript("CREATE TABLE t (c); INSERT INTO t VALUES (NULL); PRAGMA writable_schema = ON")
        base.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE t (c NOT NULL)' WHERE name = 't'")
    base.close()
    connection.close()
    storage.ready(at(data_dir))
    assert refused(lambda: storage.verify(at(data_dir))).code == "database-damaged"


def test_a_sound_database_passes(data_dir) -> None:
    storage.verify(at(data_dir))


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(data_dir) -> None:
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with storage.explained(at(data_dir)), transaction.atomic():
            for _ in range(100):
                audit.record(SERVICE, "filled", "a-1", NOON, {"text": "x" * 4000})

    assert refused(fill).code == "disk-full"
    assert not Audit.objects.exists()


@pytest.mark.parametrize(
    ("errorcode", "code"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database-locked"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "database-read-only"),
        (sqlite3.SQLITE_CANTOPEN, "database-unreachable"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk"),
        (sqlite3.SQLITE_NOTADB, "database-damaged"),
    ],
)
def test_what_sqlite_says_is_told_in_our_words(errorcode, code) -> None:
    cause = sqlite3.OperationalError("unable")
    cause.sqlite_errorcode = errorcode

    def fail() -> None:
        with storage.explained(CONFIG):
            raise OperationalError("unable") from cause

    assert refused(fail).code == code


def test_what_is_no_fault_of_the_disk_passes_through() -> None:
    with pytest.raises(DatabaseError, match="a mistake of ours"), storage.explained(CONFIG):
        raise DatabaseError("a mistake of ours")


def test_a_disk_that_refuses_is_one_sentence(tmp_path) -> None:
    def fail() -> None:
        with storage.explained(CONFIG):
            (tmp_path / "missing" / "file").write_bytes(b"")

    assert refused(fail).code == "disk"


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds {directory} is full: make room; nothing leaves until there is some."),
        (errno.EROFS, "{directory}/sources cannot be used: the disk is read-only; choose another place, or make it writable."),
    ],
)
def test_a_full_or_a_read_only_disk_is_told_with_the_remedy(cause, sentence) -> None:
    directory = CONFIG.storage.data_dir

    def fail() -> None:
        with storage.explained(CONFIG):
            raise OSError(cause, os.strerror(cause), f"{directory}/sources")

    assert str(refused(fail)) == sentence.format(directory=directory)


def test_postgresql_is_refused_until_it_is_served() -> None:
    wanted = dataclasses.replace(CONFIG, storage=config.Storage(database="postgresql://localhost/publisher"))
    with pytest.raises(ConfigError) as caught:
        settings.from_config(wanted, "key")
    assert caught.value.code == "database-unsupported"


FRESH = """
import dataclasses, pathlib, sys
from publisher import config, storage
given = config.load(pathlib.Path(sys.argv[1]), {})
storage.connect(given)
from django.conf import settings
print(settings.SECRET_KEY, settings.TIME_ZONE, settings.LANGUAGE_CODE)
"""


def fresh(folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "config.toml"
    file.write_text(f'[town]\nname = "V"\nzone = "Indian/Reunion"\n[storage]\ndata_dir = "{folder / "data"}"\n', encoding="utf-8")
    return subprocess.run([sys.executable, "-c", FRESH, str(file)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_secret_key_is_made_once_and_kept_for_the_owner(tmp_path) -> None:
    first, second = fresh(tmp_path), fresh(tmp_path)
    assert first.stdout == second.stdout
    key, zone, language = first.stdout.split()
    assert (len(key), zone, language) == (64, "Indian/Reunion", "fr")
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["secret_key"]


def test_a_data_directory_that_cannot_be_made_is_one_sentence(tmp_path) -> None:
    (tmp_path / "data").symlink_to(tmp_path / "gone")
    done = fresh(tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("publisher.errors.StorageError")


def test_little_space_stops_the_start(data_dir, monkeypatch) -> None:
    monkeypatch.setattr(storage, "LEAST_SPACE", 2**60)
    assert refused(lambda: storage.verify(at(data_dir))).code == "disk-full"


def test_a_network_disk_stops_the_start(data_dir, monkeypatch) -> None:
    monkeypatch.setattr(storage, "filesystem", lambda folder: "nfs4")
    assert refused(lambda: storage.verify(at(data_dir))).code == "network-disk"


MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
server:/export /srv/data nfs4 rw 0 0
//server/share /srv/data/a\040share cifs rw 0 0
tmpfs /srv/data/a\040share/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/publisher", "ext4"),
        ("/srv/data", "nfs4"),
        ("/srv/data/publisher", "nfs4"),
        ("/srv/database", "ext4"),
        ("/srv/data/a share/x", "cifs"),
        ("/srv/data/a share/local/x", "tmpfs"),
    ],
)
def test_the_disk_is_that_of_the_longest_mount_point_above(tmp_path, folder, kind) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert storage.filesystem(Path(folder), mounts) == kind
    assert storage.filesystem(Path(folder), tmp_path / "missing") == ""
