"""A delivery as it is recorded: a thread whose second answer is lost, looked up and found, and a mailing; with files for a disk.

python -m tests.power.delivery FOLDER [SYNCHRONOUS]
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection, connections

from publisher import storage
from publisher.adapters.base import Finds, Recipient, Sessions
from publisher.settings import DATABASE
from publisher.testing.memory_platform import accept, unknown
from tests.database import CONFIG, NOON, StillClock
from tests.pipeline.town import Town, letter

PRESS = "presse@valmont.example"
PEOPLE = tuple(Recipient(f"redaction{number}@journal.example", "") for number in range(1, 5))
TEXTS = ("Un.", "Deux.")
PLATFORMS = ("reads", "mail")


def turn_to(folder: Path) -> None:
    """Let Django work on the database of this folder."""
    connection.close()
    connections.settings["default"]["NAME"] = folder / DATABASE


@contextmanager
def turned_back() -> Iterator[None]:
    """Let Django work, afterwards, on the database on which it worked before."""
    before = connections.settings["default"]["NAME"]
    try:
        yield
    finally:
        turn_to(Path(before).parent)


def opened(folder: Path, *, after: timedelta = timedelta(0)) -> Town:
    """Return the town on this folder, so long after noon."""
    turn_to(folder)
    town = Town(StillClock(NOON + after), folder)
    town.channel("reads", Finds)
    town.channel("mail", Sessions, account=PRESS).people = PEOPLE
    return town


def prepare(folder: Path) -> None:
    """Make a folder in which both deliveries are planned and due in a minute."""
    folder.mkdir()
    turn_to(CONFIG.storage.data_dir)
    storage.migrate(CONFIG)
    shutil.copy(storage.path(CONFIG), folder)
    town = opened(folder)
    town.planned(reads=town.part("reads", *TEXTS), mail=town.part("mail", payload=letter()))
    connection.close()


def deliver(folder: Path) -> None:
    """Deliver both, in this process."""
    town = opened(folder, after=timedelta(minutes=1))
    town.platforms["reads"].script("send", accept(), unknown(accepted=True))
    town.work_until_settled(minutes=3)
    assert {town.state(name) for name in PLATFORMS} == {("delivered", "")}
    connection.close()


if __name__ == "__main__":
    options = connections.settings["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous = FULL", f"synchronous = {sys.argv[2]}")
    deliver(Path(sys.argv[1]))
