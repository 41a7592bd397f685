"""French dates read in running text: where they stand, which day they mean, which weekday they claim."""

import re
from datetime import date
from typing import NamedTuple

from publisher.text.patterns import late

# Typeset text holds no-break spaces, hard-wrapped text holds line ends: a gap is any of them.
GAP = r"\s{1,3}"
_LOOSE = r"\s{0,3}"

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
_UNACCENTED = str.maketrans("éû", "eu")

_WEEKDAY = "|".join(WEEKDAYS)
_MONTH = (
    r"janv(?:ier|\.)|f[ée]vr(?:ier|\.)|mars|avr(?:il|\.)|mai|juin|juil(?:let|\.)|ao[ûu]t"
    r"|sept(?:embre|\.)|oct(?:obre|\.)|nov(?:embre|\.)|d[ée]c(?:embre|\.)"
)
_FIRST = r"1(?:er|ᵉʳ|<sup>er</sup>)|premier"
_DAY = rf"{_FIRST}|[0-3]?[0-9]"
_YEAR = r"1[0-9]{3}|2[01][0-9]{2}"

_IN_WORDS = late(
    rf"(?=[0-9{''.join(sorted({word[0] for word in (*WEEKDAYS, 'premier')}))}])"  # nothing else begins one: most places are passed over
    rf"(?:\b(?P<weekday>{_WEEKDAY}),?{GAP}(?:le{GAP})?)?(?<![0-9])(?<![0-9][.,/])(?P<day>{_DAY}){GAP}(?P<month>{_MONTH})(?![^\W\d_])"
    rf"(?:{GAP}(?P<year>{_YEAR})(?![0-9]))?",
    re.IGNORECASE,
)
_FIGURES = late(r"[0-9][./-][0-9]")  # no date in figures is without
# Two-digit years only between slashes: 10.12.14 is more often a numbering or a telephone number.
_IN_FIGURES = late(
    rf"(?:\b(?P<weekday>{_WEEKDAY}),?{GAP}(?:le{GAP})?)?(?<![0-9])(?<![0-9][./-])"
    r"(?P<day>[0-3]?[0-9])(?P<mark>[./-])(?P<month>[01]?[0-9])(?P=mark)(?P<year>[0-9]{4}|(?<=/)[0-9]{2})(?![0-9]|[./-][0-9])",
    re.IGNORECASE,
)
# « le 24/11 », « mardi 24/11 »: without such a word before it, 24/7 and 1/2 are not dates.
_IN_SHORT = late(
    rf"(?:\b(?P<weekday>{_WEEKDAY}){GAP}|(?<=\ble\s)|(?<=\bdu\s)|(?<=\bau\s))"
    r"(?P<day>[0-3]?[0-9])/(?P<month>[01][0-9])(?P<year>)(?![0-9/]|[.-][0-9])",
    re.IGNORECASE,
)
_ISO = late(r"(?P<weekday>)(?<![0-9])(?<![0-9][./-])(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9]|[./-][0-9])")
# « les 3 et 4 mai », « du mardi 3 au samedi 7 mai »: a day that borrows its month from the date behind it.
_BORROWING_DAY = late(
    rf"(?:\b(?P<weekday>{_WEEKDAY}){GAP})?(?<![0-9.,/:])(?<![0-9hH][ .\u00a0\u202f])(?<!h)(?P<day>{_FIRST}|[0-3]?[0-9])"
    rf"(?:{_LOOSE}[,–—-]{_LOOSE}|{GAP}(?:et{GAP}jusqu[’']au|jusqu[’']au|puis|et|au|à|ou){GAP})(?:le{GAP})?$",
    re.IGNORECASE,
)
_BORROWING_REACH = 40
# « du 27 septembre à 8 h au 4 octobre 2019 »: what may stand between two dates that share a year.
_SHARED_YEAR = late(
    rf"(?:{GAP}à{GAP}[0-9]{{1,2}}{_LOOSE}h(?:{_LOOSE}[0-9]{{2}})?)?(?:{_LOOSE}[,–—-]{_LOOSE}|{GAP})(?:(?:et|au|à|ou|jusqu[’']au|puis){GAP})?(?:les?{GAP})?",
    re.IGNORECASE,
)

_COUNTED = (
    r"€|euros?|%|m²|m|km|kg|ha|h|habitant|personne|élève|agent|logement|arbre|place|enfant|foyer|visiteur|spectateur|mètre|signature|emploi"
    r"|exemplaire"
)
_RECENT_YEAR = rf"(?:19[0-9]{{2}}|20[0-9]{{2}}|2100)(?!{_LOOSE}(?:{_COUNTED})s?(?![^\W\d_]))"
_OLD_YEAR = r"(?<=\ben\s)1[0-8][0-9]{2}|(?<=\bdepuis\s)1[0-8][0-9]{2}|(?<=\ban\s)1[0-8][0-9]{2}"
_YEAR_ALONE = late(rf"(?<![\w.,/€+])(?<![0-9]\s)(?:{_OLD_YEAR}|{_RECENT_YEAR})(?![\w/]|[.,][0-9]|\s[0-9])", re.IGNORECASE)


