"""What a person publishes: the card on the first page and on that of the delivery, with the exact text and a place to say where it is."""

import re
from html import unescape

import pytest

from publisher.models import Audit, Receipt
from tests.pipeline.test_handover import PAGE, TEXT, URL, WHERE, by_hand, corrected, handed, missed, part, published, website, withdrawn
from tests.web.browsing import alerts, code, text


@pytest.fixture
def app(town):
    """Only the channels of each test."""
    town.channels.clear()
    return town


def page(town, channel: str = "app") -> str:
    row = town.delivery(channel)
    return f"/annonces/{row.announcement_id}/{row.pk}/"


def exact(answer) -> str:
    (found,) = re.findall(r"<textarea[^>]*readonly[^>]*>\n([^<]*)</textarea>", answer.content.decode())
    return unescape(found)


def take(app, client, channel: str = "app"):
    """Press the button that gives one person the text."""
    return client.post(page(app, channel), {"decision": "take"}, follow=True)


def test_whoever_takes_it_gets_the_text_the_place_and_the_form(app, browser) -> None:
    handed(app, how="Onglet « Actualités ».", name="Appli Valmont")
    client = browser("alix")
    before = client.get("/")
    assert ("I publish it" in text(before), TEXT in before.content.decode()) == (True, False)
    assert alerts(take(app, client))[0].startswith("The text is yours")
    answer = client.get("/")
    shown = answer.content.decode()
    assert exact(answer) == TEXT
    for told in (
        f'href="{WHERE}"',
        "Appli Valmont",
        "Onglet « Actualités ».",
        "to be done before:",
        f'action="{page(app)}"',
        "/aide/by-hand/",
    ):
        assert told in shown, told
    assert "Nothing waits for you." not in shown
    assert re.search(r'<script src="[^"]*copy\.js\?[0-9a-f]+" defer>', shown)
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=", shown)


def test_before_its_time_there_is_no_card_but_the_text_is_on_the_page_of_the_announcement(app, browser) -> None:
    by_hand(app)
    name = app.planned(app=part(app))
    client = browser("alix")
    assert "data-copies" not in client.get("/").content.decode() + client.get(page(app)).content.decode()
    assert TEXT in client.get(f"/annonces/{name}/").content.decode()


def test_a_text_is_shown_as_text(app, browser) -> None:
    by_hand(app)
    hostile = "</textarea><script>alert(1)</script>\u00a0: « é »\n\n& fin"
    app.planned(app=part(app, text=hostile))
    app.clock.move(minutes=1)
    app.work()
    client = browser("alix")
    take(app, client)
    answer = client.get("/")
    assert exact(answer) == hostile
    assert "<script>alert" not in answer.content.decode()


def test_a_person_says_where_it_is_with_the_code_of_this_moment(app, browser) -> None:
    handed(app)
    client = browser("alix")
    take(app, client)
    told = {"decision": "by-hand", "url": URL}
    assert alerts(client.post(page(app), told | {"code": "000000"}))[0].startswith("This code is not the right one")
    assert app.state("app") == ("held", "by-hand")
    answer = client.post(page(app), told | {"code": code()}, follow=True)
    assert alerts(answer) == ["Noted, with your name. What waits for it goes on."]
    assert (app.state("app"), Receipt.objects.get().url) == (("delivered", ""), URL)
    assert Audit.objects.get(action="delivery.by-hand").person.name == "alix"
    assert "Done by hand" in text(client.get("/journal/"))


def test_a_wrong_address_is_said_and_what_was_typed_stays(app, browser) -> None:
    handed(app)
    client = browser("alix")
    take(app, client)
    answer = client.post(page(app), {"decision": "by-hand", "url": "http://a.example", "code": code()})
    assert alerts(answer)[0].startswith("“http://a.example” is not an address")
    assert 'value="http://a.example"' in answer.content.decode()


def test_a_reader_sees_it_and_may_say_nothing(app, browser) -> None:
    handed(app)
    client = browser("eden")
    for path in ("/", page(app)):
        answer = client.get(path)
        assert ("It waits for an author or an approver." in text(answer), 'name="decision"' in answer.content.decode()) == (True, False)
    client.post(page(app), {"decision": "take"})
    assert app.delivery("app").taken_by is None
    client.post(page(app), {"decision": "by-hand", "url": URL, "code": code()})
    assert app.state("app") == ("held", "by-hand")


def test_the_others_see_who_has_it_and_not_the_text(app, browser) -> None:
    handed(app)
    alix, camille = browser("alix"), browser("camille")
    take(app, alix)
    answer = camille.get("/")
    assert "alix has had this text in hand since" in text(answer)
    assert "<textarea" not in answer.content.decode()
    assert alerts(take(app, camille))[0].startswith("“alix” has this text in hand")


