"""How long the engine takes for a delivery, against a bare loop of the same requests. Promise: ratio ≤ 3.

    python benchmarks/overhead.py [DELIVERIES]

The engine claims, writes its intents and outcomes down durably (SQLite on a real disk; TMPDIR chooses it) and calls the simulated
Facebook, which keeps a durable log as well, in a process of its own; two calls a delivery. The loop makes the same two calls with
the same library and keeps nothing. Both in turn, so that a change in the machine's speed meets both.
"""

import statistics
import sys
import time
from collections.abc import Mapping
from typing import Any

import requests
from hall import FACEBOOK, Hall, Office, folder_on_disk, simulators, verdict

PROMISE = 3.0


def bare(address: str, content: Mapping[str, Any], token: str) -> float:
    """Make the two calls; return the seconds."""
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    start = time.perf_counter()
    created = requests.post(address, data=content, headers=headers, timeout=20)
    published = requests.post(f"{address.rsplit('/', 2)[0]}/{created.json()['id']}", {"is_published": "true"}, headers=headers, timeout=20)
    taken = time.perf_counter() - start
    if published.json() != {"success": True}:
        raise SystemExit(published.text)
    return taken


def main(deliveries: int) -> None:
    with folder_on_disk() as folder, simulators(folder) as told:
        hall = Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"])
        office = Office(hall)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from publisher.models import Delivery
        from publisher.pipeline import deliver, probe, slots, tenure

        begun, token = tenure.begin(office.desk), told["secrets"]["FACEBOOK_PAGE_TOKEN"]
        adapter = office.desk.channels["facebook"].adapter
        probe.ahead(begun)
        pairs = []
        for number in range(deliveries):
            name = office.approved()
            probe.ahead(begun)
            start = time.perf_counter()
            if number:
                while deliver.advance(begun, name):
                    pass
            else:
                with CaptureQueriesContext(connection) as captured:
                    while deliver.advance(begun, name):
                        pass
            ours = time.perf_counter() - start
            delivery = Delivery.objects.get(pk=name)
            if delivery.state != "delivered":
                raise SystemExit(f"{delivery.state} {delivery.reason}")
            call = adapter.describe(slots.thaw(delivery.payload).steps[0])
            pairs.append((ours, bare(call.address, {**call.content, "message": f"{number} {call.content['message']}"}, token)))
    ours, theirs = (statistics.median(times) * 1000 for times in zip(*pairs[1:], strict=True))
    ratio = statistics.median(mine / plain for mine, plain in pairs[1:])
    queries = [query["sql"] for query in captured.captured_queries]
    commits = sum(query.startswith("COMMIT") for query in queries)
    print(f"engine {ours:.1f} ms, bare loop {theirs:.1f} ms; {len(queries)} statements, of them {commits} commits, for two calls")
    verdict("delivery overhead", f"{ratio:.1f} × the bare loop", f"≤ {PROMISE:g} ×", kept=ratio <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
