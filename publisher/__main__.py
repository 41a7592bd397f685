"""The console script `publisher`, also `python -m publisher`."""

import gc
import sys

# What is loaded stays: Python would look through it for garbage every 700 objects, in vain, for a fifteenth of a command's time.
gc.set_threshold(50_000)

from publisher import cli  # noqa: E402 - what it loads is most of what stays


def main() -> int:
    """Run one command, the only one of this process, and return its exit code."""
    code = cli.main()
    # Before it ends, Python would look through all that was loaded for garbage: a tenth of a short command, and the memory goes back whole.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(main())
