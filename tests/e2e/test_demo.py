import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from publisher.clock import SystemClock
from publisher.testing.somebody import Somebody

ROOT = Path(__file__).parents[2]
SLOWEST = 60  # seconds


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home, and an installation of the person's own that must stay untouched."""
    (tmp_path / "home").mkdir()
    (tmp_path / "config.toml").write_text("[town]\nname = 1\n", encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "LANGUAGE": "en",
        "PYTHONUNBUFFERED": "1",
        "X_API_KEY": "real",
        "PUBLISHER_CHANNELS_X_API_BASE": "http://127.0.0.1:9/real",
    }


@contextmanager
def demo(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The demonstration, ended even when the test fails, because leaving the block waits for it."""
    command = [sys.executable, "-m", "publisher", "demo", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=environment["TMPDIR"], env=environment, text=True, **pipes) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.terminate()


def children(folder: Path) -> list[str]:
    """The command lines that name a folder below this one: what the demonstration started and did not end."""
    lines = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    return [line.decode() for line in lines if bytes(folder) in line]


def somebody(pages: str, told: str) -> Somebody:
    """The author, signed in with what the demonstration shows."""
    name, password, secret = re.search(r"(alice) \(.*?\), password (\S+), code now \d{6}, secret (\w+)", told).groups()
    alice = Somebody(pages, name, password, SystemClock().now)
    alice.sign_in(secret)
    return alice


def test_demo_publishes_the_example_checks_itself_and_leaves_nothing_behind(tmp_path: Path, environment: dict[str, str]) -> None:
    before = set(tmp_path.iterdir())
    with demo(environment, "--exit") as running:
        out, errors = running.communicate(timeout=SLOWEST)
    assert (running.returncode, errors) == (0, "")
    assert out.startswith("Alice queues example.md.\nBruno approves it.\n")
    facebook = ["facebook · post · sent", "facebook · publication · sent"]
    steps = ["website · page · sent", "email · e-mail · sent", *facebook, *(f"x · post\u00a0{number} · sent" for number in range(1, 6))]
    assert sorted(re.findall(r"^  (\w+ · .*sent)$", out, re.MULTILINE)) == sorted(steps)
    assert out.endswith("Checked: everything is online, exactly as approved.\n")
    assert set(tmp_path.iterdir()) == before
    assert list((tmp_path / "home").iterdir()) == []


def test_demo_stays_until_it_is_told_to_end_and_takes_everything_along(tmp_path: Path, environment: dict[str, str]) -> None:
    with demo(environment) as running:
        told = ""
        for line in running.stdout:
            told += line
            if "Ctrl+C" in line:
                break
        preview, page, *others, pages = re.findall(r"(?:file|http)://\S+", told)
        html = Path(preview.removeprefix("file://")).read_text("utf-8")
        assert all(name in html for name in ("Facebook", "valmont_tilleuls"))
        assert [address.rpartition("/")[2] for address in others][3:] == ["log"] * 3
        for address in (page, *others):
            assert requests.get(address, timeout=5).status_code == 200
        assert "La médiathèque ouvre le dimanche" in requests.get(page, timeout=5).content.decode()
        assert requests.get(page.rpartition("/site/")[0] + "/site/", timeout=5).status_code == 200
        listed = somebody(pages, told).get("/annonces/")
        for state in ("publiée", "prévue", "en attente de visa", "retenue", "renvoyée", "annulée"):  # in the language of the town
            assert f">{state}</span>" in listed, state
        assert "Un jardin derrière l&#x27;école" in listed
        ready = Path(re.search(r"/\S+a-coller.md", told)[0])
        assert "Le marché déménage place Haute" in ready.read_text("utf-8")
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=SLOWEST)
    assert running.returncode == 0
    assert children(tmp_path) == []
    assert not list(tmp_path.glob("publisher-demo-*"))
    with pytest.raises(requests.ConnectionError):
        requests.get(page, timeout=5)


def test_demo_that_is_interrupted_on_its_way_ends_its_children_too(tmp_path: Path, environment: dict[str, str]) -> None:
    with demo(environment) as running:
        running.stdout.readline()
        assert children(tmp_path)
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=SLOWEST)
    assert (running.returncode, errors) == (130, "")
    assert children(tmp_path) == []
    assert not list(tmp_path.glob("publisher-demo-*"))
