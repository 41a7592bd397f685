"""Instants that a person writes: read as aware datetimes in the town's zone, refused when they could mean two things."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from publisher.errors import UsageError
from publisher.i18n import N_
from publisher.text import dates, hours
from publisher.text.patterns import late

_ISO = late(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?) ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?", re.IGNORECASE
)
# « le mardi 24 novembre 2026 à 18 h », « 24/11/2026 18:00 »: nothing but these words around the date and the hour.
_BEFORE = late(r"[ \u00a0]*(?:le[ \u00a0]+)?", re.IGNORECASE)
_BETWEEN = late(r"[ \u00a0\u202f]*[,–—-]?[ \u00a0\u202f]*(?:[àa][ \u00a0\u202f]+)?", re.IGNORECASE)
_AFTER = late(r"[ \u00a0.]*")

_END_OF_DAY = 24
_EXAMPLE = "2026-11-24 18:00"


def parse_when(text: str, zone: ZoneInfo, near: date | None = None) -> datetime:
    """Return the aware instant, in `zone`, that `text` means: ISO 8601 or French words, with an offset or as wall time in `zone`.

    With `near`, a day without its year is the one nearest to it.

    Raises UsageError: `time-unreadable` (also a date without an hour), `time-nonexistent`, `time-ambiguous`, `weekday-mismatch`.
    """
    if match := _ISO.fullmatch(text.strip(" \u00a0")):
        return _iso(text, *match.groups(), zone=zone)
    return checked(_in_french(text, near), zone)


def checked(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return `wall` as an aware instant in `zone`; a naive one is wall time there, which must exist exactly once.

    Raises UsageError: `time-nonexistent`, `time-ambiguous`, `time-unreadable` (outside the calendar).
    """
    try:
        if wall.tzinfo is not None:
            return wall.astimezone(zone)
        first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        returned = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise _unreadable(str(wall)) from None
    if returned != wall:
        raise _nonexistent(wall, returned, zone)
    if first.utcoffset() != second.utcoffset():
        raise _ambiguous(wall, first, second, zone)
    return first


def _iso(text: str, day: str, hour: str, offset: str | None, *, zone: ZoneInfo) -> datetime:
    try:
        instant = datetime.fromisoformat(f"{day}T{hour}{(offset or '').upper()}")
    except ValueError:
        raise _unreadable(text) from None
    return checked(instant, zone)


def _in_french(text: str, near: date | None) -> datetime:
    """Return the naive wall time that French words state."""
    written, hour = dates.read(text), hours.read(text)
    if len(written) != 1 or not _BEFORE.fullmatch(text, 0, written[0].start):
        raise _unreadable(text)
    if not hour and _AFTER.fullmatch(text, written[0].end):
        raise UsageError(
            "time-unreadable", N_("“%(text)s” gives a day without an hour: write for example %(example)s."), text=text, example=_EXAMPLE
        )
    if len(hour) != 1 or not _BETWEEN.fullmatch(text, written[0].end, hour[0].start) or not _AFTER.fullmatch(text, hour[0].end):
        raise _unreadable(text)
    return _joined(text, written[0], hour[0], near)


def _joined(text: str, written: dates.WrittenDate, hour: hours.WrittenHour, near: date | None) -> datetime:
    day = written.near(near) if near else written.value
    if day is None or hour.hour == _END_OF_DAY:
        raise _unreadable(text)
    if hour.verbatim.lower() == "minuit":
        raise UsageError(
            "time-ambiguous",
            N_("“%(text)s” may mean the beginning or the end of that day: write %(first)s or %(second)s."),
            text=text,
            first=f"{day} 00:00",
            second=f"{day} 23:59",
        )
    if written.weekday not in {None, day.weekday()}:
        raise UsageError(
            "weekday-mismatch",
            N_("“%(text)s”: that day is a “%(weekday)s”. Correct the weekday or the date."),
            text=text,
            weekday=dates.WEEKDAYS[day.weekday()],
        )
    return datetime.combine(day, time(hour.hour, hour.minute))


def _unreadable(text: str) -> UsageError:
    return UsageError(
        "time-unreadable", N_("“%(text)s” is not a time: write the day and the hour, for example %(example)s."), text=text, example=_EXAMPLE
    )


def _nonexistent(wall: datetime, after: datetime, zone: ZoneInfo) -> UsageError:
    return UsageError(
        "time-nonexistent",
        N_("%(when)s does not exist in %(zone)s, where the clocks go forward then: write another hour, for example %(after)s."),
        when=_shown(wall),
        zone=zone.key,
        after=_shown(after),
    )


def _ambiguous(wall: datetime, first: datetime, second: datetime, zone: ZoneInfo) -> UsageError:
    return UsageError(
        "time-ambiguous",
        N_("%(when)s happens twice in %(zone)s, where the clocks go back then: write %(first)s (first time) or %(second)s (second time)."),
        when=_shown(wall),
        zone=zone.key,
        first=_shown(first, "T"),
        second=_shown(second, "T"),
    )


def _shown(instant: datetime, between: str = " ") -> str:
    return instant.isoformat(between, "auto" if instant.second or instant.microsecond else "minutes")
