"""How long somebody stays signed in, that nothing typed is lost over it, and what of a page is kept where others may find it."""

import dataclasses
import logging
import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse

from publisher import config, settings
from publisher.models import Draft, Person
from publisher.pipeline import people
from publisher.web import sessions
from tests.web.browsing import alerts, text
from tests.web.conftest import SECRET

QUIET = "You were signed out after 30 minutes without a request: sign in again. What you typed in the editor is kept."
LONG = "You were signed out 8 hours after you signed in: sign in again. What you typed in the editor is kept."


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_half_an_hour_without_a_request_ends_a_session_and_the_way_in_says_so(town, browser) -> None:
    client = browser("camille")
    town.clock.move(minutes=29)
    assert is_in(client)
    town.clock.move(minutes=30)
    answer = client.get("/canaux/?x=y", follow=True)
    assert answer.redirect_chain == [("/connexion/?next=/canaux/%3Fx%3Dy", 302)]
    assert alerts(answer) == [QUIET]
    assert alerts(client.get("/connexion/")) == []
    assert not is_in(client)


def test_eight_hours_end_it_whatever_is_done(town, browser) -> None:
    client = browser("camille")
    for _ in range(8 * 3 - 1):
        town.clock.move(minutes=20)
        assert is_in(client)
    town.clock.move(minutes=20)
    assert alerts(client.get("/", follow=True)) == [LONG]


def test_a_request_is_noted_down_once_a_minute_at_most(town, browser, monkeypatch) -> None:
    client = browser("camille")
    assert is_in(client)
    noted = []
    for _ in range(4):
        town.clock.move(20)
        client.get("/")
        noted.append(client.session[sessions.SEEN])
    assert len(set(noted)) == 2


def test_a_form_that_is_for_sending_only_leads_back_to_the_first_page(town, browser) -> None:
    client = browser("lou")
    town.clock.move(minutes=31)
    eden = Person.objects.get(name="eden").pk
    assert client.post(f"/personnes/{eden}/confirmer/").headers["Location"] == "/connexion/?next=/"


# -------------------------------------------------------------------- what was typed

TYPED = {"version": "2", "title": "Un titre", "body": "Ce qui fut tapé avant midi.", "act": "save"}


@pytest.fixture
def draft(town, browser) -> str:
    client = browser("camille")
    client.post("/brouillons/nouveau/")
    name = Draft.objects.get().id
    client.post(f"/brouillons/{name}/", {"version": "1", "title": "Un titre", "act": "save"})
    return name


def signed_out(town, browser, draft: str) -> Client:
    """A browser whose session ends as it sends what was typed."""
    client = browser("camille")
    town.clock.move(minutes=31)
    answer = client.post(f"/brouillons/{draft}/", TYPED, follow=True)
    assert alerts(answer) == [QUIET]
    assert Draft.objects.get(pk=draft).fields == {"title": "Un titre"}
    return client


def test_what_was_typed_is_there_again_and_is_saved_by_whoever_typed_it(town, browser, draft) -> None:
    client = signed_out(town, browser, draft)
    client.force_login(town.people["camille"])
    for _ in range(2):
        page = client.get(f"/brouillons/{draft}/")
        assert "This is what you had typed when you were signed out: it is not saved yet." in text(page)
        assert TYPED["body"] in page.content.decode()
    assert "body" not in Draft.objects.get(pk=draft).fields, "reading saves nothing"
    client.post(f"/brouillons/{draft}/", TYPED)
    assert Draft.objects.get(pk=draft).fields["body"] == TYPED["body"]
    assert "not saved yet" not in text(client.get(f"/brouillons/{draft}/"))


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_by_it(town, browser, draft) -> None:
    client = signed_out(town, browser, draft)
    browser("alix").post(f"/brouillons/{draft}/", {"version": "2", "title": "Celui d’Alix", "act": "save"})
    client.force_login(town.people["camille"])
    page = client.get(f"/brouillons/{draft}/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    answer = client.post(f"/brouillons/{draft}/", TYPED | {"version": version})
    assert "alix has changed this draft" in text(answer)
    assert TYPED["body"] in answer.content.decode()
    assert Draft.objects.get(pk=draft).fields == {"title": "Celui d’Alix"}
    assert "Celui d’Alix" in client.get(f"/brouillons/{draft}/").content.decode()


def test_somebody_else_at_that_browser_does_not_see_it(town, browser, draft) -> None:
    client = signed_out(town, browser, draft)
    browser("alix")  # who has a second factor
    client.force_login(town.people["alix"])
    assert TYPED["body"] not in client.get(f"/brouillons/{draft}/").content.decode()


def test_a_script_is_told_to_wait_and_never_gets_the_way_in_for_a_preview(town, browser, draft) -> None:
    client = browser("camille")
    town.clock.move(minutes=31)
    for _ in range(2):
        answer = client.post(f"/brouillons/{draft}/", TYPED, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.content) == (401, b"")


# -------------------------------------------------------------------- what is kept elsewhere


def test_pages_are_kept_nowhere_and_their_files_are(town, browser) -> None:
    client, name = browser("camille"), town.queue()
    for path in ("/", f"/annonces/{name}/", "/journal/export/", "/annonces/a-22222222/", "/connexion/", "/nowhere"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path
    style = re.search(r'href="(/static/base.css[^"]*)"', client.get("/").content.decode())[1]
    assert client.get(style).headers["Cache-Control"].startswith("public")


def invitation(town) -> str:
    return "/" + people.invite(town.desk, town.who("lou"), "camille")


@pytest.mark.parametrize("slash", ["/", ""])
def test_an_invitation_is_logged_by_nobody_who_refuses_it(town, caplog, slash) -> None:
    caplog.set_level(logging.DEBUG)
    path = invitation(town).removesuffix("/") + slash
    token = path.strip("/").split("/")[2]
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert client.post(path, {}).status_code == 403
    Person.objects.filter(name="camille").update(email="autre@mairie.example", password="!changed")
    assert not default_token_generator.check_token(Person.objects.get(name="camille"), token)
    assert client.get(path).status_code == 410
    assert "Forbidden" in caplog.text
    assert token not in caplog.text


def test_the_files_of_an_invitation_are_asked_for_without_its_address(town) -> None:
    answer = Client(SERVER_NAME="localhost").get(invitation(town))
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_only_the_address_of_the_back_office_may_send_its_forms(town) -> None:
    web = config.Web(public_url="https://presse.valmont.example", staff_url="https://publisher.valmont.example")
    made = settings.from_config(dataclasses.replace(town.desk.config, web=web), "key")
    assert made["CSRF_TRUSTED_ORIGINS"] == ["https://publisher.valmont.example"]
    assert (settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE) == (1800, 28800)


def test_every_way_in_begins_a_session_that_is_counted(town) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    from tests.web.browsing import code

    person = Person.objects.get(name="dominique")
    person.set_password("un mot de passe bien long")
    person.save()
    TOTP.activate(person, SECRET)
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": "dominique", "password": "un mot de passe bien long"})
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.session[sessions.BEGUN] == int(town.clock.now().timestamp())
    assert is_in(client)
