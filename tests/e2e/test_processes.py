"""Services that meet, are stopped and go on, lose their clock, or find another database in their place; the platform's log is the judge.

delivery-faults rows 9, 10, 36, 37, 39, 45 and 48; `hurried` shortens the patience of the real service, so that nobody waits half a minute.
"""

import os
import shutil
import signal
import sqlite3
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.testing.faults import Fault
from tests.e2e.townhall import TownHall, end, ready, wait_for

CREATE = "POST /2/tweets"
POSTS = 3
TAKEN = 75
SOON = 12  # seconds in which people agree and the service starts, on a busy machine too


def published(hall: TownHall, name: str) -> None:
    wait_for(lambda: hall.status(name)["state"] == "published")
    assert len({post["text"] for post in hall.accepted()}) == len(hall.accepted()) == POSTS


# ---------------------------------------------------------------- two daemons (row 36)


def test_ten_daemons_started_together_one_works_and_nine_exit_75(hall: TownHall) -> None:
    name = hall.approved()
    with ExitStack() as stack:
        services = [stack.enter_context(hall.service()) for _ in range(10)]
        wait_for(lambda: sum(service.poll() is not None for service in services) == 9)
        published(hall, name)
        (winner,) = [service for service in services if service.poll() is None]
        assert end(winner)[0] == 0
    assert sorted(service.returncode for service in services) == [0] + [TAKEN] * 9
    assert hall.log.count("The service works on") == 1


# ---------------------------------------------------------------- paused, and killed while paused (row 37)


def test_paused_past_its_heartbeat_nobody_takes_over_and_resumed_it_sends_once(hall: TownHall) -> None:
    at = hall.ahead(SOON)
    name = hall.approved("--at", at.isoformat())
    with hall.service(hurried=["BEAT=1", "DEAD=3"]) as service:
        ready(hall)
        service.send_signal(signal.SIGSTOP)
        wait_for(lambda: datetime.now(UTC) > at)
        time.sleep(4)
        assert f"(process {service.pid})" in hall.refused("run", code=TAKEN)
        assert (hall.accepted(), hall.pages()) == ([], [])
        service.send_signal(signal.SIGCONT)
        published(hall, name)
        assert end(service)[0] == 0


def test_killed_while_paused_in_the_middle_of_a_call_the_next_one_sends_nothing_twice(hall: TownHall) -> None:
    hall.configure(timeout=10.0)
    hall.x.faults.inject(Fault(accepts=True, pause=3.0), on=CREATE)
    name = hall.approved()
    with hall.service() as service:
        wait_for(hall.accepted)
        service.send_signal(signal.SIGSTOP)
        service.kill()
        assert service.wait(60) == -signal.SIGKILL
    with hall.service() as service:
        ready(hall, times=2)
        wait_for(lambda: hall.where(name)[2]["post-1"] == "in_doubt")
        assert end(service)[0] == 0
    assert len(hall.accepted()) == 1


# ---------------------------------------------------------------- told to stop anywhere (row 45)


@pytest.mark.parametrize("place", ["recover.committed", "intent.pre", "intent.committed", "call.answered", "outcome.committed"])
def test_told_to_stop_at_any_place_it_ends_well_and_the_next_one_finishes_once(hall: TownHall, place: str) -> None:
    name = hall.approved()
    with hall.service(hurried=[f"term={place}"]) as service:
        assert service.wait(60) == 0
    assert "in_doubt" not in hall.where(name)[2].values()
    assert hall.run("--until-idle") == 0
    published(hall, name)


# ---------------------------------------------------------------- a dead clock (row 39)


@pytest.mark.parametrize("how", ["hang", "raise", "end"])
def test_a_dead_clock_ends_the_service_to_be_started_again(hall: TownHall, how: str) -> None:
    name = hall.approved("--at", hall.ahead(60).isoformat())
    with hall.service(hurried=[f"tick={how}", "DEAD=2"]) as service:
        assert service.wait(60) == 1
    assert "The clock of the service has stopped: the service ends itself, to be started again." in hall.log
    assert (hall.accepted(), hall.status(name)["state"]) == ([], "planned")


