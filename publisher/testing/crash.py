"""Ends a process at a crash point, as a power cut would: `python -m publisher.testing.crash NAME:K VERB …`.

NAME is one of `publisher.crashpoints.NAMES`; the K-th visit of it is the last thing that the process does. K counts the
visits of this process alone.
"""

import os
import signal
import sys

from publisher import crashpoints


def arm(place: str) -> None:
    """Kill this process (SIGKILL) at the k-th visit of `place`, written NAME or NAME:K."""
    name, _, count = place.partition(":")
    if name not in crashpoints.NAMES:
        raise ValueError(f"{name} is no crash point; there are {', '.join(crashpoints.NAMES)}")
    left = int(count or 1)

    def visited(place: str) -> None:
        nonlocal left
        left -= place == name
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    crashpoints.install(visited)


def main() -> int:
    """Arm the place, then run the command."""
    from publisher import cli

    arm(sys.argv.pop(1))
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
