"""After publication: set right, take back, and the report on all of it."""

import re
from html import unescape

import pytest

from publisher.adapters.base import Chooses, Corrects, Finds, Payload, Step, Withdraws
from publisher.models import Audit, Delivery, Version
from publisher.pipeline import queue
from publisher.pipeline.plan import Request
from tests.web.browsing import alerts, code, mailed, text

WRONG = "# Le marché change de place\n\nLe marché va place Basse le samedi 28 novembre 2026.\n"
RIGHT = WRONG.replace("Basse", "Haute")
WHY = "C’est la place Haute."


@pytest.fixture
def market(town):
    """A town whose market is announced on one channel, which can correct and take back."""
    town.channel("memory", Finds, Corrects, Withdraws)
    return town


def published(town, written: str = WRONG) -> str:
    from publisher.pipeline import planning

    file = town.folder.parent / "marche.md"
    file.write_text(written, encoding="utf-8")
    name = queue.queue(town.desk, town.who("camille"), planning.read(town.desk, file, Request())).id
    town.approve(name)
    town.work()
    assert town.announcement_state(name) == "published"
    return name


def asked(**more: str) -> dict[str, str]:
    return {"act": "plan", "text": RIGHT, "reason": WHY, "channel": "memory"} | more


# -------------------------------------------------------------------- set right


FIELDS = {"title": "Le marché change de place", "body": "Le marché va place Haute le samedi 28 novembre 2026."}


def test_it_is_corrected_in_the_fields_in_which_it_is_written(market, browser) -> None:
    name = published(market)
    client = browser("camille")
    page = client.get(f"/annonces/{name}/rectifier/").content.decode()
    assert 'name="title" value="Le marché change de place"' in page
    assert re.search(r'<textarea id="body"[^>]*>([^<]*)<', page)[1] == FIELDS["body"].replace("Haute", "Basse")
    assert ("---" in page, 'name="text"' in page, 'name="at"' in page) == (False, False, False)
    told = {"act": "plan", "reason": WHY, "channel": "memory", **FIELDS}
    planned = client.post(f"/annonces/{name}/rectifier/", told).content.decode()
    kept = dict(re.findall(r'<input type="hidden" name="(title|body)" value="([^"]*)"', planned))
    assert kept == FIELDS, "the second button stores what was planned"
    client.post(f"/annonces/{name}/rectifier/", told | {"act": "store"})
    assert Version.objects.get(number=2).content["body_markdown"] == FIELDS["body"]


def test_what_the_fields_would_lose_is_corrected_as_one_document(market, browser) -> None:
    with_media = f"---\nmedia: [{{file: marche.jpg, alt: Le marché}}]\n---\n\n{WRONG}"
    name = published(market, with_media)
    page = browser("camille").get(f"/annonces/{name}/rectifier/").content.decode()
    assert re.search(r'<textarea id="text"[^>]*>([^<]*)<', page)[1] == with_media


def withdrawn(town, client, name: str) -> None:
    client.post(f"/annonces/{name}/retirer/", {"act": "store", "reason": "Le marché n’aura pas lieu.", "channel": "memory"})
    town.approve(name)
    town.work()


def test_what_is_asked_for_stands_in_large_above_a_withdrawal_and_a_correction(market, browser) -> None:
    name = published(market)
    author, approver = browser("camille"), browser("dominique")
    author.post(f"/annonces/{name}/rectifier/", {"act": "store", "reason": WHY, "channel": "memory", **FIELDS})
    seen = approver.get(f"/annonces/{name}/").content.decode()
    assert '<p class="banner">Correction</p>' in seen
    assert ("camille asks" in seen, f"Why: {WHY}" in unescape(seen), "Give the visa for this correction" in seen) == (True, True, True)
    assert '<span class="mark kind">Correction</span>' in approver.get("/").content.decode()
    market.approve(name)
    market.work()
    assert "banner" not in approver.get(f"/annonces/{name}/").content.decode()
    author.post(f"/annonces/{name}/retirer/", {"act": "store", "reason": "Il n’aura pas lieu.", "channel": "memory"})
    seen = approver.get(f"/annonces/{name}/").content.decode()
    assert ('<p class="banner">Withdrawal</p>' in seen, "Give the visa for this withdrawal" in seen) == (True, True)
    assert "What changed since last time" not in seen, "nothing is written anew: the text is taken off"
    assert '<span class="mark kind">Withdrawal</span>' in approver.get("/annonces/").content.decode()


