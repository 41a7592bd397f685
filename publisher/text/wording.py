"""Facts put into French words: days, hours, and the form of a telephone number that a telephone can dial."""

from datetime import date, datetime

from publisher.text import telephones
from publisher.text.dates import MONTHS, WEEKDAYS

_PARIS = "Europe/Paris"


def day_in_words(day: date) -> str:
    """Return « 24 septembre 2019 », « 1er octobre 2026 » (plain spaces: typography is added later)."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def instant_in_words(instant: datetime) -> str:
    """Return « mardi 24 novembre 2026 à 18 h (heure de Paris) » for an aware instant, in its own zone."""
    hour = f"{instant.hour} h {instant.minute:02}" if instant.minute else f"{instant.hour} h"
    zone = "heure de Paris" if getattr(instant.tzinfo, "key", "") == _PARIS else "heure locale"
    return f"{WEEKDAYS[instant.weekday()]} {day_in_words(instant)} à {hour} ({zone})"


def dialled(phone: str) -> str:
    """Return the number as a link dials it: +33199001234, or its digits as they are for a short number."""
    found = telephones.read(phone)
    return found[0].number if found else "".join(char for char in phone if char.isdecimal() or char == "+")
