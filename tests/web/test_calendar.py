"""The calendar: month, week and list; moving is offered only to those who write, and only for what may be moved."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.mark.parametrize("view", ["mois", "semaine", "liste", "", "<script>"])
def test_each_view_shows_what_leaves(town, browser, view) -> None:
    name = town.planned("Le marché déménage")
    due = town.delivery().due_at
    page = browser("camille").get("/calendrier/", {"vue": view, "jour": due.date().isoformat()}).content.decode()
    assert page.count(f'href="/annonces/{name}/"') == 1
    assert "<script>alert" not in page


def test_the_periods_before_and_after_are_a_link_away(town, browser) -> None:
    page = browser("camille").get("/calendrier/", {"jour": "2026-12-31"}).content.decode()
    days = re.findall(r'href="\?vue=mois&amp;jour=([0-9-]+)">', page)
    assert days == ["2026-11-30", "2027-01-01"]


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01", "x", ""])
def test_a_day_that_makes_no_sense_is_today(town, browser, day) -> None:
    today = town.clock.now().astimezone(town.desk.config.town.zone).date()
    page = browser("camille").get("/calendrier/", {"jour": day, "vue": "semaine"}).content.decode()
    assert f'data-day="{today.isoformat()}"' in page


def test_moving_is_for_those_who_write_and_for_what_is_not_over(town, browser) -> None:
    town.planned()
    asked = {"jour": town.delivery().due_at.date().isoformat()}
    assert "data-move" in browser("camille").get("/calendrier/", asked).content.decode()
    assert "data-move" not in browser("eden").get("/calendrier/", asked).content.decode()
    town.clock.move(minutes=1)
    town.work()
    assert "data-move" not in browser("camille").get("/calendrier/", asked).content.decode()


def test_a_month_takes_a_few_questions_however_full_it_is(town, browser) -> None:
    client, counts = browser("camille"), []
    for number in range(3):
        town.planned(f"Annonce {number}", memory=town.part("memory", f"Annonce {number}."))
        town.clock.move(1)
        with CaptureQueriesContext(connection) as asked:
            client.get("/calendrier/")
        counts.append(len(asked))
    assert counts[0] == counts[2]
