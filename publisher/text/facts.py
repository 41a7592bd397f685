"""Facts a reader acts on (dates, hours, sums, percentages, telephone numbers), read alike however they are written (adaptation.md R11)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.text import dates, hours, telephones
from publisher.text.letters import SPACE
from publisher.text.patterns import late

_THOUSANDS = rf"[0-9]{{1,3}}(?:{SPACE}[0-9]{{3}}){{1,4}}(?![0-9])|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,4}}(?![0-9])|[0-9]++"
_NUMBER = rf"(?<![0-9][.,])(?<![0-9])(?:{_THOUSANDS})(?:[.,][0-9]{{1,2}})?"
_SCALES = {"": 0, "k": 3, "m": 6, "md": 9, "mds": 9, "mille": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9}
_SUM = late(
    rf"(?P<number>\bun(?={SPACE}mill)|{_NUMBER}){SPACE}?(?:(?P<scale>mille|millions?|milliards?){SPACE}?(?:d[’'])?)?"
    rf"(?:(?P<symbol>k|Mds?|M)?€(?P<cents>[0-9]{{2}}(?![0-9]))?|euros?\b)",
    re.IGNORECASE,
)
_PERCENTAGE = late(rf"(?P<number>{_NUMBER}){SPACE}?(?:%|pour{SPACE}cent\b)", re.IGNORECASE)

# The dates and hours of an address say nothing to a reader. « le 3 mai 2026 à 18 h », « de 9 h à 12 h »: an appointment.
_ADDRESS = late(r"(?:https?://|\bwww\.)[^ \t\n\u00a0\u202f<>()]+")
_THEN_HOUR = late(rf"{SPACE}?,?{SPACE}(?:(?:à|de|dès|à{SPACE}partir{SPACE}de){SPACE})?[0-9]{{1,2}}{SPACE}?(?:h(?![^\W\d_])|:[0-5][0-9])")
# What stands between the first and the last day of a period: « au », « jusqu’au », a dash.
_PERIOD = late(rf"{SPACE}(?:et{SPACE})?(?:au|jusqu[’']au|à){SPACE}(?:les?{SPACE})?(?:[a-z]+{SPACE})?|{SPACE}?[–-]{SPACE}?")
_LONGEST_PERIOD = 31
_SOME_DAY = date(2000, 7, 1)  # a leap year, for periods that name none
_THEN_END = late(rf"{SPACE}(?:au|jusqu[’']au){SPACE}(?:les?{SPACE})?")

# What a sentence says of its time: « ouvrira », « venez » look ahead even beside a past tense.
_NOT_FUTURE = "opéra|caméra|extra|ultra|infra|supra|agora|flora|diaspora"
_AHEAD = late(
    rf"\b(?!(?:{_NOT_FUTURE})\b)[^\W\d_]{{1,20}}(?:[aeéiuûdtvr]ra|[aeéiuûdtvr]ront)\b|\b(?:rendez-vous|venez|invit|inscri|réserv)",
    re.IGNORECASE,
)
_BEHIND = late(
    rf"\b(?:a|ont|avons|s['’]est|se{SPACE}sont|nous{SPACE}sommes){SPACE}(?:[^\W\d_]{{1,20}}{SPACE}){{0,2}}[^\W\d_]{{1,20}}(?:ée?|ie?|ue?|is|it|rt|[éiu]e?s)\b"
    r"|\b(?:avai(?:t|ent)|étai(?:t|ent)|fut|furent|[^\W\d_]{2,20}èrent)\b",
    re.IGNORECASE,
)
_SENTENCE_END = late(r"[.!?…](?=[ \n\u00a0])|\n")
_LONGEST_SENTENCE = 400

# A date this long before the announcement is history told with its weekday, not a slip of the year.
_SLIP_DAYS = 400


class Kind(StrEnum):
    """What a fact states."""

    DATE = "date"
    HOUR = "hour"
    SUM = "sum"
    PERCENTAGE = "percentage"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; two are equal when they state the same, however they are written.

    `value`: 2026-11-24 or --11-24 without a year, 14:30, 1500000 (euros), 12.5 (per cent), +33199001234 or 3919.
    """

    kind: Kind
    value: str
    verbatim: str = field(compare=False)
    start: int = field(default=0, compare=False)
    weekday: int | None = field(default=None, compare=False)


