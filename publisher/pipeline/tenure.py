"""The service's turn on a data directory: its epoch, without which no outcome counts, and the guard against copies."""

import hashlib
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

from django.db import connection, transaction

from publisher import storage
from publisher.clock import Reckoned, Watch
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Delivery, Holder, audit, looks
from publisher.models.audit import Head
from publisher.models.looks import Run
from publisher.models.moves import move, note
from publisher.models.people import SERVICE
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import journal, mute
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import RESUMABLE, Reason

MACHINE = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Tenure:
    """One run of the service; `epoch` is its fencing token, greater than that of every run before.

    Once `ending` is set nothing new is begun: what is under way comes to its outcome.
    """

    desk: Desk
    watch: Watch
    epoch: int
    ending: Event = field(default_factory=Event)

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return self.desk.now()

    def run(self) -> Run | None:
        """Return what must be found in the database, if it is still the one on which this run works; None if nobody can know."""
        copied = Head.copied()
        if copied is None:
            return None
        return Run(self.epoch, (copied.sequence, copied.hash) if copied != Head() else None)

    def lasts(self) -> bool:
        """Tell whether no other run has begun since, and the database is still the one on which this run works."""
        run = self.run()
        return run is not None and looks.lasts(run)

    def beat(self) -> bool:
        """Show that the service is alive, by a write that the watchdog may trust; False when it must end. Raises OSError."""
        seen = {"heartbeat_at": self.now(), **self.watch.reckoned()._asdict()}
        return self.lasts() and bool(Holder.objects.filter(epoch=self.epoch).update(**seen))


def begin(desk: Desk, name: str | None = None) -> Tenure:
    """Begin a run; the caller holds the lock of the data directory. `name` identifies the installation where a container hides it.

    Raises StorageError, Refused: `copied` (a copy of the data directory), `restored` (a database that forgot what was done, or may have).
    """
    mine = _identity(desk.config.storage.data_dir, name)
    with storage.explained(desk.config), transaction.atomic():
        holder, _ = Holder.objects.get_or_create(id=1, defaults={"instance": mine})
        if holder.instance != mine:
            sentence = N_(
                "%(directory)s is a copy, or has moved to another machine: nothing is published from it. "
                "If it is the one that shall publish from now on, run “publisher adopt”."
            )
            raise Refused("copied", sentence, directory=desk.config.storage.data_dir)
        if not journal.continues(Head.copied()):
            sentence = N_(
                "The database in %(directory)s is, or may be, older than what was already done with it, as a backup is: nothing is "
                "published from it. Check what is online, then run “publisher adopt”."
            )
            raise Refused("restored", sentence, directory=desk.config.storage.data_dir)
        watch = Watch(desk.clock, _reckoned(holder))
        holder.epoch += 1
        holder.heartbeat_at = desk.now()
        holder.wall, holder.boottime, holder.boot_id = watch.reckoned()
        holder.save()
        audit.record(SERVICE, "service.started", "service", desk.now(), {"epoch": holder.epoch})
    return Tenure(desk, watch, holder.epoch)


def adopt(desk: Desk, actor: Actor, name: str | None = None) -> int:
    """Make this copy or backup the one that publishes; all that has not ended is held. Returns how many.

    The other copy may have sent it, and a backup may have forgotten an earlier time, a visa, a resumption or what was done by hand.
    """
    mine, now = _identity(desk.config.storage.data_dir, name), desk.now()
    with storage.explained(desk.config), transaction.atomic():
        for delivery in Delivery.objects.filter(state=DeliveryState.HELD, reason__in=(*RESUMABLE, Reason.BY_HAND)):
            note(delivery, reason=Reason.ADOPTED)
        doubtful = list(Delivery.objects.filter(state__in=OPEN))
        Holder.objects.update_or_create(id=1, defaults={"instance": mine})
        if not journal.continues(Head.copied()):  # an older database that was put there by hand: nobody muted it
            mute.forget(connection.connection, now)
        audit.record(actor, "service.adopted", "service", now)
        for delivery in doubtful:
            move(delivery, DeliveryState.HELD, actor, now, reason=Reason.ADOPTED)
    audit.copy_head(Head.stored(), back=True)
    return len(doubtful)


def _reckoned(holder: Holder) -> Reckoned | None:
    """Return what the watch of the run before reckoned last; None if there was none."""
    if holder.wall is None or holder.boottime is None:
        return None
    return Reckoned(holder.wall, holder.boottime, holder.boot_id)


def _identity(data_dir: Path, name: str | None) -> str:
    """Return what a copy would not have: the machine and the very folder, or the name that was given instead."""
    if name:
        return name
    machine = MACHINE.read_text(encoding="ascii") if MACHINE.exists() else ""
    folder = os.stat(data_dir)  # noqa: PTH116 - device and inode
    return hashlib.sha256(f"{machine.strip()}:{folder.st_dev}:{folder.st_ino}".encode()).hexdigest()
