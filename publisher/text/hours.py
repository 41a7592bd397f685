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
_BEFORE_NAME = "|".join(rf"(?<=\b{word}\s)" for word in ("à", "de", "et", "vers", "avant", "dès"))
_NAMED = rf"(?:{_BEFORE_NAME})(?P<name>midi|minuit)\b(?!-)"
# « de 10 à 12 h », « 10-12 h »: the first hour borrows the letter of the second.
_BORROWING = rf"(?P<h3>{_HOUR})(?={_LOOSE}[–—-]{_LOOSE}{_HOUR}{_LOOSE}h(?![^\W\d_])|{GAP}(?:à|et){GAP}{_HOUR}{_LOOSE}h(?![^\W\d_]))"
_ANY = late(rf"(?<![0-9])(?<![0-9][.,:/])(?:{_WITH_H}|{_WITH_COLON}|{_BORROWING})|{_NAMED}", re.IGNORECASE)


class WrittenHour(NamedTuple):
    """One hour as it is written: `text[start:end] == verbatim`; `hour` may be 24."""

    start: int
    end: int
    verbatim: str
    hour: int
    minute: int = 0


def read(text: str) -> tuple[WrittenHour, ...]:
    """Return the hours in order: 14 h, 14h30, 14 heures, 14:30, midi (12 h), minuit (0 h), both ends of « de 10 à 12 h »."""
    return tuple(_written(match) for match in _ANY.finditer(text))


def _written(match: re.Match[str]) -> WrittenHour:
    if match["name"]:
        hour, minute = (12 if match["name"].lower() == "midi" else 0), 0
    else:
        hour = int(match["h"] or match["h2"] or match["h3"])
        minute = int(match["m"] or match["m2"] or 0)
    return WrittenHour(*match.span(), match[0], hour, minute)
