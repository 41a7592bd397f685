"""What `publisher demo` leaves on the pages to be tried: two people who may sign in, announcements in every state, a draft."""

import re
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as hour_of_day
from pathlib import Path

from publisher.clock import SystemClock
from publisher.config import load
from publisher.testing.demo import TownHall
from publisher.testing.demo_texts import DRAFT, SCENES, TO_PASTE, WRONG, Scene
from publisher.testing.somebody import Somebody

LAST_OF_ACCOUNT = re.compile(r'name="last_of_account" value="(\d+)"')
PATIENCE = 5  # seconds
LOOK = 1.5  # seconds: the service tells people with each of its ticks

VERBS: Mapping[str, tuple[str, ...]] = {"reject": ("--reason", WRONG)}
"""What a verb needs beside the announcement and who does it."""


def people(town: TownHall, names: tuple[str, ...]) -> list[Somebody]:
    """Let these people in, as they would come: by an invitation, with a password and a second factor of their own."""
    inside = []
    for name in names:
        invitation = town.run("user", "invite", name).split()[-1]
        somebody = Somebody(town.pages, name, secrets.token_urlsafe(9), SystemClock().now)
        somebody.enter(invitation)
        inside.append(somebody)
    return inside


def play(town: TownHall, author: Somebody, approver: Somebody) -> Path:
    """Fill the pages; return a press release that is ready to be pasted into them."""
    for scene in SCENES:
        _queue(town, scene, author.name, approver.name)
    draft, _page = author.post("/brouillons/nouveau/")
    author.post(draft, **DRAFT)
    ready = town.folder / "a-coller.md"
    ready.write_text(TO_PASTE, encoding="utf-8")
    for somebody in (author, approver):
        _read_what_was_prepared(somebody)
    return ready


def _read_what_was_prepared(somebody: Somebody) -> None:
    """Read what was told of the accounts: they were made ready at the command line, which is no news to whoever tries the pages."""
    end = time.monotonic() + PATIENCE
    while not (told := LAST_OF_ACCOUNT.search(somebody.get("/"))) and time.monotonic() < end:
        time.sleep(LOOK)
    time.sleep(LOOK)
    told = LAST_OF_ACCOUNT.search(somebody.get("/"))
    if told:
        somebody.post("/avis/lus/", last_of_account=told[1])


def _queue(town: TownHall, scene: Scene, author: str, approver: str) -> None:
    (town.folder / scene.name).write_text(scene.text, encoding="utf-8")
    announcement = town.run("queue", scene.name, "--at", _at(town, scene), "--as", author).split()[-1]
    for verb in scene.acts:
        town.run(verb, announcement, *VERBS.get(verb, ()), "--as", approver)


def _at(town: TownHall, scene: Scene) -> str:
    """Return when it leaves, as a person would type it: a moment of the town's own day."""
    today = SystemClock().now().astimezone(load(town.config).town.zone).date()
    return datetime.combine(today + timedelta(days=scene.days), hour_of_day.fromisoformat(scene.hour)).isoformat(timespec="minutes")
