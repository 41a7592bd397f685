"""What every simulator is to those who steer it, whatever language it speaks: a clock, switches, faults, a durable memory, pages."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from publisher.testing.faults import FAULTS, Fault, Faults
from publisher.testing.ledger import Entry, Ledger

if TYPE_CHECKING:
    from publisher.testing.platform import Answer

Clock = Callable[[], datetime]


class OwnPort(Protocol):
    """Listens on a port of its own, and answers from its start to its stop."""

    def start(self) -> None:
        """Answer from now on, in the background."""

    def stop(self) -> None:
        """Stop answering and free the port."""


class Simulated(ABC):
    """The memory of one simulated platform or server; switches are its settings, remembered like the rest."""

    name: ClassVar[str]
    label: ClassVar[str]
    named_faults: ClassVar[Mapping[str, Fault]] = FAULTS
    sign: ClassVar[str] = ""
    """What stands before the name of an author."""
    secrets: ClassVar[Mapping[str, str]] = {}
    """What stands in .env for whoever calls the simulator."""
    default_switches: ClassVar[Mapping[str, Any]] = {"skew": 0.0}
    synced: ClassVar[bool] = True
    """Whether what it accepts outlives a power cut, too; what it accepts outlives a killed process in any case."""

    def __init__(self, clock: Clock, log: Path | None = None) -> None:
        """Open it on its ledger and bring it to the state in which it was."""
        self._clock = clock
        self.lock = threading.RLock()
        self.faults = Faults(self.named_faults)
        self.switches: dict[str, Any] = dict(self.default_switches)
        self._ledger = Ledger(log, synced=self.synced)
        for entry in self._ledger.entries():
            self._learn(entry)

    def now(self) -> datetime:
        """Return its own time: the clock's, off by the switch `skew`, in seconds."""
        return self._clock() + timedelta(seconds=float(self.switches["skew"]))

    def switch(self, **changes: Any) -> None:
        """Change settings, from now on and after a restart. Raises KeyError for one that it does not have."""
        unknown = changes.keys() - self.default_switches.keys()
        if unknown:
            raise KeyError(f"{self.name} has no switch {', '.join(sorted(unknown))}")
        self.record("switched", changes=changes)

    def record(self, event: str, **fields: object) -> None:
        """Write down what happened, and take it into the state."""
        entry = {"event": event, "at": self.now().isoformat(), **fields}
        with self.lock:
            self._ledger.append(entry)
            self._learn(entry)

    def entries(self, event: str) -> list[Entry]:
        """Return what the ledger holds of one event, in order."""
        return self._ledger.entries(event)

    @property
    def accepted(self) -> list[Entry]:
        """Everything that it ever accepted, in order."""
        return self.entries("accepted")

    def listen(self, port: int) -> OwnPort | None:
        """Listen on a port of its own, 0 for any free one, if it does not speak HTTP; return who does. Raises OSError."""
        del port
        return None

    @abstractmethod
    def settings(self, url: str) -> Mapping[str, object]:
        """Return what a channel's table in config.toml needs to reach it; `url` is where its pages are."""

    @abstractmethod
    def page(self, path: str) -> "Answer | None":
        """Return what people see at a path below its own; None: not a page."""

    @abstractmethod
    def learn(self, entry: Entry) -> None:
        """Take one event of the ledger into the state."""

    def _learn(self, entry: Entry) -> None:
        if entry["event"] == "switched":
            self.switches.update(cast("Mapping[str, Any]", entry["changes"]))
        self.learn(entry)