class Announced(Protocol):
    """What `check` reads of an announcement, which is a value of the layer above."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def standfirst(self) -> str | None:
        """Its standfirst."""

    @property
    def body_markdown(self) -> str:
        """Its body."""

    @property
    def date(self) -> date | None:
        """The day of its date line."""


def read(text: str) -> tuple[Fact, ...]:
    """Return the facts of a text, typeset or not, in order; those inside an address are none."""
    text = _ADDRESS.sub(lambda match: "·" * len(match[0]), text)
    found = [
        *(Fact(Kind.DATE, _day(written), written.words, written.start, written.weekday) for written in dates.read(text)),
        *(Fact(Kind.HOUR, f"{hour.hour % 24:02}:{hour.minute:02}", hour.verbatim, hour.start) for hour in hours.read(text)),
        *(Fact(Kind.SUM, _sum(match), match[0], match.start()) for match in _SUM.finditer(text)),
        *(Fact(Kind.PERCENTAGE, _plain(_number(match["number"])), match[0], match.start()) for match in _PERCENTAGE.finditer(text)),
        *(Fact(Kind.TELEPHONE, telephone.number, telephone.verbatim, telephone.start) for telephone in telephones.read(text)),
    ]
    return tuple(sorted(found, key=lambda fact: fact.start))


def check(announcement: Announced, today: date | None = None) -> tuple[Problem, ...]:
    """Return what looks wrong in the dates of an announcement; they are held against its own date, or `today` without one."""
    text = "\n\n".join(part for part in (announcement.title, announcement.standfirst, announcement.body_markdown) if part)
    return check_text(text, announcement.date or today)


def check_text(text: str, issued: date | None = None) -> tuple[Problem, ...]:
    """Return `date-impossible`, `weekday-mismatch` and `date-past` problems of a text (Markdown or plain) issued on that day."""
    text = text.replace("*", "")
    found = dates.read(text)
    begins = {first.start for first, last in pairwise(found) if _THEN_END.fullmatch(text, first.end, last.start)}
    return tuple(problem for written in found if (problem := _problem(text, written, issued, begins=written.start in begins)))


def compare(source: str, variant: str) -> tuple[Problem, ...]:
    """Return where a variant written by hand says other facts than the source (`fact-differs`), and what it omits (`fact-missing`)."""
    stated, repeated = (list(dict.fromkeys(read(text))) for text in (source, variant))
    differs = N_("“%(verbatim)s” is not in the announcement: correct it here, or there.")
    unstated = _unsaid(repeated, [*stated, *_between(source, repeated)])
    problems = [Problem(Severity.WARNING, "fact-differs", differs, {"verbatim": fact.verbatim}) for fact in unstated]
    if missing := [fact.verbatim for fact in _unsaid(stated, [*repeated, *_between(variant, stated)])]:
        omitted = N_("What the announcement says and this text does not: %(facts)s.")
        problems.append(Problem(Severity.NOTICE, "fact-missing", omitted, {"facts": " · ".join(missing)}))
    return tuple(problems)


def _between(text: str, others: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the days inside the periods of a text (« du 4 au 6 décembre ») that other facts name one by one (« les 4, 5 et 6 »)."""
    named = {fact.value[-5:] for fact in others if fact.kind is Kind.DATE}
    for first, last in pairwise(dates.read(text)):
        if not _PERIOD.fullmatch(text, first.end, last.start):
            continue
        start, end = (written.near(_SOME_DAY) for written in (first, last))
        length = (end - start).days + 1 if start and end else 0
        inside = [start + timedelta(number) for number in range(length)] if start and length <= _LONGEST_PERIOD else []
        if named.issuperset(f"{day:%m-%d}" for day in inside):
            yield from (Fact(Kind.DATE, f"{day}" if last.year else f"-{day:-%m-%d}", "") for day in inside)


