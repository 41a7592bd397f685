"""How late a due delivery reaches the wire, with the real service. Promise: within 50 ms of its time, for 99 of 100.

    python benchmarks/on_the_wire.py [DELIVERIES [SECONDS_BETWEEN]]

`publisher run` on a real disk (TMPDIR chooses it); what the simulated Facebook wrote down as the instant of each first request is
compared with the time that was agreed to. One delivery at a time, as they come in a town hall.
"""

import statistics
import sys
import time
from datetime import datetime, timedelta

from hall import FACEBOOK, Hall, Office, entries, folder_on_disk, simulators, verdict

PROMISE = 0.05
START = 10.0  # seconds that the service has to be there, beside the queueing


def lateness(log: list[dict], dues: list[datetime]) -> list[float]:
    """Return how many seconds after its time each delivery's first request came."""
    created = [entry for entry in log if entry["method"] == "POST" and entry["path"].endswith("/feed")]
    seen = sorted(datetime.fromisoformat(entry["at"]) for entry in created)
    return [(at - due).total_seconds() for at, due in zip(seen, dues, strict=True)]


def main(deliveries: int, between: float) -> None:
    with folder_on_disk() as folder, simulators(folder) as told:
        hall = Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"])
        office = Office(hall)
        began = time.perf_counter()
        now = office.desk.now
        office.approved((now() + timedelta(days=1)).isoformat())
        each = time.perf_counter() - began
        first = now().replace(microsecond=0) + timedelta(seconds=START + 1.5 * each * deliveries)
        dues = [first + timedelta(seconds=between * number) for number in range(deliveries)]
        for due in dues:
            office.approved(due.isoformat())
        if now() > first - timedelta(seconds=START / 2):
            raise SystemExit("the machine is too busy to queue in time: try again")
        with hall.service():
            time.sleep((dues[-1] - now()).total_seconds())
            office.wait_until_delivered(deliveries)
        late = sorted(lateness(entries(folder / "facebook.jsonl", "request"), dues))
    worst = late[max(0, round(0.99 * len(late)) - 1)]
    first, middle, last = (1000 * seconds for seconds in (late[0], statistics.median(late), late[-1]))
    print(f"{len(late)} deliveries: earliest {first:.0f} ms, median {middle:.0f} ms, latest {last:.0f} ms")
    if late[0] < 0:
        raise SystemExit("something left early")
    verdict("on the wire", f"{worst * 1000:.0f} ms after its time (p99)", f"≤ {PROMISE * 1000:.0f} ms", kept=worst <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, float((sys.argv[2:] or ["1"])[0]))
