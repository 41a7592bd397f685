"""The world of the state machine: one channel of each kind, a service that can die or be replaced anywhere, and the story so far."""

import copy
import dataclasses
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection

from publisher import crashpoints
from publisher.adapters.base import Corrects, Finds, Idempotency, Pace, Probes, Recipient, Sessions, Step, Withdraws
from publisher.errors import Refused
from publisher.models import Holder
from publisher.pipeline import claim, deliver, probe, reconcile
from publisher.pipeline.tenure import Tenure
from publisher.settings import DATABASE
from tests.machine.clocks import TwoClocks
from tests.pipeline.town import Shown, Town, letter, one_round

CHANNELS = ("site", "two", "reads", "mail")
PRESS = ("ada@journal.example", "bo@journal.example", "cy@journal.example")
WRONG = 5


class Killed(BaseException):
    """The end of the process, as near as one process can come to it: every open transaction is lost."""


@dataclasses.dataclass(frozen=True)
class Part:
    """What one channel is to carry, as the model knows it: kept when it was queued, never read back from the database."""

    id: str
    announcement: str
    channel: str
    editor: str
    account: str
    steps: tuple[Step, ...]
    alternative: tuple[Step, ...]
    embargo: datetime | None
    without_link: bool


@dataclasses.dataclass
class Memory:
    """What people agreed to and refused, by the hash of what they saw."""

    visas: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    rejected: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True)
class Backup:
    """The database of an earlier moment, and what was true then."""

    file: Path
    memory: Memory
    events: dict[str, int]
    parts: frozenset[str]


