"""The service: one process in which a clock wakes the pipeline. It decides nothing; what may leave, the pipeline knows."""

import logging
import math
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from django.db import DatabaseError, connections

from publisher import storage
from publisher.errors import StorageError
from publisher.i18n import _
from publisher.pipeline import (
    claim,
    handover,
    notice_mail,
    notices,
    preflight,
    probe,
    reconcile,
    renewal,
    status,
    tenure,
    webhooks,
)
from publisher.pipeline.desk import Desk
from publisher.pipeline.tenure import Tenure
from publisher.worker import errands, lock, systemd
from publisher.worker.lanes import Lanes
from publisher.worker.tellers import Tellers

TICK = 1
"""Seconds between two looks at the database."""

AHEAD = timedelta(seconds=5)
"""What is due within this time gets a wake-up of its own, at its very instant."""

FAR = 10
"""Seconds between two looks at what is to leave within days: nothing depends on the second."""

BEAT = 10
"""Seconds between two signs of life, each a durable write."""

DEAD = 30
"""Waits of a TICK without a whole tick after which the service ends itself, to be started again."""

HASTE = 4
"""Seconds that a tick waits for a locked database; the next one comes at once."""

PATIENCE = 25
"""Seconds that a call under way has to reach its deadline and its outcome to be written, once the service is asked to stop."""

EYES = ":probe"
"""The lane of all that only reads; no channel can have this name."""

WRITES = ":notices"
"""The lane in which it is written down who is told what."""

MAILS = ":mail"
"""The lane in which notices are mailed: a mail server that is slow keeps nothing else back."""

NEWS = ":webhooks"
"""The lane in which other programs are told."""

FORESIGHT = ":preflight"
"""The lane in which platforms are asked long before something leaves: one that is slow keeps nothing else back."""

BESIDE = 5
"""These lanes, which take no room from the channels'."""

log = logging.getLogger(__name__)


def serve(
    desk: Desk,
    name: str | None = None,
    *,
    until_idle: bool = False,
    ending: Event | None = None,
    begun: Callable[[], None] | None = None,
) -> int:
    """Hold the data directory and publish what is due until told to stop (SIGTERM, Ctrl+C, `ending`); return the exit code.

    `begun` is called once the directory is held.

    With `until_idle` it stops by itself as soon as nothing is due, under way or in doubt: 3 if something waits for a
    person, else 0. Raises AlreadyRunning, Refused (`copied`), StorageError.
    """
    with lock.held(desk.config.storage.data_dir):
        storage.verify(desk.config)
        mine = tenure.begin(desk, name)
        if begun:
            begun()
        return Service(replace(mine, ending=ending or mine.ending), until_idle=until_idle).run()


class Pulse(BaseTrigger):  # type: ignore[misc] # the library ships no types
    """A tick each TICK, counted from now.

    The library's own interval walks through every tick that was missed: minutes, after a leap of ten years.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return when to tick next."""
        return now if previous is None else now + timedelta(seconds=TICK)


