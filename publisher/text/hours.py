"""Hours of the day read in running French text."""

import re
from typing import NamedTuple

from publisher.text.dates import GAP
from publisher.text.patterns import late

_LOOSE = r"\s{0,2}"
_HOUR = r"(?:[01]?[0-9]|2[0-4])"
_WITH_H = rf"(?P<h>{_HOUR}){_LOOSE}(?:heures?\b|h(?![^\W\d_]))(?:{_LOOSE}(?P<m>[0-5][0-9])(?!{_LOOSE}(?:h|%|€)|[0-9]))?"
_WITH_COLON = r"(?P<h2>(?:[01]?[0-9]|2[0-3])):(?P<m2>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])"
# Not « l’après-midi », « Midi-Pyrénées », « le Midi ».
_NAMES = ("midi", "minuit")
_NAMED = late(r"\b(?:à|de|et|vers|avant|dès)\s(?P<name>midi|minuit)\b(?!-)", re.IGNORECASE)
# « de 10 à 12 h », « 10-12 h »: the first hour borrows the letter of the second.
_BORROWING = rf"(?P<h3>{_HOUR})(?={_LOOSE}[–—-]{_LOOSE}{_HOUR}{_LOOSE}h(?![^\W\d_])|{GAP}(?:à|et){GAP}{_HOUR}{_LOOSE}h(?![^\W\d_]))"
_IN_FIGURES = late(rf"(?<![0-9])(?<![0-9][.,:/])(?:{_WITH_H}|{_WITH_COLON}|{_BORROWING})", re.IGNORECASE)


class WrittenHour(NamedTuple):
    """One hour as it is written: `text[start:end] == verbatim`; `hour` may be 24."""

    start: int
    end: int
    verbatim: str
    hour: int
    minute: int = 0


def read(text: str) -> tuple[WrittenHour, ...]:
    """Return the hours in order: 14 h, 14h30, 14 heures, 14:30, midi (12 h), minuit (0 h), both ends of « de 10 à 12 h »."""
    found = [_in_figures(match) for match in _IN_FIGURES.finditer(text)]
    lowered = text.lower()
    if any(name in lowered for name in _NAMES):
        found = sorted([*found, *(_named(match) for match in _NAMED.finditer(text))])
    return tuple(found)


def _in_figures(match: re.Match[str]) -> WrittenHour:
    hour, minute = match["h"] or match["h2"] or match["h3"], match["m"] or match["m2"] or 0
    return WrittenHour(*match.span(), match[0], int(hour), int(minute))


def _named(match: re.Match[str]) -> WrittenHour:
    return WrittenHour(*match.span("name"), match["name"], 12 if match["name"].lower() == "midi" else 0)