def test_given_back_with_a_code_it_waits_again(app, browser) -> None:
    handed(app)
    alix, camille = browser("alix"), browser("camille")
    take(app, alix)
    (since,) = re.findall(r'name="since" value="([^"]+)"', camille.get(page(app)).content.decode())
    said = {"decision": "give-back", "since": since}
    assert alerts(camille.post(page(app), said | {"code": "000000"}))[0].startswith("This code is not the right one")
    answer = camille.post(page(app), said | {"code": code()}, follow=True)
    assert alerts(answer) == ["Noted: it was not published. It waits for somebody again."]
    assert "I publish it" in text(alix.get("/"))
    assert alerts(take(app, camille)) == [
        "You said that “alix” did not publish this text: now another person takes it, who looks once more."
    ]


def test_a_stop_hides_the_text_from_whoever_has_it(app, browser) -> None:
    handed(app)
    client = browser("alix")
    take(app, client)
    app.pause()
    answer = client.get("/")
    assert "Do not publish it now. Publication is paused." in text(answer)
    assert ("<textarea" in answer.content.decode(), 'value="by-hand"' in answer.content.decode()) == (False, True)


def test_canceled_while_somebody_has_it_their_answer_ends_it(app, browser) -> None:
    name = handed(app)
    client = browser("alix")
    take(app, client)
    app.cancel(name)
    said = text(client.get(page(app)))
    assert "Do not publish it now. Canceled while somebody had the text" in said
    assert "If it shall not be published there" not in said
    answer = client.post(page(app), {"decision": "give-back", "code": code()}, follow=True)
    assert alerts(answer) == ["Noted: it was not published, and it is canceled."]


def test_a_board_asks_for_no_address(app, browser) -> None:
    handed(app, has_address=False)
    client = browser("alix")
    take(app, client)
    assert 'name="url"' not in client.get("/").content.decode()
    client.post(page(app), {"decision": "by-hand", "code": code()})
    assert app.state("app") == ("delivered", "")


def test_it_can_be_given_up_on_its_page(app, browser) -> None:
    handed(app)
    client = browser("alix")
    shown = client.get(page(app)).content.decode()
    assert re.findall(r'name="decision" value="([^"]+)"', shown) == ["take", "move", "drop"]
    client.post(page(app), {"decision": "drop"})
    assert app.state("app") == ("failed", "dropped")


def test_a_correction_and_a_withdrawal_say_what_is_there_now(app, browser) -> None:
    name, client = published(app), browser("alix")
    row = corrected(app, name)
    client.post(f"/annonces/{name}/{row.pk}/", {"decision": "take"})
    said = text(client.get("/"))
    for told in ("To be corrected by hand", "Replace this", URL, "place Basse", "By this, to the letter", "place Haute"):
        assert told in said.replace("\u00a0", " "), told
    client.post(f"/annonces/{name}/{row.pk}/", {"decision": "by-hand", "url": URL, "code": code()})
    row = withdrawn(app, name)
    client.post(f"/annonces/{name}/{row.pk}/", {"decision": "take"})
    answer = client.get("/")
    said = text(answer)
    for told in ("To be taken off by hand", "Take this off", URL, "place Haute", "It is off"):
        assert told in said.replace("\u00a0", " "), told
    assert "<textarea" not in answer.content.decode()


def test_what_was_missed_may_still_be_said_to_be_online_on_its_page(app, browser) -> None:
    missed(app)
    client = browser("alix")
    assert "data-copies" not in client.get("/").content.decode()
    answer = client.get(page(app))
    assert "The time for it is over" in text(answer)
    assert f'href="{WHERE}"' not in answer.content.decode()
    client.post(page(app), {"decision": "by-hand", "url": URL, "code": code()})
    assert app.state("app") == ("delivered", "")


def test_what_waits_for_the_page_leaves_once_a_person_said_where_it_is(app, browser) -> None:
    website(app)
    browser("alix").post(page(app, "website"), {"decision": "by-hand", "url": PAGE, "code": code()})
    app.work()
    assert app.texts() == [f"Tout : {PAGE}"]


def test_the_page_of_the_channels_says_that_a_person_publishes(app, browser) -> None:
    by_hand(app, name="Appli Valmont")
    said = text(browser("alix").get("/canaux/"))
    assert "A person publishes there: the text is handed over at its time." in said
    assert "Appli Valmont" in said


def test_the_card_leads_to_where_it_can_be_given_up(app, browser) -> None:
    handed(app)
    assert "Give it up, or give it a new time" in text(browser("alix").get("/"))
    assert "Give it up, or give it a new time" not in text(browser("alix").get(page(app)))
