"""What people are told on the first page, and where they say when somebody is away."""

import re

import pytest

from publisher.models import Absence, ChannelState, Notice
from publisher.models.notice import NoticeKind
from publisher.pipeline import hold, notices, preflight
from publisher.pipeline.notice_words import path
from publisher.pipeline.plan import Window
from tests.pipeline.town import at
from tests.web.browsing import alerts, text

HOSTILE = "<b>{{ 7*7 }}"
COUNT = re.compile(r'<span class="count">(\d+)<')


def test_the_first_page_begins_with_what_is_new_and_forgets_it_once_read(town, browser) -> None:
    name = town.queue()
    notices.look(town.desk)
    client = browser("dominique")
    page = client.get("/").content.decode()
    assert page.index("New since you last looked") < page.index("Your turn")
    assert f'<a href="/annonces/{name}/">Le marché change de place</a> <span class="mark asked">Your visa is asked for</span>' in page
    assert COUNT.findall(client.get("/annonces/").content.decode()) == ["1"]
    last = re.search(r'name="last" value="(\d+)"', page)[1]
    answer = client.post("/avis/lus/", {"last": last}, follow=True)
    assert "New since" not in text(answer)
    assert COUNT.findall(answer.content.decode()) == []
    assert COUNT.findall(browser("sacha").get("/").content.decode()) == ["1"]


def test_what_is_done_asks_for_nothing_any_more(town, browser) -> None:
    name = town.queue()
    notices.look(town.desk)
    other = browser("sacha")
    assert COUNT.findall(other.get("/").content.decode()) == ["1"]
    town.approve(name)
    notices.look(town.desk)
    assert COUNT.findall(other.get("/").content.decode()) == []
    hold.hold(town.desk, town.who("lou"), name)
    notices.look(town.desk)
    assert "Held: a decision is needed" in text(browser("camille").get("/"))
    hold.resume(town.desk, town.who("dominique"), name)
    notices.look(town.desk)
    assert "Held: a decision is needed" not in text(browser("camille").get("/"))


@pytest.mark.parametrize("last", ["", "x", "-1", "0", "²", "9" * 40])
def test_a_wrong_form_is_no_error(town, browser, last) -> None:
    town.queue()
    notices.look(town.desk)
    assert browser("dominique").post("/avis/lus/", {"last": last}).headers["Location"] == "/"


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_leads_to_a_page(town, browser, kind) -> None:
    name = town.planned()
    row = Notice(kind=kind, announcement_id=name, delivery=town.delivery())
    assert browser("dominique").get(f"/{path(row)}").status_code == 200


def test_a_title_is_text(town, browser) -> None:
    town.queue("<script>alert(1)<script> {{ 7*7 }}")
    notices.look(town.desk)
    page = browser("dominique").get("/").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;script&gt; {{ 7*7 }}" in page


def test_what_is_to_be_settled_before_its_time_stands_under_what_waits_for_me(town, browser) -> None:
    window = Window(at(town.clock, 120), at(town.clock, 150), None, "15:00")
    name = town.queue(HOSTILE, memory=town.part("memory", window=window))
    town.pause("memory")
    assert preflight.look(town.desk)
    for person in ("lou", "camille"):
        page = browser(person).get("/").content.decode()
        assert page.index("Your turn") < page.index("To settle before") < page.index("Leaving within")
        assert "Memory is stopped: settle why, then let it go on." in page
        assert f'href="/annonces/{name}/">&lt;b&gt;' in page
        assert HOSTILE not in page
    assert "To settle before" not in text(browser("alix").get("/"))
    town.clock.move(1)
    town.unpause("memory")
    town.clock.move(1)
    assert preflight.look(town.desk)
    assert "To settle before" not in text(browser("lou").get("/"))


def test_the_end_of_an_access_is_new_on_the_first_page(town, browser) -> None:
    ChannelState.objects.create(name="memory", ends_at=at(town.clock, 60))
    notices.look(town.desk)
    page = browser("lou").get("/").content.decode()
    assert '<a href="/canaux/">Memory</a> <span class="mark expires">The access ends soon</span>' in page
    shown = text(browser("eden").get("/canaux/"))
    assert "Access ends soon " in shown


# -------------------------------------------------------------------- absences


DAYS = {"first": "2026-11-24", "last": "2026-11-30"}


def test_an_absence_of_ones_own_is_noted_and_taken_back(town, browser) -> None:
    client = browser("dominique")
    assert "No absence is noted." in text(client.get("/absence/"))
    answer = client.post("/absence/", {"act": "declare", **DAYS, "substitute": "sacha"}, follow=True)
    assert alerts(answer) == ["Noted: nothing is asked of whoever is away."]
    assert "sacha stands in" in text(answer)
    number = Absence.objects.get().pk
    answer = client.post("/absence/", {"act": "end", "absence": number}, follow=True)
    assert alerts(answer) == ["The absence is taken back."]
    assert not Absence.objects.exists()


def test_an_administrator_notes_that_of_others_and_nobody_else_does(town, browser) -> None:
    browser("lou").post("/absence/", {"act": "declare", "person": "dominique", **DAYS})
    assert Absence.objects.get().person.name == "dominique"
    answer = browser("camille").post("/absence/", {"act": "declare", "person": "sacha", **DAYS})
    assert alerts(answer)[0] == "Only an administrator may say when somebody else is away."
    answer = browser("camille").post("/absence/", {"act": "end", "absence": Absence.objects.get().pk})
    assert alerts(answer)[0] == "Only an administrator may say when somebody else is away."
    assert Absence.objects.count() == 1
    assert "dominique" not in text(browser("camille").get("/absence/")).replace("dominique (approver)", "")


def test_what_is_refused_keeps_what_was_typed(town, browser) -> None:
    told = {"act": "declare", "first": "2026-12-24", "last": "2026-12-20", "substitute": "sacha"}
    answer = browser("dominique").post("/absence/", told)
    assert alerts(answer)[0] == "The last day of the absence comes before the first one."
    page = answer.content.decode()
    assert 'value="2026-12-24"' in page
    assert 'value="2026-12-20"' in page
    assert '<option value="sacha" selected>' in page


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 30])
def test_an_absence_that_is_none_is_one_sentence(town, browser, number) -> None:
    assert alerts(browser("lou").post("/absence/", {"act": "end", "absence": number}))[0] == "This absence is no longer there."


def test_substitutes_are_offered_by_what_they_may_do(town, browser) -> None:
    def offered(name: str) -> list[str]:
        return re.findall(r'<option value="([^"]+)"', browser(name).get("/absence/").content.decode())

    assert offered("camille") == ["alix", "dominique", "sacha"]
    assert offered("dominique") == ["sacha"]
