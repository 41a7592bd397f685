"""A short kill campaign, as part of the ordinary tests; `make kill-campaign` is the long one."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.disk import in_memory
from tests.kills.__main__ import PREFIX, Tally

ROOT = Path(__file__).parents[2]
KEPT = re.compile(
    r"lost=0 duplicate=0 early=0 late=0 unapproved=0 unsurfaced=0 audit=0 held_website=0\.000 held_facebook=0\.000 .* held_quiet=0 "
)


def test_killed_again_and_again_among_lying_platforms_it_says_everything_once() -> None:
    """By real processes, 150 kills or half a minute of them; a failure tells its trial, which can be played again."""
    command = [sys.executable, "-m", "tests.kills", "--kills", "150", "--minutes", "0.4", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert KEPT.search(done.stdout), done.stdout + done.stderr
    assert int(re.findall(r"^kills=(\d+)", done.stdout)[0]) > 0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_told_to_stop_it_leaves_no_process_and_no_file_behind(number, code) -> None:
    """Its output ends when none of its workers, platforms and services is left who could write to it."""
    command = [sys.executable, "-m", "tests.kills", "--kills", "10000", "--seed", "7", "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as campaign:
        while campaign.poll() is None and not any(map(children, children(campaign.pid))):
            time.sleep(0.05)
        campaign.send_signal(number)
        said, _ = campaign.communicate(timeout=30)
    assert (campaign.returncode, said) == (code, "seed=7\n")
    assert list((in_memory() or Path(tempfile.gettempdir())).glob(f"{PREFIX}{campaign.pid}-*")) == []


@pytest.mark.parametrize(
    ("kind", "channel", "kept"),
    [
        ("crashes", "website", False),
        ("crashes", "facebook", False),
        ("crashes", "x", True),
        ("quiet", "x", False),
        ("storm", "facebook", True),
    ],
)
def test_one_delivery_held_is_too_many_where_none_is_allowed(kind, channel, kept) -> None:
    tally = Tally(1)
    tally.counted[kind, channel] = 100
    tally.held[kind, channel] = 1
    assert tally.kept is kept


@pytest.mark.parametrize(("held", "kept"), [(15, True), (16, False)])
def test_in_a_storm_x_may_leave_fifteen_of_a_hundred_to_a_person(held, kept) -> None:
    tally = Tally(1)
    tally.counted["storm", "x"], tally.held["storm", "x"] = 100, held
    assert tally.kept is kept


def test_one_incident_is_too_many() -> None:
    tally = Tally(1)
    assert tally.kept
    tally.incidents["duplicate"] = 1
    assert not tally.kept
