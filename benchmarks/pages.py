"""How long a page takes on the server with 100,000 announcements stored. Promise: each under 150 ms, the search included.

    python benchmarks/pages.py [ANNOUNCEMENTS]

The reference is the same page with one hundred announcements, in the same run: what grows with the number shows. The pages are asked for
within this process, signed in, behind all that a request goes through; the best of five counts, because the promise is the server's.
"""

import sys
import time
from collections.abc import Iterator
from http import HTTPStatus

from hall import FACEBOOK, Hall, Office, folder_on_disk, simulators, verdict

PROMISE = 0.15  # seconds
FEW = 100
TURNS = 5
PAGES = {
    "today": "/",
    "announcements": "/annonces/",
    "the last page of them": "/annonces/?page=100000",
    "a search": "/annonces/?q=tilleuls+99",
    "a search for nothing": "/annonces/?q=introuvable",
    "month": "/calendrier/",
    "journal": "/journal/",
    "channels": "/canaux/",
    "people": "/personnes/",
}
MOVED = {"created_at", "due_at", "not_after", "delivered_at", "sealed_at", "intent_at", "outcome_at"}
"""Eight announcements a day, from the days to come back into the past."""

COPIED = ("announcement", "version", "manifest", "delivery", "deliverystep", "attempt", "receipt", "audit")


def multiplied(model: str, first: int, last: int) -> None:
    """Store an announcement as the copies of these numbers: its rows again, with keys, titles and times of their own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        for table in COPIED:
            cursor.execute(f"SELECT name, type FROM pragma_table_info('publisher_{table}')")
            columns = dict(cursor.fetchall())
            chosen = ", ".join(_copied(table, name, kind) for name, kind in columns.items())
            cursor.execute(
                f"""WITH RECURSIVE copy(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM copy WHERE n < {last})
                INSERT INTO publisher_{table} ({", ".join(f'"{name}"' for name in columns)})
                SELECT {chosen} FROM copy, publisher_{table} AS was WHERE {_of(table, model)}"""
            )
        cursor.execute("ANALYZE")


def _copied(table: str, name: str, kind: str) -> str:
    if name in {"announcement_id", "delivery_id", "subject"} or (name == "id" and kind.startswith("varchar")):
        return f"substr(was.{name}, 1, 2) || printf('%08d', n)"
    if (
        name == "id"
        or (table, name) in {("delivery", "version_id"), ("delivery", "manifest_id"), ("manifest", "version_id")}
        or name == "step_id"
    ):
        return f"was.{name} + n * 1000"
    if name == "title":
        return "was.title || ' ' || n"
    if name == "sequence":
        return "(SELECT MAX(sequence) FROM publisher_audit) + n * 100 + was.sequence"
    if name in MOVED:
        return f"datetime(was.{name}, ((100 - n) * 3) || ' hours')"
    return f'was."{name}"'


def _of(table: str, model: str) -> str:
    if table == "announcement":
        return f"was.id = '{model}'"
    if table in {"version", "manifest", "delivery"}:
        return f"was.announcement_id = '{model}'"
    deliveries = f"(SELECT id FROM publisher_delivery WHERE announcement_id = '{model}')"
    steps = f"(SELECT id FROM publisher_deliverystep WHERE delivery_id IN {deliveries})"
    return {
        "deliverystep": f"was.delivery_id IN {deliveries}",
        "attempt": f"was.step_id IN {steps}",
        "receipt": f"was.step_id IN {steps}",
        "audit": f"was.subject = '{model}'",
    }[table]


def taken(addresses: dict[str, str]) -> Iterator[tuple[str, float, int]]:
    """Yield how long each page took, in seconds, and how many questions it asked."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from publisher.models import Person

    client = Client(SERVER_NAME="127.0.0.1")
    client.get("/connexion/")  # what signing in begins is known once the addresses are
    client.force_login(Person.objects.get(name="camille"))
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        questions = len(asked)
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(f"{address}: {answer.status_code}")
        times = []
        for _turn in range(TURNS):
            began = time.perf_counter()
            client.get(address)
            times.append(time.perf_counter() - began)
        yield name, min(times), questions


def main(count: int) -> None:
    with folder_on_disk() as folder, simulators(folder) as told:
        office = Office(Hall(folder, FACEBOOK.format(**told["settings"]["facebook"]), told["secrets"]))
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        from publisher.models import Delivery, Person
        from publisher.pipeline import deliver, probe, tenure
        from publisher.web import desk

        desk.open_for(office.desk)
        TOTP.activate(Person.objects.get(name="camille"), generate_totp_secret())
        begun, name = tenure.begin(office.desk), office.approved()
        probe.ahead(begun)
        while deliver.advance(begun, name):
            pass
        model = Delivery.objects.get(pk=name).announcement_id
        pages = PAGES | {"one announcement": f"/annonces/{model}/", "its report": f"/annonces/{model}/bilan/"}
        multiplied(model, 1, FEW)
        few = {page: seconds for page, seconds, _asked in taken(pages)}
        began = time.perf_counter()
        multiplied(model, FEW + 1, count)
        print(f"{count} announcements stored in {time.perf_counter() - began:.0f} s")
        slowest = 0.0
        for page, seconds, asked in taken(pages):
            slowest = max(slowest, seconds)
            print(f"{page}: {1000 * seconds:.0f} ms, {seconds / few[page]:.1f} × with {FEW} stored, {asked} questions")
        verdict("pages", f"{1000 * slowest:.0f} ms at most", f"≤ {1000 * PROMISE:.0f} ms", kept=slowest <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
