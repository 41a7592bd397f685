"""A short version of each campaign; `make mail-kills` and `make stop-campaign` run them at length."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("campaign", "moments", "recipients"), [("kill", 5, 100), ("stop", 3, 100)])
def test_stopped_at_random_moments_it_says_nothing_twice_and_forgets_nobody(campaign, moments, recipients) -> None:
    words = ["--moments", moments, "--recipients", recipients, "--seed", 1]
    command = [sys.executable, "-m", "tests.campaigns.stops", campaign, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout.splitlines()[-1])
    assert {name: result[name] for name in ("moments", "twice", "lost", "forgotten", "unlisted", "bad_exits", "kept")} == {
        "moments": moments,
        "twice": 0,
        "lost": 0,
        "forgotten": 0,
        "unlisted": 0,
        "bad_exits": 0,
        "kept": True,
    }
