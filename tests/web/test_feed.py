"""The calendar at a secret address: read only, revocable, and no title before its embargo is over."""

import dataclasses
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from publisher.announcement import Announcement
from publisher.models import Scope, Token, Version
from publisher.pipeline import people, queue, tokens
from publisher.pipeline.plan import Window
from publisher.web import bearer
from tests.pipeline.test_icalendar import unfolded
from tests.pipeline.town import at

CANARY = "Le maire annonce un grand projet secret"


@pytest.fixture
def secret(town) -> str:
    return tokens.create(town.desk, town.who("lou"), "phone", "eden", [Scope.CALENDAR])[1]


def ask(secret: str, method: str = "GET"):
    return Client(SERVER_NAME="localhost").generic(method, f"/calendrier/{secret}.ics")


def summaries(secret: str) -> list[str]:
    return [line.removeprefix("SUMMARY:") for line in unfolded(ask(secret).content) if line.startswith("SUMMARY:")]


def under_embargo(town, minutes: float) -> Window:
    return Window(at(town.clock, minutes), at(town.clock, minutes + 30), at(town.clock, minutes))


def test_it_tells_what_leaves_when_where_and_whether_a_visa_is_missing(town, secret) -> None:
    name = town.queue("Le marché, place Basse")
    answer = ask(secret)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    lines = unfolded(answer.content)
    uid = f"UID:{town.delivery().pk}@publisher"
    expected = (uid, "DTSTART:20261124T120100Z", "SUMMARY:Le marché\\, place Basse", f"URL:http://localhost/annonces/{name}/")
    assert set(expected) <= set(lines)
    assert "DESCRIPTION:memory: planned\\nA visa is missing." in lines
    assert "STATUS:TENTATIVE" in lines
    town.approve(name)
    assert {"STATUS:CONFIRMED", "DESCRIPTION:memory: planned", uid} <= set(unfolded(ask(secret).content))
    town.clock.move(minutes=1)
    town.work()
    assert "DESCRIPTION:memory: delivered" in unfolded(ask(secret).content)


def test_before_an_embargo_is_over_there_is_no_title(town, secret) -> None:
    town.queue(CANARY, memory=town.part("memory", window=under_embargo(town, 60)))
    assert summaries(secret) == ["Announcement under embargo"]
    assert CANARY.encode() not in ask(secret).content
    town.clock.move(minutes=59.9)
    assert summaries(secret) == ["Announcement under embargo"]
    town.clock.move(minutes=0.2)
    assert summaries(secret) == [CANARY]


def test_a_clock_that_nobody_confirms_is_no_end_of_an_embargo_but_what_left_is(town, secret) -> None:
    town.planned(CANARY, memory=town.part("memory", window=under_embargo(town, 60)))
    town.clock.leap(timedelta(hours=2))
    assert summaries(secret) == ["Announcement under embargo"]
    town.clock.leap(timedelta(hours=-1))
    town.clock.ntp = True
    town.work()
    assert town.state() == ("delivered", "")
    town.clock.ntp = False
    assert summaries(secret) == [CANARY]


def test_the_clock_is_asked_again_when_a_later_text_has_a_later_embargo(town, secret) -> None:
    name = town.planned(CANARY, memory=town.part("memory", window=under_embargo(town, 60)))
    town.clock.move(minutes=60)
    town.work()
    assert summaries(secret) == [CANARY]
    version = Version.objects.get(announcement=name)
    version.pk, version._state.adding = None, True
    version.number, version.content = 2, version.content | {"embargo_until": at(town.clock, 60).isoformat()}
    version.save()
    assert summaries(secret) == ["Announcement under embargo"]


def test_a_mail_that_leaves_before_the_embargo_is_over_does_not_tell_it(town, secret) -> None:
    """Its own delivery is under no embargo; another one of the announcement is."""
    town.channel("mail")
    early = Window(at(town.clock, 5), at(town.clock, 30), None)
    town.queue(CANARY, memory=town.part("memory", window=under_embargo(town, 60)), mail=town.part("mail", window=early))
    assert summaries(secret) == ["Announcement under embargo"] * 2


def test_nor_does_one_that_goes_by_mail_alone(town, secret) -> None:
    plan = town.plan(CANARY, memory=town.part("memory", window=Window(at(town.clock, 5), at(town.clock, 30), None)))
    embargo = at(town.clock, 60)
    queue.queue(town.desk, town.who("camille"), dataclasses.replace(plan, announcement=Announcement(CANARY, "x", embargo_until=embargo)))
    assert summaries(secret) == ["Announcement under embargo"]
    town.clock.move(minutes=61)
    assert summaries(secret) == [CANARY]


def test_it_says_so_in_the_language_of_the_pages(town, secret) -> None:
    town.queue(CANARY, memory=town.part("memory", window=under_embargo(town, 60)))
    with translation.override("fr"):
        assert summaries(secret) == ["Annonce sous embargo"]


def test_what_was_canceled_or_is_long_past_is_not_there(town, secret) -> None:
    name = town.planned()
    assert len(summaries(secret)) == 1
    town.cancel(name)
    assert summaries(secret) == []
    town.planned("Autre", memory=town.part("memory", "Autre."))
    town.clock.move(minutes=60 * 24 * 40)
    assert summaries(secret) == []


def test_its_address_dies_with_its_token_or_its_account_and_nothing_tells_a_wrong_one_from_a_revoked_one(town, secret) -> None:
    town.planned(CANARY)
    wrong = ask("pub_wrong")
    tokens.revoke(town.desk, town.who("lou"), "phone")
    revoked = ask(secret)
    assert (revoked.status_code, revoked.content) == (wrong.status_code, wrong.content) == (404, wrong.content)
    other = tokens.create(town.desk, town.who("lou"), "tablet", "eden", [Scope.CALENDAR])[1]
    assert ask(other).status_code == 200
    people.disable(town.desk, town.who("lou"), "eden")
    assert ask(other).status_code == 404


def test_a_token_that_is_good_for_something_else_is_no_address_and_the_address_no_token(town, secret) -> None:
    reads = tokens.create(town.desk, town.who("lou"), "website", "camille", [Scope.READ, Scope.QUEUE])[1]
    assert ask(reads).status_code == 404
    answer = Client(SERVER_NAME="localhost").get("/api/v1/announcements", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    header = Client(SERVER_NAME="localhost").get("/calendrier/pub_wrong.ics", headers={"Authorization": f"Bearer {secret}"})
    assert header.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_read_only(town, secret, method) -> None:
    assert ask(secret, method).status_code == 405
    assert ask(secret, "HEAD").status_code == 200


def test_the_secret_is_written_down_nowhere(town, secret, caplog, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(bearer, "PER_MINUTE", 1)
    assert [ask(secret).status_code for _ in range(2)] == [200, 429]
    tokens.revoke(town.desk, town.who("lou"), "phone")
    assert ask(secret).status_code == 404
    assert caplog.messages
    assert secret not in caplog.text + str(list(Token.objects.values()))


def test_it_takes_a_few_questions_however_much_leaves(town, secret) -> None:
    from django.db import connection

    counts = []
    for number in range(3):
        town.planned(f"Annonce {number}", memory=town.part("memory", f"Annonce {number}."))
        town.clock.move(61)
        with CaptureQueriesContext(connection) as asked:
            ask(secret)
        counts.append(len(asked))
    assert counts[0] == counts[2]
