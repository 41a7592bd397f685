from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import UsageError
from publisher.text.instants import checked, parse_when

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
SIX_PM = datetime(2026, 11, 24, 18, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T18:00", SIX_PM),
        ("2026-11-24 18:00", SIX_PM),
        (" 2026-11-24 18:00:00 ", SIX_PM),
        ("2026-11-24T18:00+01:00", SIX_PM),
        ("2026-11-24 18:00 +0100", SIX_PM),
        ("2026-11-24T17:00Z", SIX_PM),
        ("2026-11-24t17:00z", SIX_PM),
        ("2026-11-24T12:00-05", SIX_PM),
        ("2026-11-24T18:00:30.5", SIX_PM + timedelta(seconds=30.5)),
        ("24/11/2026 18:00", SIX_PM),
        ("24 novembre 2026 à 18 h", SIX_PM),
        ("le mardi 24 novembre 2026 à 18 h 00.", SIX_PM),
        ("Mardi 24 novembre 2026, 18h", SIX_PM),
        ("24\u00a0novembre\u00a02026 à 18\u00a0h", SIX_PM),
        ("24 novembre 2026 à midi", SIX_PM.replace(hour=12)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1)),
        ("2026-10-25T02:30+02:00", datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)),
    ],
)
def test_an_instant_is_read_in_the_zone_of_the_town(text, expected):
    instant = parse_when(text, PARIS)
    assert (instant, instant.tzinfo, instant.utcoffset()) == (expected, PARIS, expected.utcoffset())


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("demain", "time-unreadable", "“demain” is not a time: write the day and the hour, for example 2026-11-24 18:00."),
        ("2026-11-24", "time-unreadable", "“2026-11-24” gives a day without an hour: write for example 2026-11-24 18:00."),
        ("24 novembre 2026", "time-unreadable", "“24 novembre 2026” gives a day without an hour: write for example 2026-11-24 18:00."),
        (
            "2027-03-28 02:30",
            "time-nonexistent",
            (
                "2027-03-28 02:30 does not exist in Europe/Paris, where the clocks go forward then: "
                "write another hour, for example 2027-03-28 03:30."
            ),
        ),
        (
            "25/10/2026 2 h 30",
            "time-ambiguous",
            (
                "2026-10-25 02:30 happens twice in Europe/Paris, where the clocks go back then: "
                "write 2026-10-25T02:30+02:00 (first time) or 2026-10-25T02:30+01:00 (second time)."
            ),
        ),
        (
            "24 novembre 2026 à minuit",
            "time-ambiguous",
            "“24 novembre 2026 à minuit” may mean the beginning or the end of that day: write 2026-11-24 00:00 or 2026-11-24 23:59.",
        ),
        (
            "lundi 24 novembre 2026 à 18 h",
            "weekday-mismatch",
            "“lundi 24 novembre 2026 à 18 h”: that day is a “mardi”. Correct the weekday or the date.",
        ),
    ],
)
def test_a_refusal_says_what_and_how_to_mend_it(text, code, sentence):
    with pytest.raises(UsageError) as refused:
        parse_when(text, PARIS)
    assert (refused.value.code, str(refused.value), refused.value.exit_code) == (code, sentence, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13-01 00:00",
        "2026-11-24 25:00",
        "20261124T1800",
        "2026-W48-2T18:00",
        "2026-11-24T18",
        "2026-11-24T18:00+25:00",
        "31 février 2026 à 10 h",
        "24 novembre à 18 h",
        "24 novembre 2026 à 24 h",
        "24 novembre 2026 à 18 h ou 19 h",
        "24 novembre 2026 vers 18 h",
        "24 ou 25 novembre 2026 à 18 h",
        "avant le 24 novembre 2026 à 18 h",
        "24 novembre 2026 à 18 h précises",
        "24 novembre 2026 au matin",
        "٢٠٢٦-11-24 18:00",
        "0001-01-01 00:00+14:00",
        "9999-12-31T23:59-12:00",
    ],
)
def test_what_could_mean_something_else_is_unreadable(text):
    with pytest.raises(UsageError) as refused:
        parse_when(text, PARIS)
    assert refused.value.code == "time-unreadable"


def test_an_aware_value_keeps_its_instant_and_takes_the_zone():
    aware = datetime(2026, 11, 24, 18, 0, tzinfo=timezone(timedelta(hours=4)))
    assert (checked(aware, PARIS).isoformat(), checked(aware, REUNION).isoformat()) == (
        "2026-11-24T15:00:00+01:00",
        "2026-11-24T18:00:00+04:00",
    )


def test_a_naive_value_is_wall_time_in_the_zone():
    assert checked(datetime(2026, 11, 24, 18, 0), REUNION).isoformat() == "2026-11-24T18:00:00+04:00"  # noqa: DTZ001 - wall time is the subject


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_an_instant_written_with_its_offset_is_read_back(instant):
    local = instant.replace(microsecond=0).astimezone(PARIS)
    assert parse_when(local.isoformat(), PARIS) == local


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_wall_time_is_kept_where_it_exists_once(wall):
    readings = {wall.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1)}
    lasting = [instant for instant in readings if instant.astimezone(PARIS).replace(tzinfo=None) == wall]
    if len(lasting) == 1:
        assert checked(wall, PARIS) == lasting[0]
    else:
        with pytest.raises(UsageError) as refused:
            checked(wall, PARIS)
        assert refused.value.code == ("time-ambiguous" if lasting else "time-nonexistent")