# ---------------------------------------------------------------- a locked database (row 9)


def waiting(hall: TownHall) -> str:
    """Something that leaves as soon as somebody opens the channels again."""
    hall.publisher("pause", "--reason", "Alerte.", "--as", "camille")
    return hall.approved()


def test_locked_for_longer_than_a_dead_clock_may_be_silent_it_goes_on(hall: TownHall) -> None:
    """Twice as long as DEAD, as 60 seconds are to the real service."""
    name = waiting(hall)
    with hall.service(hurried=["DEAD=3", "HASTE=0.3"]) as service:
        ready(hall)
        with sqlite3.connect(hall.data / "publisher.sqlite3", isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(6)
            other.execute("ROLLBACK")
        other.close()
        hall.publisher("unpause", "--as", "camille")
        published(hall, name)
        assert end(service)[0] == 0
    assert "Nothing leaves until the database can be used: The database " in hall.log


# ---------------------------------------------------------------- another database in its place (rows 10 and 48)


def test_a_copy_of_the_data_directory_of_a_running_service_publishes_nothing(hall: TownHall, tmp_path: Path) -> None:
    name = waiting(hall)
    with hall.service() as service:
        ready(hall)
        copy = tmp_path / "copy"
        shutil.copytree(hall.data, copy)
        with hall.service(PUBLISHER_STORAGE_DATA_DIR=str(copy)) as second:
            assert second.wait(60) == 1
        assert "is a copy, or has moved to another machine: nothing is published from it." in hall.log
        hall.publisher("unpause", "--as", "camille")
        published(hall, name)
        assert end(service)[0] == 0


def test_a_backup_made_under_a_running_service_is_whole_and_publishes_nothing(hall: TownHall, tmp_path: Path) -> None:
    name = waiting(hall)
    new = {"PUBLISHER_STORAGE_DATA_DIR": str(tmp_path / "new"), "PUBLISHER_INSTANCE": "the same name"}
    with hall.service(PUBLISHER_INSTANCE="the same name") as service:
        ready(hall)
        hall.publisher("backup", tmp_path / "backup.tar")
        hall.publisher("unpause", "--as", "camille")
        published(hall, name)
        assert end(service)[0] == 0
    for variable, value in new.items():
        os.environ[variable] = value
    try:
        hall.publisher("restore", tmp_path / "backup.tar")
        hall.publisher("audit", "verify")
        assert "nothing is published from it" in hall.refused("run", "--until-idle")
        assert hall.json("status", name)["state"] == "planned"
    finally:
        for variable in new:
            del os.environ[variable]
    assert len(hall.accepted()) == POSTS


def test_an_older_database_put_back_under_a_running_service_ends_it_and_nothing_leaves(hall: TownHall) -> None:
    database = hall.data / "publisher.sqlite3"
    waiting(hall)
    kept = hall.data.parent / "kept.sqlite3"
    kept.write_bytes(database.read_bytes())
    with hall.service(hurried=["BEAT=1"]) as service:
        ready(hall)
        with closing(sqlite3.connect(kept)) as older, closing(sqlite3.connect(database, timeout=20)) as current:
            older.backup(current)  # between two writes of the service, whose lanes never rest
        assert service.wait(60) == 1
    assert "or an older database was put there: this one ends." in hall.log
    assert "older than what was already done with it" in hall.refused("run", "--until-idle")
    assert (hall.accepted(), hall.pages()) == ([], [])


def test_a_database_cut_short_under_a_running_service_is_kept_and_refused_at_the_next_start(hall: TownHall) -> None:
    database = hall.data / "publisher.sqlite3"
    waiting(hall)
    with hall.service(hurried=["BEAT=1"]) as service:
        ready(hall)
        os.truncate(database, 8192)
        wait_for(lambda: "Nothing leaves until the database can be used" in hall.log)
        service.kill()
        service.wait()
    before = database.read_bytes()
    sentence = hall.refused("run")
    assert sentence.startswith(f"The database {database} is damaged. Keep it under another name, put the last backup in its place")
    assert database.read_bytes() == before
    assert (hall.accepted(), hall.pages()) == ([], [])
