"""The page of one delivery: what was done step by step, and what a person decides about what is held."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.adapters.base import Finds, Leads, Withdraws
from publisher.errors import Evidence, OutcomeUnknown
from publisher.models import Audit, Delivery
from publisher.testing.memory_platform import accept, raises, refuse, unknown
from tests.pipeline.town import thread
from tests.web.browsing import alerts, code, mailed, next_code, text

HOSTILE = "<script>alert(1)</script>"
URL = "https://memory.example/m1"


def page(name: str) -> str:
    return f"/annonces/{name}/{Delivery.objects.get(announcement=name).pk}/"


def offered(answer) -> list[str]:
    return re.findall(r'name="decision" value="([^"]+)"', answer.content.decode())


def undecided(town, *texts: str, powers: tuple = (), sent: int = 0, **options) -> str:
    """A held delivery of which one post is in doubt, after `sent` others."""
    town.channel("memory", *powers)
    name = town.planned(memory=town.part("memory", *(texts or ("Un.",)), **options))
    town.platforms["memory"].script("send", *(accept() for _ in range(sent)), unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.state() == ("held", "undecided")
    return name


def refused_midway(town) -> str:
    town.channel("memory", Withdraws)
    name = town.planned(memory=town.part("memory", payload=thread("Un.", "Deux.", alternative="Tout.")))
    town.platforms["memory"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    assert town.state() == ("held", "part-refused")
    return name


def by_person(town) -> str:
    from publisher.pipeline import hold

    name = town.planned()
    hold.hold(town.desk, town.who("camille"), name)
    return name


def rename(town, account: str) -> None:
    """Let config.toml name another account from now on."""
    channel = town.channels["memory"]
    town.channels["memory"] = channel._replace(settings=replace(channel.settings, account=account))


# -------------------------------------------------------------------- reading


def test_each_step_is_told_with_its_state_hour_link_and_calls(town, browser) -> None:
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    town.work()
    said = text(browser("eden").get(page(name)))
    for told in ("post 1", "post 2", "sent", "accepted", "13:01", URL, "https://memory.example/m2"):
        assert told in said.replace("\u00a0", " ")


def test_the_very_answer_of_the_platform_is_shown_as_text_and_shortened(town, browser) -> None:
    name = town.planned()
    evidence = Evidence(502, {"server": "nginx"}, HOSTILE + "x" * 5_000)
    town.platforms["memory"].script("send", raises(OutcomeUnknown("no-answer", "It gave no answer.", evidence=evidence)))
    town.clock.move(minutes=1)
    town.work_until_settled()
    shown = browser("eden").get(page(name)).content.decode()
    (answer,) = re.findall(r"<details><summary>[^<]*</summary><pre>([^<]*)</pre>", shown)
    assert answer.startswith("502\nserver: nginx\n\n&lt;script&gt;alert(1)")
    assert (len(answer) < 1_700, answer.endswith("…")) == (True, True)


def test_what_is_held_leads_to_the_account_for_which_it_is_sealed(town, browser) -> None:
    name, client = undecided(town, powers=(Leads,)), browser("eden")
    link = 'href="https://memory.example/">Look at the account</a>'
    assert link in client.get(page(name)).content.decode()
    rename(town, "autre")
    assert "Look at the account" not in client.get(page(name)).content.decode()


def test_where_no_page_of_the_account_is_known_there_is_no_link(town, browser) -> None:
    assert "Look at the account" not in browser("eden").get(page(undecided(town))).content.decode()


def test_of_a_mailing_only_those_are_named_of_whom_a_person_must_know(town, browser) -> None:
    said = text(browser("camille").get(page(mailed(town))))
    assert "sent: 2" in said
    named = set(re.findall(r"r\d@journal\.example", said))
    assert "r2@journal.example" in named
    assert len(named) == 2


def test_what_is_held_says_what_was_meant_what_is_known_and_what_was_seen(town, browser) -> None:
    name = undecided(town, "Le texte.", powers=(Finds,))
    said = text(browser("camille").get(page(name)))
    for told in ("Le texte.", "Nobody can tell whether it was published", "We looked for it on the account, and did not find it."):
        assert told in said
    town.channels["memory"] = town.channels["memory"]._replace(adapter=_blind(town))
    assert "This platform cannot be asked" in text(browser("camille").get(page(name)))


def _blind(town):
    from publisher.testing.memory import memory_adapter

    return memory_adapter(platform=town.platforms["memory"])


def test_a_delivery_is_found_under_its_own_announcement_only(town, browser) -> None:
    name, other = town.planned(), town.planned("Autre", memory=town.part("memory", "Autre."))
    (one,) = town.deliveries(name)
    for path in (f"{name}/d-22222222", f"a-22222222/{one.pk}", f"{other}/{one.pk}", f"{name}/{name}"):
        assert browser("camille").get(f"/annonces/{path}/").status_code == 404


def test_the_other_pages_lead_to_what_is_held(town, browser) -> None:
    name = by_person(town)
    client = browser("camille")
    for path in ("/", f"/annonces/{name}/"):
        assert f'href="{page(name)}"' in client.get(path).content.decode()


def test_the_page_of_the_announcement_offers_nothing_that_would_be_refused(town, browser) -> None:
    name, client = undecided(town), browser("camille")
    page = client.get(f"/annonces/{name}/").content.decode()
    assert ('value="resume"' in page, 'value="move"' in page) == (False, False)


# -------------------------------------------------------------------- what can be decided


@pytest.mark.parametrize(
    ("held", "decisions"),
    [
        (undecided, ["published", "send-again", "drop"]),
        (by_person, ["resume", "move", "drop"]),
        (refused_midway, ["send-again", "replace", "move", "drop"]),
        (mailed, ["published", "send-again", "drop"]),
    ],
)
def test_only_what_the_case_allows_is_offered(town, browser, held, decisions) -> None:
    name = held(town)
    assert offered(browser("camille").get(page(name))) == decisions
    assert offered(browser("eden").get(page(name))) == []


@pytest.mark.parametrize("decision", ["published", "send-again", "replace", "resume", "move", "drop", "nonsense"])
def test_a_reader_decides_nothing(town, browser, decision) -> None:
    name = undecided(town)
    before = Audit.objects.count()
    answer = browser("eden").post(page(name), {"decision": decision, "step": "post-1", "url": URL, "code": code()})
    assert (alerts(answer), Audit.objects.count()) == (["Your role does not allow this."], before)


@pytest.mark.parametrize("decision", ["published", "send-again", "replace", "resume", "move"])
def test_whatever_may_let_something_leave_needs_the_code_of_this_moment(town, browser, decision) -> None:
    name = undecided(town)
    before = Audit.objects.count()
    answer = browser("camille").post(page(name), {"decision": decision, "step": "post-1", "url": URL, "code": "000000"})
    assert (alerts(answer)[0][:22], Audit.objects.count()) == ("This code is not the r", before)


def test_what_is_online_is_delivered_with_its_address(town, browser) -> None:
    name = undecided(town)
    told = {"decision": "published", "step": "post-1", "url": URL, "code": code()}
    answer = browser("camille").post(page(name), told, follow=True)
    assert alerts(answer) == ["Noted: it is online. What is left goes on, if it is not too late."]
    assert town.state() == ("delivered", "")
    assert URL in text(answer)


def test_an_address_that_is_none_is_said_and_kept_in_its_field(town, browser) -> None:
    name = undecided(town)
    answer = browser("camille").post(page(name), {"decision": "published", "step": "post-1", "url": "m1", "code": code()})
    assert "is not a web address" in alerts(answer)[0]
    assert 'value="m1"' in answer.content.decode()


def test_it_is_sent_again_only_when_a_second_person_says_so(town, browser) -> None:
    name = undecided(town)
    first = browser("camille").post(page(name), {"decision": "send-again", "code": code()}, follow=True)
    assert alerts(first)[0].startswith("Noted. Another person")
    assert (offered(first), "camille. Another person must say so, too." in text(first)) == (["published", "drop"], True)
    town.work()
    assert town.state()[0] == "held"
    second = browser("dominique").post(page(name), {"decision": "send-again", "code": code()}, follow=True)
    assert alerts(second) == ["Two people have said so: it is sent now."]
    town.work()
    assert (town.state(), len(town.texts())) == (("delivered", ""), 1)


def test_the_same_person_twice_is_one_person(town, browser) -> None:
    name, client = undecided(town), browser("camille")
    client.post(page(name), {"decision": "send-again", "code": code()})
    answer = client.post(page(name), {"decision": "send-again", "code": next_code()})
    assert "Another person must confirm" in alerts(answer)[-2] + alerts(answer)[-1]
    town.work()
    assert (town.state()[0], town.texts()) == ("held", [])


def test_the_single_text_is_shown_then_sent_in_place_of_the_parts(town, browser) -> None:
    name, client = refused_midway(town), browser("camille")
    assert "Tout." in text(client.get(page(name)))
    client.post(page(name), {"decision": "replace", "code": code()})
    town.work()
    assert town.texts() == ["Tout."]


def test_what_a_person_held_goes_on_or_gets_another_time(town, browser) -> None:
    name, client = by_person(town), browser("camille")
    answer = client.post(page(name), {"decision": "move", "day": "2026-11-24", "hour": "13:20", "code": code()}, follow=True)
    assert alerts(answer) == ["It has its new time; its visa is kept."]
    assert town.state() == ("held", "by-person")
    client.post(page(name), {"decision": "resume", "code": next_code()})
    assert town.state() == ("planned", "")


def test_what_is_given_up_needs_no_code(town, browser) -> None:
    name = undecided(town)
    browser("camille").post(page(name), {"decision": "drop"})
    assert town.state() == ("failed", "dropped")


def test_of_a_mailing_one_says_who_has_it(town, browser) -> None:
    name = mailed(town)
    shown = browser("camille").get(page(name)).content.decode()
    (doubtful,) = re.findall(r'<option value="([^"]+)"', shown)
    browser("camille").post(page(name), {"decision": "published", "step": doubtful, "code": code()})
    assert town.delivery().steps.get(recipient=doubtful).state == "sent"


def test_an_hour_that_comes_twice_is_asked_for(town, browser) -> None:
    name, client = by_person(town), browser("camille")
    told = {"decision": "move", "day": "2027-10-31", "hour": "02:30"}
    answer = client.post(page(name), told | {"code": code()})
    assert ("comes twice" in alerts(answer)[0], 'name="turn"' in answer.content.decode()) == (True, True)
    client.post(page(name), told | {"turn": "second", "code": next_code()})
    assert town.delivery().due_at.utcoffset() == timedelta(0)
    assert f"{town.delivery().due_at:%H:%M}" == "01:30"


def test_a_decision_about_what_is_not_there_is_one_sentence(town, browser) -> None:
    name = town.planned()
    answer = browser("camille").post(f"/annonces/{name}/d-22222222/", {"decision": "drop"})
    assert (answer.status_code, "There is no" in answer.content.decode()) == (404, True)
