"""The power fails at any moment of a delivery, and the disk keeps of what was not synced what it likes (delivery-faults row 7).

`make power-loss` lets the service start again on every one of the disks; here on some of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.disk import in_memory
from tests.power import recorded, replay
from tests.power.delivery import turned_back
from tests.power.disk import applied, dropped, failures, kept, scattered, torn
from tests.power.recorded import Op
from tests.power.refusing import SYNCS, WRITES, refused
from tests.power.replay import Failure

RECOVERED = 12
THIRD = 3


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    if not recorded.is_possible():
        pytest.skip("strace is not installed, or not allowed to trace")
    with TemporaryDirectory(prefix="publisher-power-", dir=in_memory()) as home, turned_back():
        yield Path(home)


@pytest.fixture(scope="module")
def left(folder: Path, django_db_blocker) -> Sequence[Failure]:
    with django_db_blocker.unblock():
        return replay.recorded(folder)


def test_power_loss_never_forgets_what_a_platform_took_in(left, folder) -> None:
    assert len(left) > 1000
    assert [failure.name for failure in left[::THIRD] if failure.forgotten(folder / "found")] == []


def test_power_loss_and_a_new_start_send_nothing_twice_and_keep_the_audit_whole(left, folder) -> None:
    for failure in left[len(left) // RECOVERED :: len(left) // RECOVERED]:
        failure.recover(folder / "found")


def test_power_loss_with_synchronous_normal_forgets_and_is_noticed(folder) -> None:
    assert replay.control(folder, folder / "found") > 0


# ---------------------------------------------------------------- a disk that refuses (row 8)


@pytest.mark.parametrize(("kind", "since"), [(WRITES, 60), (WRITES, 205), (WRITES, 300), (SYNCS, 30)], ids=str)
def test_disk_full_or_broken_calls_nobody_without_an_intent_and_is_in_doubt_later(folder, django_db_blocker, kind, since) -> None:
    """`make power-loss` lets it refuse at one write after the other."""
    with django_db_blocker.unblock():
        code, failure = refused(folder, kind, since)
        assert code == 1
        assert failure.forgotten(folder / "found") == set()
        failure.recover(folder / "found")


# ---------------------------------------------------------------- the disk itself

TWO = [Op("write", "f", 0, b"a" * 1024), Op("write", "f", 500, b"b" * 600)]


@pytest.mark.parametrize(
    ("loss", "content"),
    [
        (dropped, b"old"),
        (kept, b"a" * 500 + b"b" * 600),
        (torn(512), b"a" * 500 + b"b" * 12),
        (torn(4096), b"a" * 500 + b"b" * 600),
    ],
)
def test_what_was_not_synced_is_lost_kept_or_torn_at_the_disk_s_blocks(loss, content) -> None:
    assert applied(b"old", loss("f", TWO)) == content


def test_what_is_scattered_is_the_same_each_time_and_loses_something() -> None:
    parts = [scattered(512, seed)("f", TWO) for seed in range(8)]
    assert parts == [scattered(512, seed)("f", TWO) for seed in range(8)]
    assert {len(part) for part in parts} > {2}


def test_a_hole_is_zeros_and_a_file_that_is_cut_ends_there() -> None:
    assert applied(b"abc", [Op("write", "f", 5, b"x"), Op("truncate", "f", 2), Op("write", "f", 3, b"y")]) == b"ab\0y"


def test_what_was_synced_is_found_after_every_failure_and_a_name_only_once_its_folder_is() -> None:
    ops = [Op("create", "new"), Op("write", "new", 0, b"1"), Op("sync", "new"), Op("sync", ""), Op("write", "new", 1, b"2")]
    found = [files for _, files in failures({"old": b"0"}, ops, lambda name: False)]
    assert found == [{"old": b"0"}, {"old": b"0", "new": b"1"}, {"old": b"0", "new": b"12"}]
