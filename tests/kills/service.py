"""The service as it runs in a town hall, but in a hurry: its ticks are short, and when nobody works the clock skips the waiting."""

import faulthandler
import gc
import itertools
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from functools import cache

from publisher import crashpoints
from publisher.adapters import registry
from publisher.errors import AlreadyRunning
from publisher.pipeline import claim, tenure
from publisher.pipeline.desk import Desk
from publisher.worker import embedded, lock
from tests import lifeline
from tests.kills.ground import DUE, Ground, turn_to

TICK = 0.05
BUSY = 5.0
"""Seconds of work after which a tick comes all the same; earlier ones would keep the lanes from ever being seen idle on a slow machine."""

SKIP = 60.0
"""Seconds skipped when nobody works."""

BROKEN = 70


@dataclass(frozen=True)
class Death:
    """When a run of the service is killed: so many seconds after its start, or at so many visits of any crash point; None: not."""

    after: float | None = None
    visits: int | None = None


class Hasty(embedded.Service):
    """The service, which does not wait for what is not under way."""

    _woken = 0.0

    def _tick(self) -> None:
        if not self._lanes.idle and time.monotonic() - self._woken < BUSY:
            self._ticks += 1  # a real tick does not come while the one before is still at work, either
            return
        if self._lanes.idle:
            self._tenure.desk.clock.skip(SKIP)  # type: ignore[attr-defined]
        self._woken = time.monotonic()
        super()._tick()

    def _is_idle(self) -> bool:
        """What is agreed to and due later is still to be done."""
        return super()._is_idle() and not claim.coming(self._tenure.now(), DUE)


def start(ground: Ground, timeout: float, death: Death) -> int:
    """Fork a service that works until nothing is left to do; return its process."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = BROKEN
    try:
        lifeline.hang_on(parent)
        code = _serve(ground, timeout, death)
    except AlreadyRunning as error:
        code = error.exit_code
    except BaseException:  # noqa: BLE001 - whatever it is, it must not go on in our place
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def desk(ground: Ground, timeout: float) -> Desk:
    """The desk on the data directory of the trial."""
    turn_to(ground.trial / "data")
    return _desk(ground, timeout)


@cache
def _desk(ground: Ground, timeout: float) -> Desk:
    """Every trial of a ground is in the same place: its configuration is read once."""
    settings = ground.configuration(ground.trial, timeout)
    return Desk(settings, registry.configure(settings, secrets=True), ground.clock)


def _serve(ground: Ground, timeout: float, death: Death) -> int:
    faulthandler.register(signal.SIGUSR1)
    gc.disable()  # it does not live long
    embedded.TICK, embedded.DEAD = TICK, embedded.DEAD / TICK
    time.time = lambda: ground.clock.now().timestamp()  # what a library signs with is the machine's clock: it is this one here
    if death.visits is not None:
        crashpoints.install(_dies_at(death.visits))
    mine = desk(ground, timeout)
    with lock.held(mine.config.storage.data_dir):
        return Hasty(tenure.begin(mine), until_idle=True).run()


def _dies_at(visits: int):
    counter, alone = itertools.count(1), threading.Lock()

    def visited(place: str) -> None:
        del place
        with alone:
            if next(counter) == visits:
                os.kill(os.getpid(), signal.SIGKILL)

    return visited