def weekday_mismatch(written: dates.WrittenDate, day: date, severity: Severity = Severity.WARNING) -> Problem | None:
    """Return the problem when the weekday that is written is not that of `day`."""
    if written.weekday in {None, day.weekday()}:
        return None
    sentence = N_("“%(verbatim)s”: that day is a “%(weekday)s”. Correct the weekday or the date.")
    return Problem(severity, "weekday-mismatch", sentence, {"verbatim": written.words, "weekday": dates.WEEKDAYS[day.weekday()]})


def impossible_date(written: dates.WrittenDate, severity: Severity = Severity.WARNING) -> Problem | None:
    """Return the problem when the calendar has no such day."""
    if written.exists:
        return None
    sentence = N_("“%(verbatim)s” is not in the calendar: correct the date.")
    return Problem(severity, "date-impossible", sentence, {"verbatim": written.words})


def _problem(text: str, written: dates.WrittenDate, issued: date | None, *, begins: bool) -> Problem | None:
    day = written.near(issued) if issued else written.value
    if day is None:
        return impossible_date(written)
    mismatch = weekday_mismatch(written, day)
    # « Du lundi 4 au samedi 30 mai »: what has begun may still be announced, and its end is checked by itself.
    return mismatch if mismatch or begins else _past(text, written, issued)


def _past(text: str, written: dates.WrittenDate, issued: date | None) -> Problem | None:
    """Return the problem when an appointment (a date with its weekday or an hour) lies shortly before the announcement.

    A bare date in the past, or one told in the past tense, is history.
    """
    day = written.value
    if issued is None or day is None or not 0 < (issued - day).days <= _SLIP_DAYS:
        return None
    if written.weekday is None and not _THEN_HOUR.match(text, written.end):
        return None
    sentence = _sentence_around(text, written)
    if _BEHIND.search(sentence) and not _AHEAD.search(sentence):
        return None
    remark = N_("“%(verbatim)s” is before the day of the announcement: check the date.")
    return Problem(Severity.WARNING, "date-past", remark, {"verbatim": written.words})


def _sentence_around(text: str, written: dates.WrittenDate) -> str:
    before = _SENTENCE_END.split(text[max(0, written.start - _LONGEST_SENTENCE) : written.start])[-1]
    behind = _SENTENCE_END.split(text[written.end : written.end + _LONGEST_SENTENCE], maxsplit=1)[0]
    return before + behind


def _day(written: dates.WrittenDate) -> str:
    year = "-" if written.year is None else f"{written.year:04}"
    return f"{year}-{written.month:02}-{written.day:02}"


def _number(written: str) -> Decimal:
    if written.lower() == "un":
        return Decimal(1)
    digits = re.sub(rf"{SPACE}|\.(?=[0-9]{{3}}(?![0-9]))", "", written)
    return Decimal(digits.replace(",", "."))


def _sum(match: re.Match[str]) -> str:
    scale = _SCALES[(match["scale"] or match["symbol"] or "").lower()]
    return _plain(_number(match["number"]).scaleb(scale) + Decimal(match["cents"] or 0) / 100)


def _plain(number: Decimal) -> str:
    """Return the shortest decimal writing: 12.50 and 12.5 are one number."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unsaid(wanted: Sequence[Fact], said: Sequence[Fact]) -> list[Fact]:
    """Return the facts that `said` lacks; a date without its year agrees with any year."""
    exact, days = set(said), {_yearless(fact) for fact in said}
    return [fact for fact in wanted if fact not in exact and _yearless(fact) not in (days if _is_yearless(fact) else exact)]


def _yearless(fact: Fact) -> Fact:
    return replace(fact, value=f"-{fact.value[-6:]}") if fact.kind is Kind.DATE else fact


def _is_yearless(fact: Fact) -> bool:
    return fact.kind is Kind.DATE and fact.value.startswith("-")
