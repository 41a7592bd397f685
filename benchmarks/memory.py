"""Whether the service grows: its memory and open files after a tenth of the deliveries and after all. Promise: ratio ≤ 1.1.

    python benchmarks/memory.py [DELIVERIES]

`publisher run` publishes them one after the other on the simulated Facebook, two calls each. No durability is measured, so a disk in
memory (TMPDIR=/dev/shm) is as good, and faster.
"""

import sys
import tempfile
import time
from pathlib import Path

from hall import FACEBOOK, Hall, Office, simulators, verdict

PROMISE = 1.1
CROWD = 50
"""So many wait at most: a town hall queues by the dozen."""


def use(pid: int) -> tuple[float, int]:
    """Return the memory of a process in MB, and how many files it has open."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def main(deliveries: int) -> None:
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as name, simulators(folder := Path(name)) as told:
        hall = Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"])
        office = Office(hall)
        seen = []
        with hall.service() as process:
            for count in range(1, deliveries + 1):
                office.approved()
                if count % CROWD == 0 or count in {deliveries // 10, deliveries}:
                    office.wait_until_delivered(count)
                if count in {deliveries // 10, deliveries}:
                    time.sleep(2)  # ticks, with nothing to do
                    seen.append(use(process.pid))
                    print(f"after {count} deliveries: {seen[-1][0]:.1f} MB, {seen[-1][1]} open files", flush=True)
    (before, files), (after, more_files) = seen
    kept = after / before <= PROMISE and more_files <= files
    verdict("memory", f"{after / before:.2f} × after {deliveries} deliveries", f"≤ {PROMISE} ×, no more open files", kept=kept)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
