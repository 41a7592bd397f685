"""Stories of what goes wrong, with real processes, each in a town hall of its own, all at the same time."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publisher.testing.faults import Fault
from tests.e2e.townhall import ON_X, TownHall

KILLED = -9

Story = Callable[[TownHall], Any]
Told = Mapping[str, Future[Any]]
Outcome = Callable[[TownHall, str, int], dict[str, Any]]
"""What became of an announcement, and of the run that ended with this exit code."""


@contextmanager
def telling(stories: Mapping[str, Story], home: Path, peopled: Path, *, on: str = ON_X, at_once: int = 20) -> Iterator[Told]:
    """Give what becomes of each story, as soon as it has been told."""

    def tell(name: str) -> Any:
        with TownHall(home / name, on=on) as hall:
            shutil.copytree(peopled / "data", hall.data)
            return stories[name](hall)

    with ThreadPoolExecutor(at_once) as pool:
        yield {name: pool.submit(tell, name) for name in stories}


def with_fault(platform: str, outcome: Outcome, fault: str | Fault, on: str, **changes: Any) -> Story:
    def tell(hall: TownHall) -> dict[str, Any]:
        hall.simulator.platforms[platform].faults.inject(fault, on=on, **changes)
        name = hall.approved()
        return outcome(hall, name, hall.run("--until-idle"))

    return tell


def killed_at(outcome: Outcome, place: str) -> Story:
    def tell(hall: TownHall) -> dict[str, Any]:
        name = hall.approved()
        assert hall.run("--until-idle", crash=place) == KILLED
        return outcome(hall, name, hall.run("--until-idle"))

    return tell
