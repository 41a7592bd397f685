"""Let the power fail at every moment of a delivery, or the disk refuse, and the service start again on what is left: `make power-loss`."""

import json
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher import i18n
from tests.disk import in_memory
from tests.power import replay
from tests.power.refusing import SYNCS, WRITES, refused
from tests.power.replay import Failure

STRIDE = 5
"""Writes between two places where the disk begins to refuse."""


def holds(failure: Failure, check: Callable[[], object]) -> bool:
    """Check; say what went wrong and with which disk."""
    try:
        check()
    except Exception as error:  # noqa: BLE001 - the rest is to be seen, too
        print(f"{failure.name}: {error!r}", file=sys.stderr)
        return False
    return True


def refusing(home: Path) -> Iterator[Failure]:
    """Deliver on a disk that refuses from its first write on, then from a later one, until it never has to refuse."""
    for kind in (WRITES, SYNCS):
        for since in count(1, STRIDE):
            code, failure = refused(home, kind, since)
            if code == 0:
                break
            yield failure


def sound(failure: Failure, found: Path) -> None:
    """Check that nothing is forgotten, and that the service goes on from there."""
    assert failure.forgotten(found) == set()
    failure.recover(found)


def main() -> int:
    """Print one line of figures; 0 if nothing was forgotten, nothing went wrong, and the control was noticed."""
    i18n.activate("en")
    with TemporaryDirectory(prefix="publisher-power-", dir=in_memory()) as home:
        found = Path(home) / "found"
        left = replay.recorded(Path(home))
        forgotten = sum(bool(failure.forgotten(found)) for failure in left)
        wrong = sum(not holds(failure, lambda failure=failure: failure.recover(found)) for failure in left)
        control = replay.control(Path(home), found)
        stops = [holds(failure, lambda failure=failure: sound(failure, found)) for failure in refusing(Path(home))]
        wrong += stops.count(False)
    figures = {"disks": len(left), "refusals": len(stops), "forgotten": forgotten, "wrong": wrong, "control_forgotten": control}
    print(json.dumps({"power_loss": figures}))
    return 0 if not forgotten and not wrong and control else 1


if __name__ == "__main__":
    sys.exit(main())