class WrittenDate(NamedTuple):
    """One date as it is written: `text[start:end] == verbatim`; weekday 0 is Monday, None when it is not stated.

    In « du 27 septembre au 4 octobre 2019 » the first date has the year of the second. `borrows`: it has no month of its own.
    """

    start: int
    end: int
    verbatim: str
    day: int
    month: int
    year: int | None = None
    weekday: int | None = None
    borrows: bool = False

    @property
    def words(self) -> str:
        """How to name it to people: as it is written, with the month that it borrows (« 4 » of « du 4 au 6 décembre »)."""
        return f"{self.verbatim} {MONTHS[self.month - 1]}" if self.borrows and 1 <= self.month <= len(MONTHS) else self.verbatim

    @property
    def value(self) -> date | None:
        """The day it means; None without a year, or when the calendar has no such day."""
        return None if self.year is None else _calendar(self.year, self.month, self.day)

    @property
    def exists(self) -> bool:
        """Whether the calendar has this day; without a year, whether some year has it."""
        return _calendar(self.year if self.year is not None else 2000, self.month, self.day) is not None

    def near(self, reference: date) -> date | None:
        """Return the day it means; a missing year is the one that brings it nearest to `reference`."""
        if self.year is not None:
            return self.value
        candidates = [_calendar(reference.year + shift, self.month, self.day) for shift in (-1, 0, 1)]
        return min((day for day in candidates if day), key=lambda day: abs(day - reference), default=None)


def read(text: str) -> tuple[WrittenDate, ...]:
    """Return the dates that have at least a day and a month, in order; `text` is NFC, typeset or not."""
    anchors = [_in_words(match) for match in _IN_WORDS.finditer(text)]
    if _FIGURES.search(text):
        anchors += [_in_figures(match) for pattern in (_IN_FIGURES, _IN_SHORT, _ISO) for match in pattern.finditer(text)]
    anchors.sort(key=lambda written: written.start)
    found: list[WrittenDate] = []
    for anchor in reversed(anchors):  # years and months are borrowed from the right
        dated = _with_shared_year(anchor, found[-1], text) if found else anchor
        found += [dated, *_borrowing(dated, text)]
    return tuple(reversed(found))


def years(text: str) -> tuple[int, ...]:
    """Return every year that the text names, in dates and alone (« En 2009 »), in order, repeated if it repeats them."""
    dated = read(text)
    named = [(written.start, written.year) for written in dated if written.year is not None]
    named += [(match.start(), int(match[0])) for match in _YEAR_ALONE.finditer(_blanked(text, dated))]
    return tuple(year for _, year in sorted(named))


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(match: re.Match[str]) -> WrittenDate:
    month = match["month"].lower().rstrip(".").translate(_UNACCENTED)
    return WrittenDate(
        *match.span(),
        match[0],
        day=_day(match["day"]),
        month=next(number for number, name in enumerate(MONTHS, 1) if name.translate(_UNACCENTED).startswith(month)),
        year=int(match["year"]) if match["year"] else None,
        weekday=_weekday(match["weekday"]),
    )


def _in_figures(match: re.Match[str]) -> WrittenDate:
    year = match["year"] if len(match["year"]) != len("19") else "20" + match["year"]
    return WrittenDate(
        *match.span(),
        match[0],
        day=int(match["day"]),
        month=int(match["month"]),
        year=int(year) if year else None,
        weekday=_weekday(match["weekday"]),
    )


def _day(word: str) -> int:
    return int(word) if word.isdecimal() else 1


def _weekday(word: str | None) -> int | None:
    return WEEKDAYS.index(word.lower()) if word else None


def _with_shared_year(earlier: WrittenDate, later: WrittenDate, text: str) -> WrittenDate:
    if earlier.year is not None or later.year is None or not _SHARED_YEAR.fullmatch(text, earlier.end, later.start):
        return earlier
    turns = (earlier.month, earlier.day) > (later.month, later.day)
    return earlier._replace(year=later.year - turns)


def _borrowing(anchor: WrittenDate, text: str) -> list[WrittenDate]:
    """Return the days before `anchor` that borrow its month, last one first."""
    found: list[WrittenDate] = []
    end = anchor.start
    while match := _BORROWING_DAY.search(text, max(0, end - _BORROWING_REACH), end):
        stop = match.end("day")
        verbatim = text[match.start() : stop]
        day, weekday = _day(match["day"]), _weekday(match["weekday"])
        found.append(anchor._replace(start=match.start(), end=stop, verbatim=verbatim, day=day, weekday=weekday, borrows=True))
        end = match.start()
    return found


def _blanked(text: str, dated: tuple[WrittenDate, ...]) -> str:
    pieces, done = [], 0
    for written in dated:
        pieces += [text[done : written.start], "·" * (written.end - written.start)]
        done = written.end
    return "".join([*pieces, text[done:]])