class World(Town):
    durable = False

    def __init__(self, clock: TwoClocks, data_dir: Path) -> None:
        super().__init__(clock, data_dir)
        self.site_url = "https://memory.example"
        self.shown = Shown()
        self.story: list[str] = []
        self.parts: dict[str, Part] = {}
        self.memory = Memory()
        self.callers: dict[str, set[str]] = defaultdict(set)
        self.allowed: Counter[str] = Counter()  # how often two people, or one who was told to look first, let a delivery leave again
        self.decided: set[str] = set()  # deliveries about which a person's word counts more than what is online
        self.doubtful: set[str] = set()  # deliveries of which something left that a restored database has forgotten
        self.forgotten: set[str] = set()
        self.began_wrong: dict[int, bool] = {}
        self.runs: list[Tenure] = []
        self.begun: Tenure | None = None
        self.backup: Backup | None = None
        self._open_channels()
        self.opened = self.channels

    def platform_time(self) -> datetime:
        return self.clock.true()

    def tell(self, words: str) -> None:
        self.story.append(f"{self.clock.now():%d %H:%M:%S} {words}")

    def _open_channels(self) -> None:
        able = (Withdraws, Corrects)
        self.channel("site", Finds, *able, idempotency=Idempotency.CLIENT_ID, shows=self.shown, account="memory")
        self.channel("two", *able, idempotency=Idempotency.TWO_PHASE, account="memory", after=("site",))
        self.channel("reads", Finds, Probes, *able, account="memory", after=("site",))
        self.channel("mail", Sessions, Corrects, account="presse@valmont.example", after=("site",))
        self.platforms["mail"].people = tuple(Recipient(address, address[:2]) for address in PRESS)
        mail = self.channels["mail"].adapter
        mail.pace = Pace(connections=1)  # one call after the other: the same choices give the same story
        mail.correction = lambda message, former: letter(f"Rectificatif, {message.title}")

    def configure(self, channel: str, change: Callable[[dict], None]) -> None:
        """Write config.toml anew and start the service again, as an operator does."""
        self.channels = dict(self.channels)
        change(self.channels)
        self.begun = None
        self.tell(f"config.toml changes for {channel}; the service is stopped")

    def set(self, channel: str, what: str) -> None:
        """Write a channel's account wrong, switch it off, take it out of config.toml, or put it right."""
        right = self.opened[channel]
        settings = {"account": {"account": "other"}, "enabled": {"enabled": False}}.get(what, {})
        changed = right._replace(settings=dataclasses.replace(right.settings, **settings))
        self.configure(
            f"{channel} ({what})",
            lambda channels: channels.pop(channel, None) if what == "missing" else channels.update({channel: changed}),
        )

    # ---------------------------------------------------------------- the service

    def start(self) -> None:
        """Begin a run; the one before, if any, still holds its objects."""
        try:
            self.begun = self.service()
        except Refused as error:
            self.begun = None
            self.tell(f"the service does not start: {error.code}")
            return
        self.began_wrong[self.begun.epoch] = abs(self.clock.skew.total_seconds()) > WRONG
        self.runs.append(self.begun)
        self.tell(f"the service starts, epoch {self.begun.epoch}")

    def kill(self) -> None:
        self.begun = None
        self.tell("the service is killed")

    def run(self, at: int = 0, interruption: Callable[[], object] | None = None) -> None:
        """Let the service work until nothing is left to do now; at its so-manieth crash point something happens, or it dies."""
        if self.begun is None:
            self.start()
        crashpoints._hooks[:] = [self._interrupting(at, interruption)] if at else []
        try:
            if self.begun:
                self.work(self.begun)
                self.tell("the service works")
        except Killed as place:
            self.begun = None
            self.tell(f"the service is killed at {place}")
        finally:
            crashpoints._hooks[:] = []
            for thread in [thread for thread in threading.enumerate() if thread.name == "mail"]:
                thread.join(10)

    def _interrupting(self, at: int, interruption: Callable[[], object] | None) -> Callable[[str], None]:
        left = [at]

        def hook(place: str) -> None:
            if threading.current_thread() is not threading.main_thread() or left[0] <= 0:
                return
            if interruption and connection.in_atomic_block:
                return  # somebody else's act would wait for the end of the transaction
            left[0] -= 1
            if left[0] == 0:
                if interruption is None:
                    raise Killed(place)
                self.tell(f"at {place}:")
                interruption()

        return hook

    def one_thing(self, nth: int) -> None:
        """Let the service do one thing of those that it could do now."""
        if self.begun is None:
            self.start()
        begun = self.begun
        if begun is None:
            return
        doubts, due = [number for _channel, number, _name in reconcile.due(begun)], [name for _channel, name in claim.due(begun)]
        things = [
            lambda: probe.ahead(begun),
            lambda: probe.look(begun),
            *(lambda number=number: reconcile.settle(begun, number) for number in doubts),
            *(lambda name=name: deliver.advance(begun, name) for name in due),
        ]
        things[nth % len(things)]()
        self.tell(f"the service does thing {nth % len(things)} of {len(things)}")

    def wake(self, nth: int) -> None:
        """Let a run that was replaced do what it believes to be its work."""
        older = [run for run in self.runs if Holder.objects.filter(epoch__gt=run.epoch).exists()]
        if older:
            run = older[nth % len(older)]
            before = self._calls()
            one_round(run)
            assert self._calls() == before, "an older run called a platform"
            self.tell(f"the run of epoch {run.epoch} wakes up")

    def _calls(self) -> list[int]:
        """Count the calls that more than look at what a platform tells everybody."""
        return [sum(method != "probe" for method, _ in platform.calls) for platform in self.platforms.values()]

    # ---------------------------------------------------------------- the disk

    def keep_backup(self) -> None:
        connection.close()
        file = self.folder.parent / "backup.sqlite3"
        shutil.copy(self.folder / DATABASE, file)
        events = {name: len(platform.events) for name, platform in self.platforms.items()}
        self.backup = Backup(file, copy.deepcopy(self.memory), events, frozenset(self.parts))
        self.tell("a backup is made")

    def restore(self) -> None:
        """Put the backup in the database's place; the platforms forget nothing."""
        if self.backup is None:
            return
        connection.close()
        shutil.copy(self.backup.file, self.folder / DATABASE)
        self.memory = copy.deepcopy(self.backup.memory)
        self.forgotten |= set(self.parts) - self.backup.parts
        self.doubtful |= set(self.parts)
        self.callers.clear()
        self.tell("the backup is put in the place of the database")
