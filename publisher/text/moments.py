"""Days and hours as sentences say them to people, in the language of whoever reads."""

from datetime import date, datetime

from publisher.i18n import N_, _, current
from publisher.text.dates import WEEKDAYS
from publisher.text.wording import day_in_words


def day(wanted: date, *, year: bool = True) -> str:
    """Say a day: « mardi 1er décembre 2026 », or without its year."""
    weekday = WEEKDAYS[wanted.weekday()] if current() == "fr" else f"{wanted:%A}"
    return f"{weekday} {day_of_month(wanted, year=year)}"


def day_of_month(wanted: date, *, year: bool = False) -> str:
    """Say a day without its weekday: « 1er décembre »."""
    if current() == "fr":
        return day_in_words(wanted, year=year)
    return f"{wanted.day} {wanted:%B}" + (f" {wanted.year}" if year else "")


def hour(at: datetime) -> str:
    """Say an hour: « 9 h 30 », « 18 h »; in the night in which the clocks go back, which of both it is."""
    sentence = N_("%(hour)d:%(minute)02d") if at.minute else N_("%(hour)d o’clock")
    said = _(sentence) % {"hour": at.hour, "minute": at.minute}
    first, second = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    if first is None or second is None or first <= second:
        return said
    return _(N_("%(hour)s, the second time") if at.fold else N_("%(hour)s, the first time")) % {"hour": said}


def to_the_second(at: datetime) -> str:
    """Say an hour where seconds matter: « 9 h 30 min 5 s »."""
    return _("%(hour)d:%(minute)02d:%(second)02d") % {"hour": at.hour, "minute": at.minute, "second": at.second}


def moment(at: datetime) -> str:
    """Say an instant, in its own zone: « mardi 24 novembre 2026 à 9 h 30 »."""
    return on(day(at.date()), at)


def on(said: str, at: datetime) -> str:
    """Say the hour of an instant behind the words of its day."""
    return _("%(day)s at %(hour)s") % {"day": said, "hour": hour(at)}
