import re
from pathlib import Path

import pytest

from publisher.models import Announcement
from tests.office import COMMUNIQUE, Office


def test_the_id_is_the_last_word(office: Office) -> None:
    at = office.ahead(hours=2)
    told = office.says("queue", "marche.md", "--at", at, "--as", "camille").splitlines()
    name = Announcement.objects.get().id
    ids = office.deliveries(name)
    assert told[-1] == f"Frozen; it awaits approval: {name}"
    assert [line.split(":")[0] for line in told if line.startswith(("website", "x"))] == [f"website ({ids['website']})", f"x ({ids['x']})"]
    assert office.state(name) == "awaiting_approval"


def test_json_for_scripts(office: Office) -> None:
    at = office.ahead(hours=2)
    document = office.json("queue", "marche.md", "--at", at, "--channel", "website", "--as", "camille")
    name = Announcement.objects.get().id
    assert {(problem["severity"], problem["code"]) for problem in document["problems"]} >= {("notice", "no-image")}
    row = {"id": office.deliveries(name)["website"], "channel": "website", "due_at": at}
    assert document == {"format": "publisher.queue/1", "id": name, "sealed": False, "deliveries": [row], "problems": document["problems"]}


@pytest.mark.parametrize("verb", ["queue", "publish"])
def test_what_leaves_without_a_time_is_said_before_anything(office: Office, verb: str) -> None:
    told = office.says(verb, "marche.md", "--as", "camille").splitlines()
    assert told[0] == "Without a time: it leaves as soon as it is approved, on website, x."


def test_what_nobody_needs_to_approve_leaves_at_once(office: Office) -> None:
    config = Path("config.toml")
    config.write_text(config.read_text("utf-8") + "[approval]\nrequired = 0\n", "utf-8")
    told = office.says("queue", "marche.md", "--as", "camille", "--channel", "x", "--channel", "website").splitlines()
    assert told[0] == "Without a time: it leaves at once, on website, x."


def test_with_a_time_there_is_nothing_to_say_first(office: Office) -> None:
    assert "Without a time" not in office.says("queue", "marche.md", "--at", office.ahead(hours=2), "--as", "camille")


def test_without_a_time_an_embargo_still_counts(office: Office) -> None:
    told = office.says("queue", "marche.md", "--embargo-until", "2035-01-05T09:30", "--as", "camille")
    assert told.count(": as soon as it is approved, but not before Friday 05 January 2035, 09:30 (Europe/Paris)\n") == 2


def test_what_was_frozen_can_be_read_again(office: Office) -> None:
    told = office.says("queue", "marche.md", "--as", "camille").splitlines()
    assert told[-2] == f"To read again exactly what was frozen: publisher preview {Announcement.objects.get().id}"


def test_publish_has_no_time_until_somebody_approves(office: Office) -> None:
    name = office.says("publish", "marche.md", "--as", "camille").split()[-1]
    assert {row["due_at"] for row in office.json("status", name)["deliveries"]} == {None}
    office.says("approve", name, "--as", "dominique")
    assert all(row["due_at"] for row in office.json("status", name)["deliveries"])


