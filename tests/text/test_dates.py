from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.text import dates
from publisher.text.dates import WrittenDate

NBSP = "\u00a0"
NNBSP = "\u202f"


def spelled(text: str) -> list[tuple[str, str, str | None]]:
    """Each date as (verbatim, value with 0000 for a missing year, weekday in words)."""
    return [
        (
            written.verbatim,
            f"{written.year or 0:04}-{written.month:02}-{written.day:02}",
            None if written.weekday is None else dates.WEEKDAYS[written.weekday],
        )
        for written in dates.read(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le 24 septembre 2019.", [("24 septembre 2019", "2019-09-24", None)]),
        ("Mardi 24 septembre 2019", [("Mardi 24 septembre 2019", "2019-09-24", "mardi")]),
        ("mardi, le 24 septembre 2019", [("mardi, le 24 septembre 2019", "2019-09-24", "mardi")]),
        ("VENDREDI 1er MAI 2026", [("VENDREDI 1er MAI 2026", "2026-05-01", "vendredi")]),
        ("le 1ᵉʳ octobre", [("1ᵉʳ octobre", "0000-10-01", None)]),
        ("le 1<sup>er</sup> octobre 2026", [("1<sup>er</sup> octobre 2026", "2026-10-01", None)]),
        ("le premier mai 2026", [("premier mai 2026", "2026-05-01", None)]),
        (f"24{NBSP}septembre{NNBSP}2019", [(f"24{NBSP}septembre{NNBSP}2019", "2019-09-24", None)]),
        ("mardi 24\nseptembre 2019", [("mardi 24\nseptembre 2019", "2019-09-24", "mardi")]),
        (
            "le 3 fevrier, le 4 aout, le 5 décembre",
            [("3 fevrier", "0000-02-03", None), ("4 aout", "0000-08-04", None), ("5 décembre", "0000-12-05", None)],
        ),
        ("3 janv. 2026 et 4 févr. 2026", [("3 janv. 2026", "2026-01-03", None), ("4 févr. 2026", "2026-02-04", None)]),
        (
            "7 juin 2026, 8 juillet 2026, 9 juil. 2026",
            [("7 juin 2026", "2026-06-07", None), ("8 juillet 2026", "2026-07-08", None), ("9 juil. 2026", "2026-07-09", None)],
        ),
        ("24/09/2019", [("24/09/2019", "2019-09-24", None)]),
        ("mardi 24/09/19", [("mardi 24/09/19", "2019-09-24", "mardi")]),
        ("24.09.2019 puis 24-09-2019", [("24.09.2019", "2019-09-24", None), ("24-09-2019", "2019-09-24", None)]),
        ("2019-09-24", [("2019-09-24", "2019-09-24", None)]),
        ("le 24/11 à 18 h, samedi 28/11.", [("24/11", "0000-11-24", None), ("samedi 28/11", "0000-11-28", "samedi")]),
        ("le 31 février 2026", [("31 février 2026", "2026-02-31", None)]),
    ],
)
def test_a_date_is_read_in_each_usual_writing(text, expected):
    assert spelled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Du 27 septembre au 4 octobre 2019, une délégation",
            [("27 septembre", "2019-09-27", None), ("4 octobre 2019", "2019-10-04", None)],
        ),
        ("du 27 décembre au 4 janvier 2026", [("27 décembre", "2025-12-27", None), ("4 janvier 2026", "2026-01-04", None)]),
        ("du 27 décembre 2025 au 4 janvier 2026", [("27 décembre 2025", "2025-12-27", None), ("4 janvier 2026", "2026-01-04", None)]),
        ("les 3 et 4 mai 2026", [("3", "2026-05-03", None), ("4 mai 2026", "2026-05-04", None)]),
        ("les 3, 4 et 5 mai", [("3", "0000-05-03", None), ("4", "0000-05-04", None), ("5 mai", "0000-05-05", None)]),
        ("du 1er au 15 octobre", [("1er", "0000-10-01", None), ("15 octobre", "0000-10-15", None)]),
        ("entre le 3 et le 7 mai 2026", [("3", "2026-05-03", None), ("7 mai 2026", "2026-05-07", None)]),
        ("3-4 mai 2026", [("3", "2026-05-03", None), ("4 mai 2026", "2026-05-04", None)]),
        ("du mardi 3 au samedi 7 mai 2026", [("mardi 3", "2026-05-03", "mardi"), ("samedi 7 mai 2026", "2026-05-07", "samedi")]),
        (
            "27 septembre, 4 et 11 octobre 2019",
            [("27 septembre", "2019-09-27", None), ("4", "2019-10-04", None), ("11 octobre 2019", "2019-10-11", None)],
        ),
        (
            "du 27 septembre à 8 h au 4 octobre 2019 à 18 h 30",
            [("27 septembre", "2019-09-27", None), ("4 octobre 2019", "2019-10-04", None)],
        ),
        ("Le 3 mai. Le 4 juin 2026", [("3 mai", "0000-05-03", None), ("4 juin 2026", "2026-06-04", None)]),
        ("à 14 h 30, 3 mai 2026", [("3 mai 2026", "2026-05-03", None)]),
        ("01 99 00 12 34, 3 mai 2026", [("3 mai 2026", "2026-05-03", None)]),
    ],
)
def test_a_range_or_a_list_shares_its_month_and_year(text, expected):
    assert spelled(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3 mais et 4 marsouins",
        "24/7",
        "1/2",
        "01.12.10.12.34",
        "192.168.10.12",
        "en mai 2026",
        "mardi prochain",
        "le 123 mai",
        "24 sept rue",
        "10.12.14",
    ],
)
def test_what_only_resembles_a_date_is_none(text):
    assert spelled(text) == []