def test_what_was_taken_off_says_so_everywhere_and_is_not_offered_again(market, browser) -> None:
    name, client = published(market), browser("camille")
    url = Delivery.objects.get().steps.get().receipt.url
    assert f'href="{url}"' in client.get(f"/annonces/{name}/").content.decode()
    withdrawn(market, client, name)
    page = client.get(f"/annonces/{name}/").content.decode()
    assert ("taken off today" in page, f'href="{url}"' in page, f'<span class="gone">{url}</span>' in page) == (True, False, True)
    assert ("/rectifier/" in page, "/retirer/" in page) == (False, False)
    shown = text(client.get("/annonces/"))
    assert ("Memory taken off" in shown, "Memory delivered" in shown) == (True, False)
    report = client.get(f"/annonces/{name}/bilan/").content.decode()
    assert ("taken off Tuesday" in report, f'href="{url}"' in report) == (True, False)
    row = Delivery.objects.get(round=1)
    assert "taken off today" in client.get(f"/annonces/{name}/{row.pk}/").content.decode()


def test_a_correction_says_that_it_is_done(market, browser) -> None:
    name, client = published(market), browser("camille")
    client.post(f"/annonces/{name}/rectifier/", {"act": "store", "reason": WHY, "channel": "memory", **FIELDS})
    market.approve(name)
    market.work()
    page = client.get(f"/annonces/{name}/").content.decode()
    assert ('<span class="mark delivered">set right</span>' in page, "/rectifier/" in page) == (True, True)


def test_first_the_plan_is_shown_and_nothing_is_stored(market, browser) -> None:
    name = published(market)
    before = (Audit.objects.count(), Version.objects.count(), Delivery.objects.count())
    answer = browser("camille").post(f"/annonces/{name}/rectifier/", asked())
    said = text(answer)
    assert ("Nothing is stored yet" in said, "place Haute" in said, "Store it and ask for its visa" in said) == (True, True, True)
    assert (Audit.objects.count(), Version.objects.count(), Delivery.objects.count()) == before


def test_a_page_is_shown_in_a_frame_in_which_nothing_runs_and_as_text(town, browser, monkeypatch) -> None:
    town.channel("memory", Finds, Corrects, Withdraws)
    name = published(town)
    page = Payload((Step("page", "page", {"title": "Titre", "html": '<p title="x">Un</p><script>alert(1)</script>'}),))
    monkeypatch.setattr(type(town.channels["memory"].adapter), "correction", lambda *_told: page)
    shown = browser("camille").post(f"/annonces/{name}/rectifier/", asked()).content.decode()
    assert "<script>" not in shown
    (frame,) = re.findall(r'<iframe class="leaf" sandbox [^>]*srcdoc="([^"]+)"', shown)
    assert unescape(frame).endswith('"><p title="x">Un</p><script>alert(1)</script>')


def test_then_it_is_stored_and_awaits_its_visa(market, browser) -> None:
    name = published(market)
    answer = browser("camille").post(f"/annonces/{name}/rectifier/", asked(act="store"), follow=True)
    assert answer.redirect_chain == [(f"/annonces/{name}/", 302)]
    assert alerts(answer)[0] == "It is stored, and awaits its visa."
    assert market.announcement_state(name) == "awaiting_approval"
    market.approve(name)
    market.work()
    assert "place Haute" in market.texts()[0]


def test_the_same_form_twice_stores_one_correction(market, browser) -> None:
    name, client = published(market), browser("camille")
    for _ in range(2):
        answer = client.post(f"/annonces/{name}/rectifier/", asked(act="store"))
    assert "is not settled" in alerts(answer)[-1]
    assert Version.objects.count() == 2


def test_whoever_gives_the_visa_sees_which_words_were_changed(market, browser) -> None:
    name = published(market)
    browser("camille").post(f"/annonces/{name}/rectifier/", asked(act="store"))
    page = browser("dominique").get(f"/annonces/{name}/").content.decode()
    assert ("<del>Basse </del>" in page, "<ins>Haute </ins>" in page) == (True, True)


def test_what_is_wrong_with_it_is_said_and_nothing_typed_is_lost(market, browser) -> None:
    name = published(market)
    answer = browser("camille").post(f"/annonces/{name}/rectifier/", asked(reason=" "))
    assert alerts(answer)[0].startswith("Say why")
    assert "place Haute" in answer.content.decode()
    answer = browser("camille").post(f"/annonces/{name}/rectifier/", {**asked(), "channel": "elsewhere"})
    assert alerts(answer) == ["Choose at least one channel."]


def test_a_date_that_the_calendar_contradicts_may_be_meant(market, browser) -> None:
    name, client = published(market), browser("camille")
    wrong = asked(text=RIGHT.replace("samedi", "lundi"))
    answer = client.post(f"/annonces/{name}/rectifier/", wrong)
    assert ('name="as_written"' in answer.content.decode(), "What would be done" in text(answer)) == (True, False)
    assert "What would be done" in text(client.post(f"/annonces/{name}/rectifier/", wrong | {"as_written": "on"}))


def test_what_was_typed_is_no_file_that_could_change(market, browser) -> None:
    name = published(market)
    browser("camille").post(f"/annonces/{name}/rectifier/", asked(act="store"))
    assert Version.objects.get(number=2).source_path == ""
    market.approve(name)