class Service:
    """One run of the service."""

    def __init__(self, mine: Tenure, *, until_idle: bool) -> None:
        self._tenure = mine
        self._until_idle = until_idle
        self._lost = False
        self._ticks = 0
        self._beaten = self._foreseen = -math.inf
        self._lanes = Lanes(mine.desk.config.engine.workers + BESIDE)
        self._tellers = Tellers(mine.desk.config)
        self._clock = BackgroundScheduler(timezone=UTC)

    def run(self) -> int:
        """Publish until the end, and end well: what has begun reaches its outcome."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._tenure.ending.set())
        with storage.explained(self._tenure.desk.config):
            reconcile.recover(self._tenure)
        log.info(_("The service works on %(directory)s."), {"directory": self._tenure.desk.config.storage.data_dir})
        self._tick()
        self._clock.add_job(self._tick, Pulse(), max_instances=1, coalesce=True, misfire_grace_time=None)
        self._clock.start()
        systemd.tell("READY=1")
        self._watch()
        return self._end()

    def _watch(self) -> None:
        """Wait for the end; if the clock dies before, die with it: whatever hangs there would also keep an orderly end from coming.

        Its own waits are counted, not the seconds: a machine that slept, or a process that was stopped, is no dead clock.
        """
        seen = silent = 0
        while not self._tenure.ending.wait(TICK):
            seen, silent = self._ticks, silent + 1 if self._ticks == seen else 0
            if silent > DEAD:
                log.critical(_("The clock of the service has stopped: the service ends itself, to be started again."))
                os._exit(1)

    def _end(self) -> int:
        systemd.tell("STOPPING=1")
        self._clock.shutdown(wait=False)
        if not self._lanes.close(PATIENCE):
            log.warning(_("A call did not end in time; what became of it is looked up at the next start."))
        if self._until_idle and not self._lost:  # the tick that found everything idle told nobody any more
            self._careful(partial(notices.look, self._tenure.desk))
        code = self._code()
        connections.close_all()
        log.info(_("The service has stopped."))
        return code

    def _code(self) -> int:
        if self._lost:
            return 1
        if not self._until_idle:
            return 0
        with storage.explained(self._tenure.desk.config):
            return 3 if status.waits_for_person(self._tenure.now()) else 0

    def _tick(self) -> None:
        """Look after everything once.

        A tick that a mistake of ours ends does not count: where each one does, nothing leaves, and only a new start can help.
        """
        self._careful(self._attend)
        self._ticks += 1

    def _attend(self) -> None:
        """Show a sign of life, set a wake-up for what is due soon, and wake whatever has work now."""
        storage.hurry(HASTE)
        self._beat()
        if self._until_idle and self._is_idle():
            self._tenure.ending.set()
        self._look_ahead()
        self._wake()
        self._tell()

    def _is_idle(self) -> bool:
        """Tell whether all lanes came to their end, after they were woken at least once, and left nothing to do."""
        return self._ticks > 0 and self._lanes.idle and status.idle(self._tenure)

    def _beat(self) -> None:
        if self._seconds() - self._beaten < BEAT:
            return
        if self._tenure.beat():
            self._beaten = self._seconds()
            systemd.tell("WATCHDOG=1")
        else:
            log.critical(_("Another service has taken over this data directory, or an older database was put there: this one ends."))
            self._lost = True
            self._tenure.ending.set()

    def _look_ahead(self) -> None:
        now = self._tenure.now()
        for soon in claim.coming(now, now + AHEAD):
            self._clock.add_job(self._wake, "date", run_date=soon, id=soon.isoformat(), replace_existing=True, misfire_grace_time=None)

    def _wake(self) -> None:
        """Let every lane that has work begin it."""
        if self._tenure.ending.is_set():
            return
        due = [channel for channel, _name in claim.due(self._tenure)]
        doubtful = [channel for channel, _number, _name in reconcile.due(self._tenure)]
        for channel in {*due, *doubtful, *reconcile.unfinished(self._tenure)}:
            self._lanes.enter(channel, partial(self._careful, partial(self._serve, channel)))
        self._lanes.enter(EYES, partial(self._careful, self._look))

    def _tell(self) -> None:
        """Let people and other programs be told: with the ticks only, so that it takes nothing from what is being published."""
        if self._tenure.ending.is_set():
            return
        self._lanes.enter(FORESIGHT, partial(self._careful, self._look_far_ahead))
        self._lanes.enter(WRITES, partial(self._careful, partial(notices.look, self._tenure.desk)))
        self._tellers.follow()
        if mailbox := self._tellers.mailbox:
            self._lanes.enter(MAILS, partial(self._careful, partial(notice_mail.post, self._tenure, mailbox)))
        if receivers := self._tellers.receivers:
            self._lanes.enter(NEWS, partial(self._careful, partial(webhooks.tell, self._tenure, receivers)))

    def _careful(self, work: Callable[[], None]) -> None:
        """Do the work of a tick or of a lane; what the database, or the disk under it, does not allow is tried again with the next tick."""
        try:
            work()
        except (DatabaseError, OSError) as error:
            log.warning(_("Nothing leaves until the database can be used: %(reason)s"), {"reason": self._reason(error)})
        finally:
            connections.close_all()

    def _look(self) -> None:
        """Take new secrets, ask about what is due soon, look at pages that others wait for, and after what people left undone."""
        renewal.renew(self._tenure.desk)
        probe.ahead(self._tenure)
        lapsed = handover.lapse(self._tenure)
        if probe.look(self._tenure) or lapsed:
            self._wake()

    def _look_far_ahead(self) -> None:
        """Look at what would keep something from leaving later; with a service that ends when nothing is due, nobody waits for that."""
        if self._until_idle or self._seconds() - self._foreseen < FAR:
            return
        if not preflight.look(self._tenure.desk):  # else the next channel follows with the next tick
            self._foreseen = self._seconds()

    def _serve(self, channel: str) -> None:
        if errands.serve(self._tenure, channel):  # others may have waited for it
            self._wake()

    def _reason(self, error: DatabaseError | OSError) -> str:
        """Return why the database cannot be used, in the words of the interface where there are any."""
        try:
            with storage.explained(self._tenure.desk.config):
                raise error
        except StorageError as explained:
            return str(explained)
        except (DatabaseError, OSError):
            return str(error)

    def _seconds(self) -> float:
        return self._tenure.desk.clock.boottime()
