"""The process in which the platforms live: it outlives every kill of the service, and its logs are the judge."""

import os
import random
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from publisher.testing import simulator
from publisher.testing.platform import Request
from publisher.testing.simulator import Simulator
from publisher.testing.storm import STORM, Storm
from tests import lifeline
from tests.kills.ground import Ground, SkippingClock

LAGS = (0.0, 0.0, 0.0, 5.0, 20.0, 45.0)
"""Seconds until a read shows what was accepted; one of them is more than X is given to settle."""


@dataclass(frozen=True)
class Sky:
    """The weather of a trial."""

    stormy: bool
    seed: str


class Counted(Simulator):
    """Tells the clock how many requests are being answered."""

    clock: SkippingClock

    def serve(self, request: Request, connection: socket.socket) -> None:
        self._count(1)
        try:
            super().serve(request, connection)
        finally:
            self._count(-1)

    _under_way = 0
    _counting = threading.Lock()

    def _count(self, change: int) -> None:
        with self._counting:
            self._under_way += change
            self.clock.count(self._under_way)


@contextmanager
def alive(ground: Ground, sky: Sky) -> Iterator[None]:
    """Let the platforms answer, in a child of ours, while the block runs."""
    ready, tell = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            lifeline.hang_on(parent)
            _live(ground, sky, tell)
        finally:
            os._exit(1)
    os.close(tell)
    try:
        if not os.read(ready, 1):
            raise RuntimeError("the platforms did not start")
        yield
    finally:
        os.close(ready)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _live(ground: Ground, sky: Sky, tell: int) -> None:
    dice = random.Random(sky.seed)
    opened = simulator.platforms(ground.clock.now, ground.trial)
    for platform in opened:
        if sky.stormy:
            platform.faults = Storm(platform.named_faults, STORM[platform.name], random.Random(f"{sky.seed}/{platform.name}"))
    if sky.stormy:
        for platform in opened[:2]:
            platform.switch(lag=dice.choice(LAGS))
    server = Counted(opened, ground.port, site=ground.trial / "site")
    server.clock = ground.clock
    server.start()
    os.write(tell, b".")
    threading.Event().wait()


def log(folder: Path, name: str) -> Path:
    """Return the log of one platform."""
    return folder / f"{name}.jsonl"
