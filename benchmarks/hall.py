"""A press office for the benchmarks: an installation in a folder on a real disk, what it queues, its service; and the verdict."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
COMMUNIQUE = ROOT / "tests" / "golden" / "event" / "communique.md"
IN_MEMORY = {"tmpfs", "ramfs"}

TOWN = """
[town]
name = "Ville de Valmont-les-Tilleuls"
site_url = "https://www.valmont.example"
[approval]
required = 1
[web]
port = 0
"""
MAIL = """
[channels.mail]
adapter = "email"
account = "presse@valmont.example"
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
recipients = "recipients.csv"
"""
FACEBOOK = """
[channels.facebook]
adapter = "facebook"
account = "100000000000001"
api_base = "{api_base}"
"""
PATIENCE = 120.0  # seconds


class Hall:
    """One installation in a folder; a verb is a process, as people use it."""

    def __init__(self, folder: Path, channels: str, secrets: Mapping[str, str]) -> None:
        self.folder = folder
        (folder / "config.toml").write_text(TOWN + channels, "utf-8")
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        (folder / ".env").chmod(0o600)
        for name, role in (("camille", "author"), ("dominique", "approver")):
            self.says("user", "add", name, "--role", role)

    def says(self, *words: object) -> str:
        """Run a verb to its end; return what it says."""
        return subprocess.run(self._command(*words), **self._place(), check=True, stdout=subprocess.PIPE, text=True).stdout

    @contextmanager
    def service(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the service as long as the block; then it is told to end, and must end well."""
        command = self._command("run", *options)
        with (self.folder / "run.log").open("ab") as log, subprocess.Popen(command, **self._place(), stderr=log) as process:
            try:
                yield process
                process.terminate()
                if process.wait(30):
                    raise SystemExit(f"the service ended with {process.returncode}: {(self.folder / 'run.log').read_text()}")
            finally:
                process.kill()

    def address(self) -> str:
        """Wait for the pages of the service, and return where they are."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := re.findall(r"http://127\.0\.0\.1:\d+", (self.folder / "run.log").read_text("utf-8")):
                return str(found[-1])
            time.sleep(0.1)
        raise SystemExit("the pages never answered")

    def invite(self, count: int) -> None:
        """Write the list of recipients."""
        lines = [f"redaction{number}@journal.example,Rédaction {number}\n" for number in range(count)]
        (self.folder / "recipients.csv").write_text("email,name\n" + "".join(lines), "utf-8")

    def _command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "publisher", *map(str, words)]

    def _place(self) -> dict[str, Any]:
        return {"cwd": self.folder, "env": environment()}


class Office:
    """The people of a hall, and what the service does, in this process."""

    def __init__(self, hall: Hall) -> None:
        from publisher.config import load
        from publisher.pipeline.desk import Desk

        self.hall = hall
        self.desk = Desk.opened(load(hall.folder / "config.toml"), secrets=True)
        from publisher.models import Actor, Person

        self._author, self.approver = (Actor(Person.objects.get(name=name), "bench") for name in ("camille", "dominique"))
        self._count = 0

    def approved(self, at: str | None = None, channels: tuple[str, ...] = ()) -> str:
        """Queue a communiqué like no other before and agree to it; return the id of its one delivery."""
        from publisher.pipeline import approve, planning, queue
        from publisher.pipeline.plan import Request

        self._count += 1
        document = self.hall.folder / f"communique-{self._count}.md"
        document.write_text(COMMUNIQUE.read_text("utf-8").replace("# ", f"# {self._count}. ", 1), "utf-8")
        queued = queue.queue(self.desk, self._author, planning.read(self.desk, document, Request(at=at, channels=channels)))
        approve.approve(self.desk, self.approver, queued.id)
        return queued.deliveries[0].id

    def wait_until_delivered(self, count: int) -> None:
        """Return when so many deliveries are out; every other end is the end of the benchmark."""
        from publisher.models import Delivery

        end = time.monotonic() + PATIENCE + count
        while Delivery.objects.filter(state="delivered").count() < count:
            if time.monotonic() > end or Delivery.objects.exclude(state__in=["planned", "sending", "delivered"]).exists():
                raise SystemExit(f"not all was delivered: {list(Delivery.objects.values_list('state', 'reason').distinct())}")
            time.sleep(0.2)


@contextmanager
def simulators(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Run the simulated platforms in a process of their own, with their durable logs in the folder; give what it says of itself."""
    command = [sys.executable, "-m", "publisher", "simulate", "--port", "0", "--state", str(folder), "--format", "json"]
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(_document(process.stdout))
        finally:
            process.terminate()


def _document(lines: Iterator[str]) -> str:
    """Return the first JSON document of a stream that stays open: it ends with a brace on a line of its own."""
    text = ""
    for line in lines:
        text += line
        if line.rstrip() == "}" or (text == line and line.rstrip().endswith("}")):
            return text
    raise SystemExit("the simulators do not start")


def entries(log: Path, event: str) -> list[dict[str, Any]]:
    """Return what the log of a simulated platform holds of one event."""
    return [entry for entry in map(json.loads, log.read_text("utf-8").splitlines()) if entry["event"] == event]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def folder_on_disk() -> Iterator[Path]:
    """Give a folder on a real disk, which TMPDIR chooses: durability costs nothing in memory."""
    from publisher.storage import filesystem

    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name:
        if filesystem(Path(name)) in IN_MEMORY:
            raise SystemExit(f"{name} is a disk in memory: name a folder on a real one in TMPDIR.")
        yield Path(name)


def verdict(name: str, figure: str, promise: str, *, kept: bool) -> None:
    """Print the one line that tells whether a promise is kept, and end with 1 if not."""
    print(f"{name}: {figure} (promise {promise}): {'kept' if kept else 'NOT KEPT'}", flush=True)
    if not kept:
        raise SystemExit(1)
