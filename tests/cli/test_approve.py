import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.models import Approval
from tests.office import Office


def test_another_person_agrees(office: Office) -> None:
    name = office.queue("--at", office.ahead(hours=1))
    assert office.says("approve", name, "--as", "dominique") == f"{name} is approved: it leaves at its time.\n"
    assert office.state(name) == "planned"


@pytest.mark.parametrize(
    ("stop", "lines"),
    [
        ([], ["is approved: it leaves now."]),
        (["hold", "{id}"], ["is approved, but held: nothing leaves before “publisher resume {id}”."]),
        (["hold", "{x}"], ["is approved: it leaves now.", "x is held: nothing leaves there before “publisher resume {x}”."]),
        (
            ["pause", "--reason", "Alerte."],
            ["is approved: it leaves once “publisher unpause” lets it go on.", "Everything is stopped, by camille: Alerte."],
        ),
        (["pause", "--channel", "x", "--reason", "Alerte."], ["is approved: it leaves now.", "x is stopped, by camille: Alerte."]),
    ],
    ids=["nothing stops it", "held", "partly held", "paused", "one channel paused"],
)
def test_what_is_stopped_is_not_said_to_leave_now(office: Office, stop: list[str], lines: list[str]) -> None:
    name = office.queue()
    place = {"id": name, "x": office.deliveries(name)["x"]}
    if stop:
        office.says(*(word.format(**place) for word in stop), "--as", "camille")
    told = office.says("approve", name, "--as", "dominique").removeprefix(f"{name} ")
    assert told.splitlines() == [line.format(**place) for line in lines]


def test_json_for_scripts(office: Office) -> None:
    name = office.queue()
    document = office.json("approve", name, "--as", "dominique")
    assert document == {"format": "publisher.approval/1", "id": name, "sealed": True, "hash": document["hash"]}
    assert Approval.objects.get().person.name == "dominique"


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("camille", None),
        ("eden", None),
        ("lou", None),
        ("nobody", "There is no account “nobody”; “publisher user list” shows them all."),
    ],
)
def test_neither_the_author_alone_nor_who_may_not(office: Office, who: str, sentence: str | None) -> None:
    name = office.queue("--at", office.ahead(hours=1))
    found = office.refuses("approve", name, "--as", who)
    assert sentence in {None, found}
    assert office.state(name) == "awaiting_approval"


def test_an_approver_cannot_approve_what_they_queued(office: Office) -> None:
    name = office.queue("--at", office.ahead(hours=1), by="dominique")
    office.refuses("approve", name, "--as", "dominique")
    office.says("approve", name, "--as", "sacha")


def test_a_changed_file_is_queued_again_or_agreed_to_as_it_was(office: Office) -> None:
    name = office.queue("--at", office.ahead(hours=1))
    path = Path("marche.md")
    path.write_text(path.read_text("utf-8").replace("trois mois", "quatre mois"), encoding="utf-8")
    assert "--as-queued" in office.refuses("approve", name, "--as", "dominique")
    office.says("approve", name, "--as-queued", "--as", "dominique")
    assert office.state(name) == "planned"


def test_an_earlier_time_needs_a_new_visa(office: Office) -> None:
    at = datetime.fromisoformat(office.ahead(hours=3))
    name = office.approved("--at", at.isoformat())
    later, earlier = (at + timedelta(minutes=10)).isoformat(), (at - timedelta(hours=1)).isoformat()
    assert office.says("reschedule", name, "--at", later, "--as", "camille") == f"{name} has its new time; its visa is kept.\n"
    assert office.state(name) == "planned"
    assert office.says("reschedule", name, "--at", earlier, "--as", "camille") == f"{name} has its new time, and needs a new visa.\n"
    assert office.state(name) == "awaiting_approval"
    office.says("approve", name, "--as", "dominique")
    assert {row["due_at"] for row in office.json("status", name)["deliveries"]} == {earlier}
    assert office.state(name) == "planned"


def test_a_new_time_says_what_stays_held(office: Office) -> None:
    name = office.approved("--at", office.ahead(hours=3), "--channel", "website")
    (row,) = office.json("status", name)["deliveries"]
    office.says("hold", name, "--as", "camille")
    later = office.ahead(hours=4)
    assert office.says("reschedule", name, "--at", later, "--as", "camille") == (
        f"{name} has its new time; its visa is kept.\nwebsite is held: nothing leaves there before “publisher resume {row['id']}”.\n"
    )
    told = office.json("reschedule", name, "--at", later, "--as", "camille")
    assert (told["format"], told["held"]) == ("publisher.reschedule/1", [row["id"]])


@pytest.mark.parametrize("arguments", [["reschedule", "--at"], ["reschedule", "--at", "2027-03-01T10:00", "--not-after"]])
def test_a_new_time_in_the_gap_of_march_is_refused(office: Office, arguments: list[str]) -> None:
    verb, *options = arguments
    name = office.queue("--at", office.ahead(hours=3))
    sentence = office.refuses(verb, name, *options, "2027-03-28T02:30", "--as", "camille", code=2)
    assert sentence.startswith("2027-03-28 02:30 does not exist in Europe/Paris")


@pytest.mark.parametrize("verb", ["approve", "cancel", "hold", "resume", "status"])
def test_an_id_that_is_not_there(office: Office, verb: str) -> None:
    name = office.queue()
    asked = ["--as", "dominique"] if verb != "status" else []
    assert "a-22222222" in office.refuses(verb, "a-22222222", *asked)
    assert office.state(name) == "awaiting_approval"


def test_sent_back_with_a_reason(office: Office) -> None:
    name = office.queue()
    office.refuses("reject", name, "--reason", "Titre faux.", "--as", "camille")
    office.refuses("reject", name, "--as", "dominique", code=2)
    told = office.says("reject", name, "--reason", "Titre faux.", "--as", "dominique")
    assert told == f"{name} went back to its author; nothing of it leaves.\n"
    assert office.state(name) == "draft"
    again = office.queue()
    assert office.json("reject", again, "--reason", "Non.", "--as", "sacha")["sealed"] is False


def test_an_argument_in_other_bytes_than_utf_8_is_wrong_usage(office: Office) -> None:
    """What a terminal set to Latin-1 sends; nothing of ours can keep it."""
    sentence = office.refuses("approve", os.fsdecode(b"a-\xe9t\xe9"), "--as", "dominique", code=2)
    assert sentence == "“a-\ufffdt\ufffd” is not written in UTF-8: type it again, or rename the file."


def test_what_leaves_at_once_is_said(office: Office) -> None:
    name = office.queue()
    assert office.says("approve", name, "--as", "dominique") == f"{name} is approved: it leaves now.\n"