REFUSED = {
    "nobody": (["--as", "nobody"], 1, "There is no account “nobody”; “publisher user list” shows them all."),
    "not mapped": ([], 1, "No account belongs to the system user “"),
    "a reader": (["--as", "eden"], 1, "“eden” has the role reader; this needs the role author / approver."),
    "a channel that is not there": (["--as", "camille", "--channel", "web"], 2, "There is no channel “web”"),
    "in the gap of March": (["--as", "camille", "--at", "2027-03-28T02:30"], 2, "2027-03-28 02:30 does not exist in Europe/Paris"),
    "in the overlap of October": (["--as", "camille", "--at", "2027-10-31T02:30"], 2, "2027-10-31 02:30 "),
    "an end in the gap": (["--as", "camille", "--not-after", "2028-03-26T02:30"], 2, "2028-03-26 02:30 does not exist in Europe/Paris"),
    "an embargo in the overlap": (["--as", "camille", "--embargo-until", "2028-10-29T02:30"], 2, "2028-10-29 02:30 happens twice"),
    "no time at all": (["--as", "camille", "--at", "demain"], 2, "demain"),
    "past": (["--as", "camille", "--at", "2020-01-01T10:00"], 1, "already past"),
    "before the embargo": (
        ["--as", "camille", "--at", "2035-01-01T10:00", "--embargo-until", "2035-01-02T10:00"],
        1,
        "before the end of the embargo",
    ),
    "an empty window": (["--as", "camille", "--at", "2035-01-01T10:00", "--not-after", "2035-01-01T09:00"], 1, "before it begins"),
    "an unknown option": (["--as", "camille", "--when", "2035-01-01"], 2, "--when"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_in_one_sentence(office: Office, case: str) -> None:
    arguments, code, sentence = REFUSED[case]
    assert sentence in office.refuses("queue", "marche.md", *arguments, code=code)
    assert not Announcement.objects.exists()


def test_a_town_without_a_channel_is_told_so(office: Office) -> None:
    config = Path("config.toml")
    config.write_text(config.read_text("utf-8").partition("[channels.")[0], "utf-8")
    sentence = "config.toml has no channel: nothing can be published; add a [channels.NAME] section."
    assert office.refuses("queue", "marche.md", "--as", "camille") == sentence
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("wall", ["2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00"])
def test_an_offset_says_which_of_two_hours(office: Office, wall: str) -> None:
    document = office.json("queue", "marche.md", "--as", "camille", "--at", wall)
    assert {row["due_at"] for row in document["deliveries"]} == {wall.replace("+", ":00+")}


def test_the_same_text_twice_must_be_meant(office: Office) -> None:
    name = office.queue("--at", office.ahead(hours=1))
    sentence = office.refuses("queue", "marche.md", "--as", "camille", "--at", office.ahead(hours=3))
    assert sentence == f"This text is already planned or published on website ({name}): cancel that one first, or say --again."
    assert office.queue("--again", "--at", office.ahead(hours=3)) != name


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", 1), (b"\x00\x01\x02" * 50, 1), (b"a" * 6_000_000, 1), (None, 1)],
    ids=["empty", "binary", "too large", "missing"],
)
def test_a_document_that_is_none(office: Office, content: bytes | None, code: int) -> None:
    path = Path("marche.md")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert "marche.md" in office.refuses("queue", "marche.md", "--as", "camille", code=code)
    assert not (office.data / "sources").exists()


REHEARSAL = """\
Website, Friday 05 January 2035, 09:30 (Europe/Paris)
  page: write DATA/site/2026-11-24-marche-change-place/index.html
    bytes: BYTES
    sha256: DIGEST

X, Friday 05 January 2035, 09:30 (Europe/Paris)
  post\u00a01 (post-1): POST http://127.0.0.1:9/2/tweets
    text:
      Le marché change de place

      À partir du samedi 28\u00a0novembre 2026, le marché hebdomadaire de la ville quitte la place Haute et s’installe place Basse, de 8\u00a0h à 13\u00a0h. 1/2
  post\u00a02 (post-2): POST http://127.0.0.1:9/2/tweets
    text:
      Les travaux de la place Haute durent trois mois\u00a0; soixante places de stationnement restent ouvertes rue des Lilas pendant cette période. 2/2
      Le communiqué complet\u00a0: ‹address of the page›
    reply.in_reply_to_tweet_id: ‹id of post-1›

Dry run: nothing was stored, nothing was sent.
"""  # noqa: E501 - as it is printed


def test_a_rehearsal_shows_each_call_and_stores_nothing(office: Office) -> None:
    before = office.everything()
    told = office.says("queue", "marche.md", "--dry-run", "--at", "2035-01-05T09:30", "--as", "camille")
    written = re.sub(r"bytes: \d+\n    sha256: [0-9a-f]{64}", "bytes: BYTES\n    sha256: DIGEST", told.replace(str(office.data), "DATA"))
    assert written.partition("\n\n")[2] == REHEARSAL
    assert office.everything() == before
    assert not (office.data / "sources").exists()


def test_a_rehearsal_in_json_is_the_preview(office: Office) -> None:
    assert office.json("publish", "marche.md", "--dry-run", "--as", "camille") == office.json("preview", "marche.md")
    assert not Announcement.objects.exists()


def test_an_unknown_key_of_the_configuration(office: Office) -> None:
    path = Path("config.toml")
    path.write_text(path.read_text().replace("[town]", "[town]\nlangue = 1"))
    assert "config.toml, [town] langue: there is no such key; did you mean “language”?" in office.refuses(
        "queue", "marche.md", "--as", "camille"
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("samedi 28 novembre 2026", "mardi 28 novembre 2026"), ("samedi 28 novembre 2026", "31 novembre 2026")],
    ids=["the weekday of another day", "a day that does not exist"],
)
def test_a_date_that_the_calendar_contradicts_must_be_meant(office: Office, wrong: str, right: str) -> None:
    office.write("marche.md", COMMUNIQUE.replace(wrong, right))
    sentence = office.refuses("queue", "marche.md", "--as", "camille")
    assert (right in sentence, sentence.endswith("If it is meant as it is written, say --as-written.")) == (True, True)
    assert sentence == office.refuses("queue", "marche.md", "--dry-run", "--as", "camille")
    assert office.queue("--as-written").startswith("a-")
