"""Until an embargo lifts no byte of the announcement is public, nor on anybody's platform: in no state that people and faults can reach."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publisher import config, storage
from publisher.adapters.base import Finds, Probes, Recipient, Sessions
from publisher.adapters.registry import configure
from publisher.errors import PublisherError
from publisher.pipeline import hold, planning, queue, resolve, schedule
from publisher.pipeline.plan import Request
from publisher.pipeline.tenure import Tenure
from publisher.testing.facebook import Facebook
from publisher.testing.simulator import Simulator
from tests.database import CONFIG, NOON, StillClock
from tests.pipeline.town import Town, one_round

LIFTS = NOON + timedelta(hours=2)
TEXT = f"""---
embargo_until: {LIFTS.isoformat()}
---

# Le marché change de place

À partir de samedi, le marché se tient place Basse, de 8 h à 13 h, et la place Haute est fermée pour trois mois de travaux.

Contact presse : Ada Morel, ada@valmont.example
"""
CHANNELS = """
[town]
name = "Ville de Valmont-les-Tilleuls"
site_url = "{site}"
[storage]
data_dir = "{data}"
[channels.website]
adapter = "static-site"
directory = "{pages}"
url = "{site}"
timeout = 2.0
[channels.facebook]
adapter = "facebook"
account = "100000000000001"
api_base = "{facebook}"
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class World:
    """One town, its platforms in simulators whose clock is right, and its own clock, which may be wrong."""

    def __init__(self, ground: "Ground") -> None:
        connection.close()
        shutil.rmtree(ground.folder)
        shutil.rmtree(ground.pages)
        ground.folder.mkdir()
        ground.pages.mkdir()
        shutil.copy(storage.path(CONFIG), ground.folder)
        self.clock, self.pages = StillClock(), ground.pages
        ground.world = self
        self.facebook = Facebook(self.truth)
        ground.simulator.platforms.update(facebook=self.facebook)
        self.town = Town(self.clock, ground.folder)
        self.town.site_url = ground.site
        self.town.channels |= configure(ground.config, secrets=True)
        self.x = self.town.channel("x", Finds, Probes, account="memory")  # the real one signs with the machine's own time
        self.x.clock = self.truth
        self.mail = self.town.channel("mail", Sessions, account="presse@valmont.example", before_embargo=True)
        self.mail.people = (Recipient("redaction@journal.example", ""),)
        self.service: Tenure | None = None
        path = ground.folder.parent / "marche.md"
        path.write_text(TEXT, encoding="utf-8")
        self.name = queue.queue(self.town.desk, self.town.who("camille"), planning.read(self.town.desk, path, Request())).id

    def truth(self) -> datetime:
        """The time that it really is."""
        return NOON + timedelta(seconds=self.clock.boot - 1000)

    # ---------------------------------------------------------------- what may happen

    def approve(self) -> None:
        self.town.approve(self.name)

    def start(self) -> None:
        self.service = self.town.service()

    def work(self) -> None:
        self.service = self.service or self.town.service()
        one_round(self.service)

    def wait(self, span: timedelta) -> None:
        """Let time pass, but not the embargo."""
        self.clock.move(min(span, max(LIFTS - timedelta(seconds=1) - self.truth(), timedelta(0))).total_seconds())

    def correct_clock(self) -> None:
        self.clock.wall, self.clock.ntp = self.truth(), True

    def move_to(self, when: datetime) -> None:
        schedule.reschedule(self.town.desk, self.town.who("camille"), self.name, when.isoformat())

    def hold(self) -> None:
        hold.hold(self.town.desk, self.town.who("eden"), self.name)

    def resume(self) -> None:
        hold.resume(self.town.desk, self.town.who("dominique"), self.name)

    def send_again(self) -> None:
        resolve.send_again(self.town.desk, self.town.who("camille"), self.town.delivery("website").pk)

    # ---------------------------------------------------------------- what is out

    def public(self) -> list[object]:
        """All that anybody outside holds: pages with their Open Graph, feed and map, posts seen and unseen."""
        files = [path for path in self.pages.rglob("*") if path.is_file()]
        return [*files, *self.x.accepted, *self.facebook.accepted]

    def letters(self) -> list[str]:
        return [str(entry["content"]) for entry in self.mail.accepted]


