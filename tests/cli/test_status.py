import sqlite3

import pytest
from django.db import DatabaseError

from publisher.cli.status import _lines
from tests.office import COMMUNIQUE, Office


def test_nothing_is_planned(office: Office) -> None:
    assert office.says("status") == "Nothing is planned. “publisher queue FILE” begins.\n"
    assert office.json("status") == {"format": "publisher.status/1", "stopped": [], "announcements": []}


def test_a_held_delivery_is_said_with_its_reason_and_by_the_exit_code(office: Office) -> None:
    name = office.approved("--channel", "website")
    office.says("hold", name, "--as", "camille")
    told = office.says("status", code=3)
    assert told.startswith(f"{name}  held  Le marché change de place\n└── website ")
    assert "Held by a person. “publisher resume” lets it go on." in told
    assert office.json("status", name, code=3)["deliveries"][0]["reason"] == "by-person"


def test_a_long_title_and_a_time_are_broken_between_words_inside_the_tree(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    office.write("marche.md", COMMUNIQUE.replace("place\n", "place pendant les travaux de la place Haute\n", 1))
    name = office.queue("--channel", "website", "--at", "2035-01-05T09:30")
    delivery = office.deliveries(name)["website"]
    assert (
        office.says("status", name)
        == f"""\
{name}  awaiting approval  Le marché
change de place pendant les travaux de la
place Haute
└── website {delivery}  planned  Friday 05
    January 2035, 09:30 (Europe/Paris)
    └── page  to be sent
"""
    )


def damaged(*_: object) -> None:
    cause = sqlite3.DatabaseError("database disk image is malformed")
    cause.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    raise DatabaseError from cause


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        ("publisher.pipeline.status.everything", ["status"]),
        ("publisher.pipeline.people.acting", ["queue", "marche.md"]),
        ("publisher.pipeline.people.everyone", ["user", "list"]),
        ("publisher.pipeline.people.administering", ["adopt"]),
        ("publisher.pipeline.hold.named", ["hold", "a-1", "--as", "camille"]),
    ],
)
def test_damage_that_is_met_midway_is_one_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: str, arguments: list[str]
) -> None:
    monkeypatch.setattr(place, damaged)
    assert "publisher.sqlite3 is damaged." in office.refuses(*arguments)


def test_adopted_by_an_administrator_what_was_due_is_held(office: Office) -> None:
    name = office.approved()
    office.refuses("adopt", "--as", "camille")
    told = office.says("adopt", "--as", "lou", code=3)
    assert told == "This data directory publishes from now on; 2 deliveries are held, because the other copy may have sent them.\n"
    assert {row["reason"] for row in office.json("status", name, code=3)["deliveries"]} == {"adopted"}
    assert office.json("adopt", "--as", "lou") == {"format": "publisher.adopt/1", "held": 0}
    assert office.says("migrate") == "The database is up to date.\n"
    assert office.json("migrate") == {"format": "publisher.migrate/1", "migrations": []}


def test_who_sent_it_back_and_why_stays_in_sight(office: Office) -> None:
    name = office.queue("--channel", "website")
    office.says("reject", name, "--reason", "Le titre est faux.", "--as", "dominique")
    assert "├── Sent back by dominique: Le titre est faux.\n" in office.says("status", name)
    back = office.json("status", name)["sent_back"]
    assert back == {"reason": "Le titre est faux.", "by": "dominique", "at": back["at"]}


ADDRESS = "redaction@gazette.example"
MAILING = {"id": "message", "state": "in_doubt", "url": None, "error": None, "counts": {"in_doubt": 1}}
DOUBTED = {"address": ADDRESS, "state": "in_doubt", "error": None}


@pytest.mark.parametrize(
    ("delivery", "lines"),
    [
        (
            {"state": "held", "reason": "undecided", "steps": [{"id": "post-1", "state": "in_doubt", "url": None, "error": None}]},
            [
                "Nobody can tell whether it was published: look at the account, then say what you see.",
                "Say it so: publisher resolve d-1 --published URL, or --send-again, or --drop",
                "post\u00a01 (post-1)  in doubt",
            ],
        ),
        (
            {"state": "held", "reason": "cancel-requested", "steps": [{"id": "post-1", "state": "in_doubt", "url": None, "error": None}]},
            [
                "Canceled while a call was under way: what became of that call is being found out.",
                "post\u00a01 (post-1)  in doubt",
            ],
        ),
        (
            {"state": "sending", "reason": None, "steps": [{**MAILING, "recipients": [DOUBTED]}]},
            ["e-mail (message)  in doubt: 1", f"  {ADDRESS}  in doubt"],
        ),
        (
            {"state": "held", "reason": "undecided", "steps": [{**MAILING, "recipients": [DOUBTED]}]},
            [
                f"Ask those in doubt whether they have it, then say so: publisher resolve d-1 --step {ADDRESS} --published {ADDRESS}",
                "e-mail (message)  in doubt: 1",
                f"  {ADDRESS}  in doubt",
            ],
        ),
        (
            {
                "state": "delivered",
                "reason": None,
                "steps": [{"id": "message", "state": "sent", "url": None, "error": None, "counts": {"sent": 2, "failed": 0}}],
            },
            ["e-mail (message)  sent: 2"],
        ),
    ],
    ids=["what settles a doubt", "still looked up", "a mailing under way", "a mailing in doubt", "a mailing in numbers"],
)
def test_the_lines_of_a_delivery(delivery: dict[str, object], lines: list[str]) -> None:
    assert [line.plain.rstrip() for line in _lines({"id": "d-1", **delivery})] == lines
