"""A short kill campaign, as part of the ordinary tests; `make kill-campaign` is the long one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kills.__main__ import Tally

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
