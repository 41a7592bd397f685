"""Let the power fail at every moment of a delivery, and the service start again on every disk that this may leave: `make power-loss`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher import i18n
from tests.database import SHARED_MEMORY
from tests.power import replay
from tests.power.replay import Failure


def holds(failure: Failure, check: Callable[[], object]) -> bool:
    """Check; say what went wrong and with which disk."""
    try:
        check()
    except Exception as error:  # noqa: BLE001 - the rest is to be seen, too
        print(f"{failure.name}: {error!r}", file=sys.stderr)
        return False
    return True


def main() -> int:
    """Print one line of figures; 0 if nothing was forgotten, nothing went wrong, and the control was noticed."""
    i18n.activate("en")
    with TemporaryDirectory(prefix="publisher-power-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as home:
        found = Path(home) / "found"
        left = replay.recorded(Path(home))
        forgotten = sum(bool(failure.forgotten(found)) for failure in left)
        wrong = sum(not holds(failure, lambda failure=failure: failure.recover(found)) for failure in left)
        control = replay.control(Path(home), found)
    print(json.dumps({"power_loss": {"disks": len(left), "forgotten": forgotten, "wrong": wrong, "control_forgotten": control}}))
    return 0 if not forgotten and not wrong and control else 1


if __name__ == "__main__":
    sys.exit(main())
