"""How fast a mailing leaves with every call written down durably, against Postfix's smtp-source. Promise: ratio ≥ 0.4 at 16 sessions.

    python benchmarks/mail_ledger.py [RECIPIENTS [SESSIONS [RUNS]]]

Both hand messages of the same size to the same smtp-sink on loop-back, over as many sessions side by side, in turn. Ours is the way
of a real mailing, from the claim of what was queued and approved to its end, with SQLite on a real disk (TMPDIR chooses it).

The promise is against smtp-source as it works by itself: it opens a session for each message, while ours carry many. What it does over
sessions that last (-d), with neither a connection nor a ledger to pay for, is measured and told as well; nothing is promised of that.
"""

import gc
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socket import create_connection, create_server
from typing import TYPE_CHECKING

from hall import MAIL, Hall, Office, folder_on_disk, verdict

if TYPE_CHECKING:
    from publisher.pipeline.tenure import Tenure

PROMISE = 0.4
OURS = ("presse@valmont.example", "redaction0@journal.example")


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        raise SystemExit(f"{name} is missing: install Postfix (Debian: postfix), which brings it; it need not run.")
    return found


@contextmanager
def sink(sessions: int) -> Iterator[int]:
    """Swallow mail; give the port."""
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([program("smtp-sink"), "-4", *user(), f"127.0.0.1:{port}", str(4 * sessions)]) as process:
        try:
            while True:
                try:
                    create_connection(("127.0.0.1", port), 1).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.02)
            yield port
        finally:
            process.terminate()


def user() -> list[str]:
    """Return the options by which smtp-sink gives up the rights of root, with which it refuses to run."""
    from os import geteuid

    return ["-u", "nobody"] if geteuid() == 0 else []


def reference(port: int, messages: int, sessions: int, size: int, *lasting: str) -> float:
    """Return how many messages a second smtp-source hands over."""
    load = [*lasting, "-4", "-s", sessions, "-m", messages, "-l", size, "-f", OURS[0], "-t", OURS[1], f"127.0.0.1:{port}"]
    start = time.perf_counter()
    subprocess.run([program("smtp-source"), *map(str, load)], check=True)
    return messages / (time.perf_counter() - start)


def size(office: Office, delivery: str) -> int:
    """Return how many bytes one message of a mailing has."""
    from publisher.models import Delivery, DeliveryStep
    from publisher.pipeline import content

    row = DeliveryStep.objects.filter(delivery=delivery)[0]
    step = content.sealed_step(Delivery.objects.get(pk=delivery), row)
    values = {"{recipient}": row.recipient, "{message_id}": row.message_id, "{date}": "Tue, 24 Nov 2026 09:00:00 +0100"}
    return len(office.desk.channels["mail"].adapter.mailing(step).content(values))


def rate(tenure: "Tenure", delivery: str) -> float:
    """Return how many messages a second of a mailing leave, its claim and its end included."""
    from publisher.models import Delivery, DeliveryStep
    from publisher.pipeline import deliver, probe

    probe.ahead(tenure)
    start = time.perf_counter()
    deliver.advance(tenure, delivery)
    taken = time.perf_counter() - start
    count = DeliveryStep.objects.filter(delivery=delivery, state="sent").count()
    if Delivery.objects.get(pk=delivery).state != "delivered":
        raise SystemExit(f"only {count} messages left")
    return count / taken


def main(recipients: int, sessions: int, runs: int) -> None:
    with folder_on_disk() as folder, sink(sessions) as port:
        hall = Hall(folder, MAIL.format(port=port, connections=sessions) + 'auth = "none"\n', {})
        hall.invite(recipients)
        office = Office(hall)
        from publisher.pipeline import tenure

        begun, rates = tenure.begin(office.desk), []
        gc.freeze()  # as `publisher run` does
        for _ in range(runs):
            delivery = office.approved()
            load = port, recipients, sessions, size(office, delivery)
            ours, theirs, lasting = rate(begun, delivery), reference(*load), reference(*load, "-d")
            rates.append((ours, theirs, lasting))
            print(f"{load[-1]} bytes: ours {ours:.0f}, smtp-source {theirs:.0f}, with -d {lasting:.0f} messages a second", flush=True)
    ratio, strict = (statistics.median(ours / theirs[kind] for ours, *theirs in rates) for kind in (0, 1))
    verdict("mail ledger", f"{ratio:.2f} of smtp-source, {strict:.2f} with -d", f"≥ {PROMISE} at 16 sessions", kept=ratio >= PROMISE)


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *("2000", "16", "5")[len(sys.argv) - 1 :]]))
