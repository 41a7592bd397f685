"""Days and hours as people read them, in the language of whoever reads."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from publisher.i18n import answering
from publisher.text import moments

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        (datetime(2026, 12, 1, 9, 0, tzinfo=PARIS), "mardi 1er décembre 2026 à 9\u00a0h", "Tuesday 1 December 2026 at 9 o’clock"),
        (
            datetime(2026, 11, 27, 17, 56, 31, tzinfo=PARIS),
            "vendredi 27 novembre 2026 à 17\u00a0h\u00a056",
            "Friday 27 November 2026 at 17:56",
        ),
        (datetime(2026, 11, 24, 0, 5, tzinfo=PARIS), "mardi 24 novembre 2026 à 0\u00a0h\u00a005", "Tuesday 24 November 2026 at 0:05"),
    ],
)
def test_an_instant_is_said_as_people_do(at, french, english) -> None:
    for language, told in (("fr", french), ("en", english)):
        with answering(language):
            assert moments.moment(at) == told


@pytest.mark.parametrize(("fold", "told"), [(0, "2\u00a0h\u00a030 (heure d’été)"), (1, "2\u00a0h\u00a030 (heure d’hiver)")])
def test_an_hour_that_comes_twice_says_which_of_both_it_is(fold, told) -> None:
    with answering("fr"):
        assert moments.hour(datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)) == told
        assert moments.hour(datetime(2026, 3, 29, 3, 30, fold=fold, tzinfo=PARIS)) == "3\u00a0h\u00a030"


def test_seconds_are_said_where_they_matter() -> None:
    with answering("fr"):
        assert moments.to_the_second(datetime(2026, 11, 24, 9, 30, 5, tzinfo=PARIS)) == "9\u00a0h\u00a030\u00a0min\u00a005\u00a0s"


def test_a_day_goes_without_its_year() -> None:
    with answering("fr"):
        assert moments.day(date(2026, 11, 1), year=False) == "dimanche 1er novembre"
        assert moments.day_of_month(date(2026, 12, 1)) == "1er décembre"
