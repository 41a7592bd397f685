"""Events as RFC 5545 writes them: what applications for calendars read. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = 75
"""Octets of a line; a longer one is folded."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at an instant; `uid` stays the same whatever else changes."""

    uid: str
    at: datetime
    summary: str
    description: str
    url: str
    is_certain: bool


def calendar(name: str, events: Sequence[Event], now: datetime, often: timedelta) -> bytes:
    """Return the calendar; `often` is how often it is worth being asked for."""
    every = f"PT{int(often.total_seconds()) // 60}M"
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Publisher//Publisher//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    told = [f"X-WR-CALNAME:{_text(name)}", f"REFRESH-INTERVAL;VALUE=DURATION:{every}", f"X-PUBLISHED-TTL:{every}"]
    lines = [*head, *told, *(line for event in events for line in _event(event, now)), "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"DTSTART:{_instant(event.at)}"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield f"URL:{event.url}"
    yield f"STATUS:{'CONFIRMED' if event.is_certain else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Return words as a value: what would end it, or begin another, is escaped; what has no place in it goes."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_ESCAPED.get(character, character) for character in _CONTROLS.sub("", words))


def _folded(line: str) -> bytes:
    """Return a line with its end, broken so that no part is too long and no character is cut."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
