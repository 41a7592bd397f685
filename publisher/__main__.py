"""The console script `publisher`, also `python -m publisher`."""

import gc
import sys

from publisher import cli


def main() -> int:
    """Run one command, the only one of this process, and return its exit code."""
    code = cli.main()
    # Before it ends, Python would look through all that was loaded for garbage: a tenth of a short command, and the memory goes back whole.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(main())
