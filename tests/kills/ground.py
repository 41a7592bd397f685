"""What all processes of a trial share: a clock that skips what everybody would only wait for, the configuration, a first data directory."""

import dataclasses
import gc
import mmap
import pkgutil
import random
import shutil
import socket
import sqlite3
import struct
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import publisher
from publisher import config, shipped, storage
from publisher.config import Config
from publisher.testing.email import Mail
from publisher.testing.facebook import Facebook
from publisher.testing.x import X

NOON = datetime.fromtimestamp(time.time() // 60 * 60 + 86_400, UTC)
"""When every trial begins: ahead of the machine's own clock, so that no wait which counts from that one is still to come."""

DUE = NOON + timedelta(minutes=1)
BEGINS = 45.0
"""Seconds after noon when the service is first started: nothing is due yet."""

APPROVED, UNAPPROVED, LATE, ALTERED = "Le marché change de place", "Sans visa", "Trop tard", "Programme du soir"
"""What may leave, and what may not: agreed to by nobody, too late when the service starts, altered after the visa."""

LONG_AGO = timedelta(hours=6)
PEOPLE = ("lea.morvan@journal.example", "redaction@radio.example", "paul.ferrand@gazette.example", "ines.faure@hebdo.example")

COMMUNIQUE = """# {title}

Le marché hebdomadaire de la ville se tient désormais place Basse, de 8 h à 13 h.

Contact presse : Camille Dervaux, 01 99 00 12 34
"""

_OFFSET, _UNDER_WAY = struct.Struct("d"), struct.Struct("i")


class SkippingClock:
    """Runs as real clocks do, but may be moved on by a process that finds nothing to do; all processes forked later see that.

    A platform that hesitates says so: then nothing is skipped, for a lazy platform must not look like one that settled.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._began = time.monotonic()

    def start(self, after: float = 0) -> None:
        """Begin anew, so many seconds after noon."""
        self._began = time.monotonic()
        _OFFSET.pack_into(self._shared, 0, after)
        _UNDER_WAY.pack_into(self._shared, 64, 0)

    def boottime(self) -> float:
        return 1000.0 + time.monotonic() - self._began + _OFFSET.unpack_from(self._shared, 0)[0]

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.boottime() - 1000.0)

    def boot_id(self) -> str:
        return "start"

    def synchronised(self) -> bool:
        return True

    def skip(self, seconds: float) -> None:
        """Move on, unless a platform is still busy."""
        if not _UNDER_WAY.unpack_from(self._shared, 64)[0]:
            _OFFSET.pack_into(self._shared, 0, _OFFSET.unpack_from(self._shared, 0)[0] + seconds)

    def count(self, under_way: int) -> None:
        """Tell how many requests the platforms are answering."""
        _UNDER_WAY.pack_into(self._shared, 64, under_way)


@dataclasses.dataclass(frozen=True, eq=False)
class Ground:
    """Where one worker of the campaign plays its trials, one after the other, always on the same two ports."""

    home: Path
    ports: Sequence[socket.socket]
    clock: SkippingClock

    @property
    def port(self) -> int:
        """Of the platforms over HTTP; the next one is that of the mail server."""
        return int(self.ports[0].getsockname()[1])

    @property
    def template(self) -> Path:
        return self.home / "template"

    @property
    def trial(self) -> Path:
        return self.home / "trial"

    def configuration(self, home: Path, timeout: float) -> Config:
        """The shipped example, pointed at the simulators."""
        base = f"http://127.0.0.1:{self.port}"
        people = self.home / "people.csv"
        people.write_text("\n".join(["email", *PEOPLE]), encoding="utf-8")
        channels = {
            "website": {"directory": home / "site", "timeout": 5.0, "not_after": 240},
            "facebook": {"api_base": f"{base}/facebook", "timeout": timeout, "not_after": 240},
            "x": {"api_base": f"{base}/x", "timeout": timeout, "not_after": 240},
            "email": {"host": "127.0.0.1", "port": self.port + 1, "security": "none", "timeout": timeout, "recipients": people},
        }
        environ = {"PUBLISHER_TOWN_SITE_URL": f"{base}/site", **X.secrets, **Facebook.secrets}
        environ |= Mail.secrets
        for name, keys in channels.items():
            environ |= {f"PUBLISHER_CHANNELS_{name}_{key}".upper(): str(value) for key, value in keys.items()}
        loaded = config.load(shipped.example_config(), environ)
        return dataclasses.replace(loaded, storage=config.Storage(data_dir=home / "data"))

    def fresh(self) -> None:
        """Lay out a trial: the data directory as it was after the approval, an empty website, platforms that know nothing."""
        shutil.rmtree(self.trial, ignore_errors=True)
        shutil.copytree(self.template / "data", self.trial / "data")
        (self.trial / "site").mkdir()
        self.clock.start(BEGINS)


def opened(home: Path) -> Ground:
    """Make a ground in a folder, with a database in which one announcement is approved, and another one is not approved."""
    home.mkdir(exist_ok=True)
    ground = Ground(home, _reserved(), SkippingClock())
    _prepare(ground)
    return ground


def turn_to(data_dir: Path) -> None:
    """Let Django work on this data directory."""
    from django.db import connection, connections

    connection.close()
    connections.settings["default"]["NAME"] = data_dir / "publisher.sqlite3"


def _prepare(ground: Ground) -> None:
    settings = ground.configuration(ground.template, 5.0)
    settings.storage.data_dir.mkdir(parents=True)
    turn_to(settings.storage.data_dir)
    from publisher.adapters import registry
    from publisher.models import Actor, Person
    from publisher.pipeline import approve, planning, queue
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Request

    storage.migrate(settings)
    ground.clock.start(-LONG_AGO.total_seconds())
    desk = Desk(settings, registry.configure(settings, secrets=True), ground.clock)
    camille, dominique = (
        Actor(Person.objects.create(name=name, role=role, created_at=desk.now()), "login")
        for name, role in (("camille", "author"), ("dominique", "approver"))
    )
    for title, channels in ((APPROVED, ()), (UNAPPROVED, ()), (LATE, ("x",)), (ALTERED, ("x",))):
        path = ground.home / f"{title}.md"
        path.write_text(COMMUNIQUE.format(title=title), encoding="utf-8")
        due = DUE - LONG_AGO + timedelta(minutes=5) if title == LATE else DUE
        queued = queue.queue(desk, camille, planning.read(desk, path, Request(at=due.isoformat(), channels=channels)), again=True)
        if title != UNAPPROVED:
            approve.approve(desk, dominique, queued.id)
    _alter(settings.storage.data_dir / "publisher.sqlite3")


def _alter(database: Path) -> None:
    """Change a text behind the back of those who agreed to it, as somebody who may write the file could."""
    from django.db import connection

    connection.close()
    with closing(sqlite3.connect(database)) as base, base:
        ((guard, statement),) = base.execute("SELECT name, sql FROM sqlite_master WHERE name = 'keep_delivery_update'").fetchall()
        base.execute(f"DROP TRIGGER {guard}")
        changed = "UPDATE publisher_delivery SET payload = replace(payload, ?, ?) WHERE instr(payload, ?)"
        base.execute(changed, (ALTERED, f"{ALTERED} !", ALTERED))
        base.execute(statement)


def warm() -> None:
    """Set Django up and import, once for all, what each process of each trial would import; the children find it there."""
    with tempfile.TemporaryDirectory() as home:
        storage.connect(dataclasses.replace(config.load(shipped.example_config(), {}), storage=config.Storage(data_dir=Path(home))))
    for module in pkgutil.walk_packages(publisher.__path__, "publisher."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.collect()
    gc.freeze()


def _reserved() -> list[socket.socket]:
    """Keep two ports that follow each other for the platforms, below those that the system gives to callers."""
    while True:
        port = random.randrange(10_000, 30_000)
        pair = [socket.socket(), socket.socket()]
        try:
            for number, one in enumerate(pair):
                one.bind(("127.0.0.1", port + number))  # alone, as long as nobody else is there
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # with the platforms, who listen there later
        except OSError:
            for one in pair:
                one.close()
            continue
        return pair