def test_where_nobody_agrees_the_code_of_this_moment_is_asked_for(market, browser) -> None:
    from publisher.web import desk

    name = published(market)
    market.required = 0
    desk.open_for(market.desk)
    client = browser("camille")
    assert 'id="code-plan"' in client.post(f"/annonces/{name}/rectifier/", asked()).content.decode()
    assert alerts(client.post(f"/annonces/{name}/rectifier/", asked(act="store")))[0].startswith("This code is not")
    client.post(f"/annonces/{name}/rectifier/", asked(act="store", code=code()))
    market.work()
    assert "place Haute" in market.texts()[0]


@pytest.mark.parametrize("page", ["rectifier", "retirer"])
def test_before_anything_is_out_there_is_nothing_to_do(town, browser, page) -> None:
    name = town.planned()
    assert "Nothing of it is out" in text(browser("camille").get(f"/annonces/{name}/{page}/"))
    assert browser("camille").get(f"/annonces/a-22222222/{page}/").status_code == 404


# -------------------------------------------------------------------- take back


def test_a_withdrawal_is_planned_then_stored_then_agreed_to(market, browser) -> None:
    name, client = published(market), browser("camille")
    told = {"reason": "Le marché n’a pas lieu.", "channel": "memory"}
    said = text(client.post(f"/annonces/{name}/retirer/", told | {"act": "plan"}))
    assert "https://memory.example/m1" in said
    assert Version.objects.count() == 1
    client.post(f"/annonces/{name}/retirer/", told | {"act": "store"})
    market.approve(name)
    market.work()
    assert (market.texts(), market.announcement_state(name)) == ([], "canceled")


# -------------------------------------------------------------------- the report


def test_the_report_tells_what_left_when_where_and_who_agreed(market, browser) -> None:
    name, client = published(market), browser("camille")
    client.post(f"/annonces/{name}/rectifier/", asked(act="store"))
    market.approve(name)
    market.work()
    said = text(browser("eden").get(f"/annonces/{name}/bilan/"))
    assert ("Tuesday 24 November 2026 at 13 o’clock" in said, "today" in said) == (True, False)
    for told in (
        "Le marché change de place",
        "Publication",
        "Correction",
        WHY,
        "dominique, visa",
        "camille",
        "memory.example/m1",
    ):
        assert told in said


def test_the_report_names_the_recipients_for_whom_a_person_must_act(town, browser) -> None:
    name = mailed(town)
    said = text(browser("eden").get(f"/annonces/{name}/bilan/"))
    assert "sent: 2" in said
    assert ("r2@journal.example (Rédaction 2)" in said, len(set(re.findall(r"r\d@journal\.example", said)))) == (True, 2)


def test_the_report_of_nothing_is_not_found(town, browser) -> None:
    assert browser("eden").get("/annonces/a-22222222/bilan/").status_code == 404


# -------------------------------------------------------------------- in which way


@pytest.fixture
def choosing(town):
    """A town whose market is announced on a channel that can be corrected in two ways."""
    town.channel("memory", Finds, Chooses, Withdraws)
    return town


def chosen(page) -> list[str]:
    return re.findall(r'name="way.memory" value="(\w+)"(?: checked)?(?= checked)', page.content.decode())


def test_the_way_of_config_toml_is_chosen_beforehand_and_counts_if_nobody_says_otherwise(choosing, browser) -> None:
    name, client = published(choosing), browser("camille")
    form = client.get(f"/annonces/{name}/rectifier/")
    assert ("How on" in text(form), chosen(form)) == (True, ["edit"])
    client.post(f"/annonces/{name}/rectifier/", asked(act="store"))
    assert [step["effect"] for step in Delivery.objects.get(round=2).payload["steps"]] == ["correct"]


def test_another_way_is_in_the_plan_and_in_what_leaves(choosing, browser) -> None:
    name, client = published(choosing), browser("camille")
    page = client.post(f"/annonces/{name}/rectifier/", asked(**{"way.memory": "anew"}))
    assert chosen(page) == ["anew"]
    assert '<input type="hidden" name="way.memory" value="anew">' in page.content.decode()
    client.post(f"/annonces/{name}/rectifier/", asked(act="store", **{"way.memory": "anew"}))
    assert [step["effect"] for step in Delivery.objects.get(round=2).payload["steps"]] == ["withdraw", "post"]
    choosing.approve(name)
    choosing.work()
    assert "place Haute" in choosing.texts()[0]
    assert len(choosing.texts()) == 1


def test_a_way_that_there_is_not_is_refused_and_nothing_typed_is_lost(choosing, browser) -> None:
    name = published(choosing)
    page = browser("camille").post(f"/annonces/{name}/rectifier/", asked(**{"way.memory": "<b>"}))
    assert alerts(page)[0] == "Memory cannot be corrected in the way “&lt;b&gt;”; its ways are: edit, anew."
    assert (WHY in text(page), "place Haute" in text(page)) == (True, True)


def test_where_there_is_one_way_nothing_is_asked(market, browser) -> None:
    assert "How on" not in text(browser("camille").get(f"/annonces/{published(market)}/rectifier/"))
