"""The memory of the service with its pages, at rest after every page was asked for. Promise: at most 150 MB.

    python benchmarks/idle.py

The reference is the same service without pages (`run --no-web`), in the same run.
"""

import re
import time
from pathlib import Path

from hall import FACEBOOK, Hall, folder_on_disk, simulators, verdict

from publisher.clock import SystemClock
from publisher.testing.somebody import Somebody

PROMISE = 150.0  # MB
PAGES = (
    "/",
    "/annonces/",
    "/calendrier/",
    "/calendrier/?vue=semaine",
    "/journal/",
    "/canaux/",
    "/personnes/",
    "/aide/",
    "/compte/",
    "/absence/",
)
TURNS = 5
REST = 5.0
"""Seconds after the last page: a few ticks with nothing to do."""


def resident(pid: int) -> float:
    """Return the memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def read_all(address: str, invitation: str) -> None:
    """Come in, open every page several times, and a draft with its previews."""
    camille = Somebody(address, "camille", "quatre mots sans aucun lien", SystemClock().now)
    camille.enter(invitation)
    for _turn in range(TURNS):
        for page in PAGES:
            camille.get(page)
    draft, _page = camille.post("/brouillons/nouveau/")
    camille.post(draft, title="Le marché change de place", body="Il se tient place Basse.", act="save")
    camille.get(draft)


def main() -> None:
    with folder_on_disk() as folder, simulators(folder) as told:
        hall = Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"])
        with hall.service("--no-web") as process:
            time.sleep(REST)
            alone = resident(process.pid)
        with hall.service() as process:
            address = hall.address()
            read_all(address, re.sub("^https?://[^/]+", address, hall.says("user", "invite", "camille").split()[-1]))
            time.sleep(REST)
            used = resident(process.pid)
    print(f"without pages: {alone:.0f} MB")
    verdict("idle", f"{used:.0f} MB, {used / alone:.1f} × the service without pages", f"≤ {PROMISE:.0f} MB", kept=used <= PROMISE)


if __name__ == "__main__":
    main()
