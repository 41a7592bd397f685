"""A delivery is recorded, the power fails, the service starts again on what the disk kept, and the platforms' ledgers judge."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection

from publisher.models import audit
from publisher.settings import DATABASE
from tests.pipeline.town import Town
from tests.power import delivery
from tests.power.disk import Files, failures
from tests.power.recorded import record

ROOT = Path(__file__).parents[2]
LEDGERS = tuple(f"{name}.jsonl" for name in delivery.PLATFORMS)
KNOWN = """
SELECT s.step, s.recipient FROM publisher_attempt a JOIN publisher_deliverystep s ON a.step_id = s.id
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """A disk after a power failure, and the moment and way of it."""

    name: str
    files: Files

    def accepted(self) -> set[tuple[str, str]]:
        """What the platforms had taken in: steps, and recipients of a mailing."""
        lines = (line for name in LEDGERS for line in self.files.get(name, b"").splitlines())
        entries = [entry for line in lines if (entry := json.loads(line))["event"] == "accepted"]
        return {(entry["step"], entry["content"].get("to", "")) for entry in entries}

    def lay(self, folder: Path) -> None:
        """Make the folder what the disk kept."""
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def forgotten(self, folder: Path) -> set[tuple[str, str]]:
        """Open the database, which must be sound; return what a platform holds and no attempt tells of."""
        self.lay(folder)
        with sqlite3.connect(folder / DATABASE) as base:
            assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)], self.name
            known = set(base.execute(KNOWN))
        base.close()
        return self.accepted() - known

    def recover(self, folder: Path) -> None:
        """Start the service on it and let it work to the end: nothing twice, nothing forgotten, and the audit holds."""
        self.lay(folder)
        town = delivery.opened(folder, after=timedelta(minutes=6))
        town.work_until_settled()
        sent = [
            entry["content"].get("to", entry["content"]["text"]) for name in delivery.PLATFORMS for entry in town.platforms[name].online
        ]
        assert len(sent) == len(set(sent)), self.name
        for name in delivery.PLATFORMS:
            _judge(town, name, self.name)
        assert audit.broken() is None, self.name


def control(folder: Path, found: Path) -> int:
    """Return on how many disks a call is forgotten if SQLite may sync less: a replay that sees none would see nothing.

    Only what is dropped counts: a torn write may then damage the database as well.
    """
    left = [failure for failure in recorded(folder, "NORMAL") if failure.name.endswith(" dropped")]
    return sum(bool(failure.forgotten(found)) for failure in left)


def _judge(town: Town, channel: str, name: str) -> None:
    """What is out is shown as sent or in doubt; what is not is never shown as sent."""
    state, steps = town.state(channel), town.delivery(channel).steps
    assert state in {("delivered", ""), ("held", "undecided")}, name
    online = {(entry["step"], entry["content"].get("to", "")) for entry in town.platforms[channel].online}
    shown = {(row.step, row.recipient): row.state for row in steps.all()}
    assert {step for step, state in shown.items() if state == "sent"} <= online, name
    assert {shown[step] for step in online} <= {"sent", "in_doubt"}, name
    assert state[0] != "delivered" or set(shown) == online, name


def recorded(folder: Path, synchronous: str = "FULL") -> Sequence[Failure]:
    """Deliver under strace in this folder; return all that a power failure on the way may leave."""
    data = folder / f"data-{synchronous}"
    delivery.prepare(data)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    command = [sys.executable, "-m", "tests.power.delivery", str(data), synchronous]
    ops = record(command, data, folder / f"strace-{synchronous}.log", cwd=ROOT)
    return [Failure(name, files) for name, files in failures(before, ops, LEDGERS.__contains__)]
