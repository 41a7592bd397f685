"""Facts put into French words: days, hours, and the form of a telephone number that a telephone can dial."""

from datetime import date, datetime, time

from publisher.text import telephones
from publisher.text.dates import MONTHS, WEEKDAYS

_PARIS = "Europe/Paris"


def day_in_words(day: date, *, year: bool = True) -> str:
    """Return « 24 septembre 2019 », « 1er octobre » (plain spaces: typography is added later)."""
    words = f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def hour_in_words(hour: time) -> str:
    """Return « 16 h 30 », « 18 h »."""
    return f"{hour.hour} h {hour.minute:02}" if hour.minute else f"{hour.hour} h"


def instant_in_words(instant: datetime) -> str:
    """Return « mardi 24 novembre 2026 à 18 h (heure de Paris) » for an aware instant, in its own zone."""
    zone = "heure de Paris" if getattr(instant.tzinfo, "key", "") == _PARIS else "heure locale"
    return f"{WEEKDAYS[instant.weekday()]} {day_in_words(instant)} à {hour_in_words(instant.time())} ({zone})"


def dialled(phone: str) -> str:
    """Return the number as a link dials it: +33199001234, or its digits as they are for a short number."""
    found = telephones.read(phone)
    return found[0].number if found else "".join(char for char in phone if char.isdecimal() or char == "+")