class Ground:
    """What all examples share: the ports and folders."""

    world: World

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.pages = folder, home / "pages"
        self.pages.mkdir()
        self.simulator = Simulator([Facebook(self.truth)])
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(self.pages)))
        self.site = f"http://127.0.0.1:{self.server.server_port}"
        text = CHANNELS.format(site=self.site, data=folder, pages=self.pages, facebook=self.simulator.url_of("facebook"))
        (home / "config.toml").write_text(text, encoding="utf-8")
        self.config = config.load(home / "config.toml", Facebook.secrets)

    def truth(self) -> datetime:
        return self.world.truth()


@pytest.fixture
def ground(data_dir: Path, tmp_path: Path) -> Iterator[Ground]:
    made = Ground(data_dir, tmp_path)
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with made.simulator:
        yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


Act = Callable[[World], None]
ACTS: dict[str, Act] = {
    "approve": World.approve,
    "start": World.start,
    "work": World.work,
    "a second": lambda world: world.wait(timedelta(seconds=1)),
    "half an hour": lambda world: world.wait(timedelta(minutes=30)),
    "the last second": lambda world: world.wait(timedelta(days=1)),
    "clock +2 min": lambda world: world.clock.leap(timedelta(minutes=2)),
    "clock +1 h": lambda world: world.clock.leap(timedelta(hours=1)),
    "clock +10 y": lambda world: world.clock.leap(timedelta(days=3650)),
    "clock -1 h": lambda world: world.clock.leap(timedelta(hours=-1)),
    "clock corrected": World.correct_clock,
    "earlier": lambda world: world.move_to(LIFTS - timedelta(minutes=90)),
    "later": lambda world: world.move_to(LIFTS + timedelta(minutes=1)),
    "hold": World.hold,
    "resume": World.resume,
    "pause": lambda world: world.town.pause(),
    "unpause": lambda world: world.town.unpause(),
    "send again": World.send_again,
}


def happens(world: World, name: str) -> None:
    """Let it happen; people are refused at times."""
    try:
        ACTS[name](world)
    except PublisherError:
        return


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
@example(["approve", "clock +10 y", "start", "work", "work"])
@example(["approve", "start", "clock +1 h", "clock +1 h", "work", "resume", "work"])
@example(["approve", "the last second", "clock +2 min", "work", "work"])
@example(["approve", "start", "the last second", "clock +2 min", "work", "work"])
def test_embargo_lets_no_public_byte_out_in_any_reachable_state(ground: Ground, acts: list[str]) -> None:
    """A clock that nobody else keeps right may be wrong by less than a minute: platforms tell theirs no better (delivery.md §4)."""
    world = World(ground)
    for act in acts:
        happens(world, act)
        assert world.truth() < LIFTS
        assert world.public() == []
        assert not any(ground.site in letter for letter in world.letters())


def test_embargo_that_lifts_lets_everything_out_and_the_letter_had_left_before_without_the_address(ground: Ground) -> None:
    """What the property watches does come: it does not look away."""
    world = World(ground)
    happens(world, "approve")
    begun = world.town.work()
    (letter,) = world.letters()
    assert world.public() == []
    assert ground.site not in letter
    world.clock.move((LIFTS - world.truth()).total_seconds())
    world.town.work_until_settled(begun, minutes=2)
    assert {path.name for path in ground.pages.rglob("*")} >= {"index.html", "sitemap.xml"}
    assert world.x.accepted
    assert [post["text"] for post in world.facebook.accepted]
    assert world.letters() == [letter]
    assert all(datetime.fromisoformat(str(entry["at"])) >= LIFTS for entry in world.x.accepted)
