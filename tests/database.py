"""A real database for the tests of models and pipeline: a file made once, copied for each test; and a clock whose hands turn on demand."""

import atexit
import dataclasses
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher import config, shipped, storage
from tests.disk import in_memory

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

_HOME = Path(tempfile.mkdtemp(prefix="publisher-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
CONFIG = dataclasses.replace(config.load(shipped.example_config(), {}), storage=config.Storage(data_dir=_HOME), channels={})
storage.connect(CONFIG)


class StillClock:
    """Stands still until a test moves it; wall time and time since start move together, unless the wall clock leaps."""

    def __init__(self, now: datetime = NOON) -> None:
        self.wall = now
        self.boot = 1000.0
        self.start = "first start"
        self.ntp = True

    def now(self) -> datetime:
        return self.wall

    def boottime(self) -> float:
        return self.boot

    def boot_id(self) -> str:
        return self.start

    def synchronised(self) -> bool:
        return self.ntp

    def reboot(self) -> None:
        """Let the machine start again."""
        self.boot, self.start = 0.0, f"not the {self.start}"

    def move(self, seconds: float = 0, *, minutes: float = 0) -> None:
        """Let time pass."""
        self.wall += timedelta(seconds=seconds, minutes=minutes)
        self.boot += seconds + 60 * minutes

    def leap(self, by: timedelta) -> None:
        """Set the wall clock by hand."""
        self.wall += by
        self.ntp = False


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def template(django_db_blocker) -> Iterator[Path]:
    """One database with the schema; Django's tests never touch it, so pytest-django's guard is lifted."""
    with django_db_blocker.unblock():
        storage.migrate(CONFIG)
        yield storage.path(CONFIG)


@pytest.fixture
def data_dir(template: Path) -> Iterator[Path]:
    """A data directory with a database of its own, to which Django is turned."""
    with fresh(template) as folder:
        yield folder


@contextmanager
def fresh(template: Path) -> Iterator[Path]:
    """Turn Django to a copy of the database, in a folder of its own on a disk in memory if there is one: commits are synced."""
    from django.db import connection, connections

    with tempfile.TemporaryDirectory(prefix="publisher-test-", dir=in_memory()) as home:
        folder = Path(home) / "data"
        folder.mkdir()
        shutil.copy(template, folder)
        connection.close()
        before = connections.settings["default"]["NAME"]
        connections.settings["default"]["NAME"] = folder / template.name
        try:
            yield folder
        finally:
            connection.close()
            connections.settings["default"]["NAME"] = before


def child(action: Callable[[], object]) -> int:
    """Run the action in a child process with its own connection; return its exit code, or minus the signal that killed it."""
    from django.db import connection

    connection.close()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
