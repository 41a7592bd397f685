"""A whole life of an announcement, killed at every crash point, at its last visit, and at its first, on every kind of channel.

What people had asked for and is not there after the kill, they ask for again; what the service had begun, it sees through.
"""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from publisher import crashpoints
from publisher.adapters.base import Corrects, Finds, Idempotency, Sessions
from publisher.models import Delivery, Manifest, Receipt
from publisher.pipeline import afterwards, journal, planning, queue
from publisher.pipeline.plan import Request, Window
from publisher.testing import crash
from publisher.testing.memory_platform import accept, unknown
from tests.database import StillClock, child
from tests.pipeline.test_mailing import people
from tests.pipeline.town import Town, letter

ELSEWHERE = {"migrate.pre", "migrate.committed", "by-hand.kept"}
"""Killed in tests/models/test_storage.py, as a database is made before there is anything to say, and in test_handover.py."""

KINDS: dict[str, tuple[Idempotency, tuple[type, ...]]] = {
    "blind": (Idempotency.NONE, ()),
    "eventual": (Idempotency.NONE, (Finds,)),  # X
    "key": (Idempotency.KEY, ()),
    "client id": (Idempotency.CLIENT_ID, (Finds,)),  # the press room
    "two phases": (Idempotency.TWO_PHASE, (Finds,)),  # Facebook
    "sessions": (Idempotency.NONE, (Sessions,)),  # e-mail
}
SURE = {"key", "client id", "two phases"}
"""Kinds on which nothing is ever left to a person for a crash."""

BOTH_ENDS = {"sessions"}
"""Kinds that are killed at the first visit, too; test_kills does so on the others."""

TEXTS = {"wrong": "Le marché va place Basse, de 8 h à 13 h.", "right": "Le marché va place Haute, de 8 h à 13 h."}


class Life:
    """A town with one channel, where an announcement is published, and corrected if the channel can do that."""

    def __init__(self, clock: StillClock, data_dir: Path, kind: str) -> None:
        self.kind, self.town = kind, Town(clock, data_dir)
        self.mailing = kind == "sessions"
        idempotency, powers = KINDS[kind]
        correcting = () if self.mailing else (Corrects,)
        self.platform = self.town.channel("memory", *powers, *correcting, idempotency=idempotency, account="presse@valmont.example")
        self.platform.people = people(3) if self.mailing else ()

    def live(self) -> None:
        """Go on from wherever it was; the answer to the first call is lost."""
        written = accept(before=lambda: crashpoints.visit("call.written"))
        lost = () if self.platform.accepted else (unknown(accepted=True),)
        self.platform.script("send", *lost, then=iter(lambda: written, None))
        self.round(1)
        if not self.mailing and Delivery.objects.get(round=1).state == "delivered":
            self.round(2)

    def round(self, number: int) -> None:
        if not Delivery.objects.filter(round=number).exists():
            self.ask(number)
        if Manifest.objects.filter(deliveries__round=number, sealed_at=None).exists():
            self.town.approve(Delivery.objects.get(round=number).announcement_id)
        self.town.clock.move(minutes=1)
        self.town.work_until_settled()

    def ask(self, number: int) -> None:
        if self.mailing:
            self.town.queue(memory=self.town.part("memory", payload=letter(), window=Window(None, None, None)))
            return
        desk, camille = self.town.desk, self.town.who("camille")
        if number == 1:
            queue.queue(desk, camille, planning.read(desk, self.document("wrong"), Request()))
            return
        name = Delivery.objects.get(round=1).announcement_id
        queue.queue(desk, camille, afterwards.correction(desk, name, self.document("right"), "C’est la place Haute.", Request()))

    def document(self, name: str) -> Path:
        path = self.town.folder.parent / f"{name}.md"
        path.write_text(f"# Le marché change de place\n\n{TEXTS[name]}\n", encoding="utf-8")
        return path

    def judge(self) -> None:
        """Nothing twice, nothing forgotten; what is said of it is true."""
        online = Counter(str(entry["content"].get("to", entry["content"]["text"])) for entry in self.platform.online)
        assert not [text for text, times in online.items() if times > 1]
        last = Delivery.objects.order_by("-round")[0]
        assert last.state == "delivered" or (self.kind not in SURE and (last.state, last.reason) == ("held", "undecided"))
        if self.mailing:
            sent = {step.recipient for step in last.steps.filter(state="sent")}
            doubtful = {step.recipient for step in last.steps.filter(state="in_doubt")}
            assert (sent <= online.keys(), online.keys() <= sent | doubtful, len(sent | doubtful)) == (True, True, 3)
        elif last.state == "delivered":
            assert (last.round, len(online), "place Haute" in "".join(online)) == (2, 1, True)
            assert Receipt.objects.filter(step__delivery=last).exists()
        journal.verify(self.town.desk)


def visited(life: Life) -> Counter[str]:
    """How often a life that nothing ends comes by each place, in a child."""
    ends, tells = os.pipe()

    def lived() -> None:
        seen: Counter[str] = Counter()
        crashpoints.install(lambda place: seen.update([place]))
        life.live()
        os.write(tells, " ".join(seen.elements()).encode())

    assert child(lived) == 0
    os.close(tells)
    with os.fdopen(ends, "rb") as told:
        return Counter(told.read().decode().split())


SEEN: dict[str, Counter[str]] = {}


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_visit_of_any_crash_point_in_a_whole_life(clock, data_dir, kind) -> None:
    blank = (data_dir / "publisher.sqlite3").read_bytes()
    SEEN[kind] = visited(Life(clock, data_dir, kind))
    for place, times in SEEN[kind].items():
        for visit in sorted({times, *([1] if kind in BOTH_ENDS else [])}):
            begin_anew(data_dir, blank)
            life = Life(StillClock(), data_dir, kind)
            ended = child(lambda life=life, at=f"{place}:{visit}": (crash.arm(at), life.live()))
            uncertain = kind in BOTH_ENDS and visit > 1  # how many calls share a commit is a matter of speed
            assert ended == -signal.SIGKILL or (uncertain and ended == 0), (place, visit)
            life.town.clock.move(minutes=5)
            life.live()
            life.judge()


def begin_anew(data_dir: Path, blank: bytes) -> None:
    from django.db import connection

    connection.close()
    for path in data_dir.iterdir():
        if path.is_file():
            path.unlink()
    (data_dir / "publisher.sqlite3").write_bytes(blank)


def test_no_crash_point_is_left_out() -> None:
    """Runs after the others: what no life came by is a place that no test kills."""
    if SEEN.keys() == KINDS.keys():
        assert {place for seen in SEEN.values() for place in seen} | ELSEWHERE == set(crashpoints.NAMES)
