"""What leaves the pages holds hostile words as words: tables, calendars, letters, and what programs get."""

import csv
import io
import json
import re

import pytest
from django.test import Client

from publisher import config
from publisher.models import Person, Scope
from publisher.pipeline import hold, tokens
from tests.pipeline.test_hostile import HOSTILE
from tests.pipeline.test_icalendar import unfolded
from tests.pipeline.test_notice_mail import deliver, letters, post  # noqa: F401 - a fixture

FORMULAS = ["=1+1", "+33 1 99 00 12 34", "-2", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://espion.example")', "oui;=1+1", "oui,@SUM(1)"]


def titled(text: str) -> str:
    return f"Titre {text}".replace("/", "∕")  # the town keeps it in a file of this name


def one_line(text: str) -> str:
    return " ".join(text.split())


everything = pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS], ids=range(len(HOSTILE + FORMULAS)))


@everything
def test_in_the_table_of_the_journal_no_cell_is_a_formula_however_it_is_cut(town, browser, text) -> None:
    town.reject(town.queue(titled(text)), reason=text)
    table = b"".join(browser("eden").get("/journal/export/")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {7}
    assert one_line(text) in {one_line(re.sub("(^|[;,\t])'(?=[-=+@\t])", r"\1", row[6])) for row in rows}
    assert not [cell for cell in re.split("[;,\t\r\n]", table.replace('"', "")) if cell.startswith(("=", "+", "-", "@"))]


ICS = ["BEGIN", "END", "VERSION", "PRODID", "METHOD", "CALSCALE", "X-WR-CALNAME", "NAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID"]
ICS += ["DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP"]


@everything
def test_in_a_calendar_it_is_one_line_of_text(town, text) -> None:
    town.planned(titled(text))
    secret = tokens.create(town.desk, town.who("lou"), "calendrier", "eden", [Scope.CALENDAR])[1]
    lines = unfolded(Client(SERVER_NAME="localhost").get(f"/calendrier/{secret}.ics").content.removesuffix(b"\r\n"))
    assert {line.partition(":")[0].partition(";")[0] for line in lines} <= {*ICS}
    (summary,) = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY")]
    assert one_line(re.sub(r"\\([\\;,n])", lambda found: " " if found[1] == "n" else found[1], summary)) == one_line(titled(text))


@everything
def test_for_programs_it_is_the_same_text_in_json(town, text) -> None:
    town.reject(town.queue(titled(text)), reason=text)
    secret = tokens.create(town.desk, town.who("lou"), "site", "camille", [Scope.READ])[1]
    answer = Client(SERVER_NAME="localhost").get("/api/v1/announcements", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert [row["title"] for row in json.loads(answer.content)["announcements"]] == [titled(text)]


HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
HEADERS |= {"Auto-Submitted", "Content-Language"}


@everything
def test_in_letters_it_is_text_and_no_header(town, post, text) -> None:  # noqa: F811 - a fixture
    town.notices = config.Notices(enabled=True)
    Person.objects.update(email="presse@valmont.example")
    town.reject(town.queue(titled(text)), reason=text)
    hold.pause(town.desk, town.who("eden"), text, "memory")
    deliver(town)
    told = letters(post)
    assert one_line(titled(text)) in one_line(" ".join(letter.get_content() for letter in told))
    for letter in told:
        assert (set(letter.keys()), letter["To"], letter.get_content_type()) == (HEADERS, "presse@valmont.example", "text/plain")
