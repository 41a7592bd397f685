"""Facts in French words."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from publisher.text.wording import day_in_words, dialled, hour_in_words, instant_in_words


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 10, 1), "1er octobre 2026"), (date(2026, 8, 31), "31 août 2026"), (date(2027, 2, 11), "11 février 2027")]
)
def test_days(day, words):
    assert day_in_words(day) == words
    assert day_in_words(day, year=False) == words.rpartition(" ")[0]


@pytest.mark.parametrize(("hour", "words"), [(time(16, 30), "16 h 30"), (time(9, 5), "9 h 05"), (time(18), "18 h"), (time(0), "0 h")])
def test_hours(hour, words):
    assert hour_in_words(hour) == words


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 11, 24, 18, tzinfo=ZoneInfo("Europe/Paris")), "mardi 24 novembre 2026 à 18 h (heure de Paris)"),
        (datetime(2026, 12, 1, 9, 5, tzinfo=ZoneInfo("Indian/Reunion")), "mardi 1er décembre 2026 à 9 h 05 (heure locale)"),
        (datetime(2026, 12, 1, 9, 30, tzinfo=UTC), "mardi 1er décembre 2026 à 9 h 30 (heure locale)"),
    ],
)
def test_instants(instant, words):
    assert instant_in_words(instant) == words


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("01 99 00 12 34", "+33199001234"),
        ("06.39.98.12.34", "+33639981234"),
        ("+33 (0)1 99 00 12 34", "+33199001234"),
        ("poste 3919", "3919"),
        ("39 19", "3919"),
    ],
)
def test_numbers_to_dial(phone, number):
    assert dialled(phone) == number
