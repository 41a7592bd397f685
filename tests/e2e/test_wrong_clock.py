"""The real service on a machine whose clock is wrong (faketime), with a kernel that confirms nothing: rows 13 and 14.

The platforms' clocks are right.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.townhall import TownHall, end, ready, wait_for

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")
UNCONFIRMED = ["ntp=no"]


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    """How wrong the clock of the service is, in faketime's words; it may change while the service runs."""
    path = tmp_path / "offset"
    path.write_text("+0", encoding="ascii")
    return path


def faked(offset: Path) -> Mapping[str, str]:
    """The environment of such a machine: the time since its start is not touched, as when somebody sets the clock."""
    found = [str(path) for pattern in LIBRARIES for path in Path("/").glob(pattern.lstrip("/"))]
    if not found or shutil.which("faketime") is None:
        pytest.skip("faketime is not installed")
    return {
        "LD_PRELOAD": found[0],
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def set_clock(offset: Path, wrong: str) -> None:
    """Set the clock of the service wrong, at one instant."""
    draft = offset.with_suffix(".new")
    draft.write_text(wrong, encoding="ascii")
    draft.replace(offset)


@pytest.mark.parametrize("wrong", ["+1h", "+3650d"])
def test_clock_set_ahead_under_the_service_sends_nothing_early(hall: TownHall, offset: Path, wrong: str) -> None:
    name = hall.approved("--at", hall.ahead(1800).isoformat())
    with hall.service(hurried=UNCONFIRMED, **faked(offset)) as service:
        ready(hall)
        set_clock(offset, wrong)
        wait_for(lambda: hall.where(name, "website")[1] == "clock-suspect")
        set_clock(offset, "+0")
        assert end(service)[0] == 0
    assert (hall.accepted(), hall.pages(), hall.where(name, "website")[0]) == ([], [], "planned")


def test_clock_set_back_under_the_service_sends_nothing_twice(hall: TownHall, offset: Path) -> None:
    name = hall.approved()
    with hall.service(hurried=UNCONFIRMED, **faked(offset)) as service:
        wait_for(lambda: hall.status(name)["state"] == "published")
        set_clock(offset, "-1h")
        assert end(service)[0] == 0
    with hall.service("--until-idle", hurried=UNCONFIRMED, **faked(offset)) as service:
        assert service.wait(60) == 0
    assert len({post["text"] for post in hall.accepted()}) == len(hall.accepted()) == 3


def test_clock_that_was_wrong_from_the_start_lets_nothing_out_under_embargo(hall: TownHall, offset: Path) -> None:
    set_clock(offset, "+1h")
    lifts = hall.ahead(1800).isoformat()
    name = hall.approved("--embargo-until", lifts, "--at", lifts)
    with hall.service(hurried=UNCONFIRMED, **faked(offset)) as service:
        wait_for(lambda: hall.where(name, "website")[1])
        assert hall.where(name, "website")[1] in {"clock-unconfirmed", "clock-suspect"}
        assert end(service)[0] == 0
    assert (hall.accepted(), hall.pages()) == ([], [])
