"""The calendar's days: whole weeks, the town's own midnights, one appointment per announcement and minute."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from publisher.pipeline import agenda

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("day", "monday", "weeks"),
    [
        (date(2026, 11, 24), date(2026, 10, 26), 6),
        (date(2027, 2, 1), date(2027, 2, 1), 4),
        (date(2026, 12, 31), date(2026, 11, 30), 5),
        (date(2026, 6, 1), date(2026, 6, 1), 5),
    ],
)
def test_a_month_is_whole_weeks_that_hold_all_its_days(day, monday, weeks) -> None:
    first, count = agenda.month(day)
    assert (first, count) == (monday, 7 * weeks)
    assert first <= day.replace(day=1)
    assert first + timedelta(days=count) > day


def test_the_days_on_which_the_clocks_change_say_how_long_they_are(town) -> None:
    days = agenda.days(town.desk, date(2027, 3, 27), 3)
    assert [day.hours for day in days] == [24, 23, 24]
    assert agenda.days(town.desk, date(2027, 10, 31), 1)[0].hours == 25


def test_what_leaves_at_one_minute_is_one_appointment_on_the_day_of_the_town(town) -> None:
    town.channel()
    town.channel("other")
    name = town.planned(memory=town.part("memory"), other=town.part("other"))
    zone = town.desk.config.town.zone
    due = town.deliveries(name)[0].due_at.astimezone(zone)
    (day,) = agenda.days(town.desk, due.date(), 1)
    (appointment,) = day.appointments
    assert (appointment.announcement, [one.channel for one in appointment.deliveries]) == (name, ["memory", "other"])
    assert appointment.is_movable
    assert agenda.days(town.desk, due.date() + timedelta(days=1), 1)[0].appointments == []
    town.cancel(name)
    assert agenda.days(town.desk, due.date(), 1)[0].appointments == []
