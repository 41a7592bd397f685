"""Calendars as RFC 5545 has them: lines, folding, escaping."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from publisher.pipeline.icalendar import LONGEST, Event, calendar

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def event(**told) -> Event:
    usual = {"uid": "d-1@publisher", "at": NOW, "summary": "Titre", "description": "", "url": "https://x.test/", "is_certain": True}
    return Event(**{**usual, **told})


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def read(content: bytes, name: str) -> str:
    """The value of a property of text, as an application reads it."""
    (value,) = [line.partition(":")[2] for line in unfolded(content) if line.startswith(f"{name}:")]
    return value.replace("\\\\", "\0").replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\0", "\\")


def test_a_calendar_is_written_line_by_line() -> None:
    at = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    written = calendar("Ville, de X", [event(at=at, summary="A; B, C\\D\nE", is_certain=False)], NOW, timedelta(hours=1))
    assert written.decode().split("\r\n") == [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Publisher//Publisher//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"),
        *("X-WR-CALNAME:Ville\\, de X", "REFRESH-INTERVAL;VALUE=DURATION:PT60M", "X-PUBLISHED-TTL:PT60M"),
        *("BEGIN:VEVENT", "UID:d-1@publisher", "DTSTAMP:20261124T120000Z", "DTSTART:20261125T083000Z"),
        *("SUMMARY:A\\; B\\, C\\\\D\\nE", "DESCRIPTION:", "URL:https://x.test/", "STATUS:TENTATIVE", "TRANSP:TRANSPARENT", "END:VEVENT"),
        *("END:VCALENDAR", ""),
    ]


def test_a_title_cannot_begin_another_property() -> None:
    written = calendar("Ville", [event(summary="x\r\nATTACH:evil\rBEGIN:VALARM\x0b\x85\u2028\x00")], NOW, timedelta(hours=1))
    assert not [line for line in unfolded(written) if line.startswith(("ATTACH", "BEGIN:VALARM"))]
    assert read(written, "SUMMARY") == "x\nATTACH:evil\nBEGIN:VALARM"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_whatever_the_title_no_line_is_too_long_no_character_is_cut_and_it_reads_as_it_was(title) -> None:
    written = calendar("Ville", [event(summary=title)], NOW, timedelta(hours=1))
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST
    assert all(line.decode() or True for line in lines)
    assert b"\n" not in b"".join(lines)
    assert read(written, "SUMMARY") == title


def test_a_long_line_is_folded_at_seventy_five_octets() -> None:
    lines = calendar("Ville", [event(summary="é" * 100)], NOW, timedelta(hours=1)).split(b"\r\n")
    (number,) = [number for number, line in enumerate(lines) if line.startswith(b"SUMMARY:")]
    assert [len(line) for line in lines[number : number + 3]] == [74, 75, 61]
