"""The console script `publisher`, also `python -m publisher`."""

import gc
import os
import sys
from contextlib import suppress

# What is loaded stays: Python would look through it for garbage every 700 objects, in vain, for a fifteenth of a command's time.
gc.set_threshold(100_000)

from publisher import cli  # noqa: E402 - what it loads is most of what stays


def main() -> int:
    """Run one command, the only one of this process, and return its exit code."""
    code = cli.main()
    if "django" not in sys.modules:
        _leave(code)
    # Before it ends, Python would look through all that was loaded for garbage: a tenth of a short command, and the memory goes back whole.
    gc.freeze()
    return code


def _leave(code: int) -> None:
    """End a command that opened no database, without taking apart what it loaded: that would be another thirtieth of its time.

    Never end so what holds a database, or the service: connections and threads are to end in order.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # who cannot be told was told so before
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
