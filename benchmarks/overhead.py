"""How long the engine takes for a delivery, against a bare loop of the same requests. Promise: ratio ≤ 3.

    python benchmarks/overhead.py [DELIVERIES]

The engine claims, writes its intents and outcomes down durably (SQLite on a real disk; TMPDIR chooses it) and calls the simulated
Facebook, which keeps a durable log as well, in a process of its own; two calls a delivery. The loop makes the same two calls with
the same library and keeps nothing. Both in turn, so that a change in the machine's speed meets both.
"""

import gc
import statistics
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import requests
from hall import FACEBOOK, Hall, Office, folder_on_disk, simulators, verdict

if TYPE_CHECKING:
    from publisher.pipeline.tenure import Tenure

PROMISE = 3.0
CALLS = ("create", "publish")


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


def engine(begun: "Tenure", name: str) -> float:
    """Publish a delivery, as the service does; return the seconds."""
    from publisher.models import Delivery
    from publisher.pipeline import deliver

    start = time.perf_counter()
    for _call in CALLS:
        deliver.advance(begun, name)
    taken = time.perf_counter() - start
    if Delivery.objects.get(pk=name).state != "delivered":
        raise SystemExit(f"{name} was not delivered")
    return taken


def counted(begun: "Tenure", name: str) -> str:
    """Publish a delivery; tell how many statements and commits that took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        engine(begun, name)
    said = [query["sql"] for query in captured.captured_queries]
    return f"{len(said)} statements for two calls, of them {said.count('COMMIT')} commits: claim, intent and outcome of each call"


def main(deliveries: int) -> None:
    with folder_on_disk() as folder, simulators(folder) as told:
        office = Office(Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"]))
        from publisher.models import Delivery
        from publisher.pipeline import probe, slots, tenure

        begun, token, pairs = tenure.begin(office.desk), told["secrets"]["FACEBOOK_PAGE_TOKEN"], []
        warm = office.approved()
        probe.ahead(begun)
        print(counted(begun, warm))
        gc.freeze()  # as `publisher run` does
        for number in range(deliveries):
            name = office.approved()
            probe.ahead(begun)
            step = slots.thaw(Delivery.objects.get(pk=name).payload).steps[0]
            call = office.desk.channels["facebook"].adapter.describe(step)
            plain = {**call.content, "message": f"{number} {call.content['message']}"}
            pairs.append((engine(begun, name), bare(call.address, plain, token)))
    ours, theirs = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = statistics.median(mine / plain for mine, plain in pairs)
    print(f"engine {ours:.1f} ms, bare loop {theirs:.1f} ms, {deliveries} pairs")
    verdict("delivery overhead", f"{ratio:.1f} × the bare loop", f"≤ {PROMISE:g} ×", kept=ratio <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