def test_positions_give_back_the_verbatim():
    text = "Les 3 et 4 mai 2026, puis mardi 24/11/2026 et le 1er octobre."
    assert [text[written.start : written.end] for written in dates.read(text)] == [written.verbatim for written in dates.read(text)]


@pytest.mark.parametrize(
    ("written", "value", "exists"),
    [
        (WrittenDate(0, 1, "", 24, 9, 2019), date(2019, 9, 24), True),
        (WrittenDate(0, 1, "", 31, 2, 2026), None, False),
        (WrittenDate(0, 1, "", 29, 2, 2026), None, False),
        (WrittenDate(0, 1, "", 29, 2), None, True),
        (WrittenDate(0, 1, "", 31, 4), None, False),
    ],
)
def test_the_value_is_a_day_of_the_calendar_or_nothing(written, value, exists):
    assert (written.value, written.exists) == (value, exists)


@pytest.mark.parametrize(
    ("day", "month", "year", "reference", "expected"),
    [
        (24, 11, None, date(2026, 11, 2), date(2026, 11, 24)),
        (4, 1, None, date(2026, 12, 20), date(2027, 1, 4)),
        (20, 12, None, date(2027, 1, 4), date(2026, 12, 20)),
        (24, 11, 2019, date(2026, 11, 2), date(2019, 11, 24)),
        (29, 2, None, date(2026, 6, 1), None),
        (29, 2, None, date(2027, 6, 1), date(2028, 2, 29)),
    ],
)
def test_a_missing_year_is_the_one_that_brings_the_day_nearest(day, month, year, reference, expected):
    assert WrittenDate(0, 1, "", day, month, year).near(reference) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("En 2009, il est citoyen d’honneur. En 2012 un accord a été signé.", (2009, 2012)),
        ("Du 27 septembre au 4 octobre 2019", (2019, 2019)),
        ("le budget 2026, la saison 2025-2026", (2026, 2025, 2026)),
        ("depuis 1789 et en 1848", (1789, 1848)),
        ("2019 habitants, 1999 euros, 2 020 m², 01 99 00 20 20, 2026,5 et 12/2026", ()),
        ("(2014)", (2014,)),
        ("le 24/09/2019", (2019,)),
    ],
)
def test_years_are_those_that_the_text_names(text, expected):
    assert dates.years(text) == expected


@given(st.dates(date(1000, 1, 1), date(2199, 12, 31)), st.sampled_from([" ", NBSP, NNBSP, "\n"]), st.text(" ,;.()«»\n", max_size=3))
def test_any_day_written_out_is_read_back(day, gap, after):
    months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
    number = "1er" if day.day == 1 else str(day.day)
    verbatim = gap.join([dates.WEEKDAYS[day.weekday()], number, months[day.month - 1], str(day.year)])
    expected = WrittenDate(3, 3 + len(verbatim), verbatim, day.day, day.month, day.year, day.weekday())
    assert dates.read(f"Le {verbatim}{after}") == (expected,)
