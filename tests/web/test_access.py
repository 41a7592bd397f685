"""The page on which people make and void the address of their calendar, and administrators the tokens of programs."""

import re

import pytest

from publisher.models import Audit, Token
from publisher.pipeline import people, tokens
from publisher.web import second_factor
from tests.web.browsing import alerts, code, next_code, text

PAGE = "/compte/acces/"


def secret(answer) -> str:
    (found,) = re.findall(r'id="secret"[^>]* value="([^"]+)"', answer.content.decode())
    return found


def test_an_address_of_the_calendar_is_shown_once_and_works(town, browser) -> None:
    client = browser("eden")  # readers, too
    address = secret(client.post(PAGE, {"act": "calendar", "code": code()}))
    assert address.startswith("http")
    assert address.endswith(".ics")
    path = re.sub(r"^https?://[^/]+", "", address)
    assert client.get(path).headers["Content-Type"].startswith("text/calendar")
    page = client.get(PAGE)
    assert "There is one since" in text(page)
    assert "pub_" not in page.content.decode()
    assert page.headers["Cache-Control"].count("no-store") == 1


def test_another_address_makes_the_former_one_void(town, browser) -> None:
    client = browser("camille")
    made = [secret(client.post(PAGE, {"act": "calendar", "code": next_code()})) for _turn in range(2)]
    paths = [re.sub(r"^https?://[^/]+", "", address) for address in made]
    assert [client.get(path).status_code for path in paths] == [404, 200]
    (live,) = tokens.calendars(town.who("camille").person)
    answer = client.post(PAGE, {"act": "revoke", "token": live.name, "code": next_code()}, follow=True)
    assert alerts(answer) == [f"The token “{live.name}” is worth nothing any more."]
    assert client.get(paths[1]).status_code == 404


@pytest.mark.parametrize("told", [{"act": "calendar"}, {"act": "calendar", "code": "000000"}, {"act": "x"}, {}])
def test_without_a_code_nothing_is_made(town, browser, told) -> None:
    answer = browser("camille").post(PAGE, told)
    assert (len(alerts(answer)), Token.objects.count()) == (1, 0)


def test_an_administrator_makes_a_token_for_a_program(town, browser) -> None:
    client = browser("lou")
    asked = {"act": "create", "name": "site", "person": "camille", "scope": ["read", "queue"]}
    made = secret(client.post(PAGE, {**asked, "code": code()}))
    assert tokens.presented(town.desk, made).person.name == "camille"
    page = text(client.get(PAGE))
    assert "site camille · queues texts, reads what stands where · It was never used." in page
    assert Audit.objects.get(action="token.created").person.name == "lou"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"scope": []}, "Say what the token is good for."),
        ({"scope": ["calendar"]}, "Say what the token is good for."),
        ({"person": "dominique"}, "Only a token of an author queues"),
        ({"person": "nobody"}, "There is no account"),
        ({"name": " "}, "cannot be the name of a token"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(town, browser, changed, sentence) -> None:
    asked = {"act": "create", "name": "site", "person": "camille", "scope": ["queue"], "code": code()} | changed
    answer = browser("lou").post(PAGE, asked)
    assert sentence in alerts(answer)[0]
    assert (f'value="{asked["name"].strip() or asked["name"]}"' in answer.content.decode(), Token.objects.count()) == (True, 0)


def test_nobody_else_makes_tokens_or_voids_those_of_others(town, browser) -> None:
    tokens.create(town.desk, town.who("lou"), "site", "alix", ["read"])
    client = browser("camille")
    assert "New token" not in text(client.get(PAGE))
    answer = client.post(PAGE, {"act": "create", "name": "x", "person": "camille", "scope": ["read"], "code": code()})
    assert alerts(answer) == ["Your role does not allow this."]
    answer = browser("alix").post(PAGE, {"act": "revoke", "token": "site", "code": next_code()}, follow=True)
    assert alerts(answer) == ["The token “site” is worth nothing any more."]


def test_the_token_of_another_is_not_there_for_me(town, browser) -> None:
    tokens.create(town.desk, town.who("lou"), "site", "alix", ["read"])
    answer = browser("camille").post(PAGE, {"act": "revoke", "token": "site", "code": code()})
    assert alerts(answer) == ["This access is no longer there."]
    assert Token.objects.get(name="site").revoked_at is None


# ---------------------------------------------------------------- a lost telephone


def test_who_lost_the_telephone_comes_in_by_a_new_invitation_only(town, browser) -> None:
    camille, lou = browser("camille"), browser("lou")
    number = town.who("camille").person.pk
    assert camille.get("/").status_code == 200
    answer = lou.post(f"/personnes/{number}/", {"act": "reset", "code": code()})
    assert "/bienvenue/" in answer.content.decode()
    assert camille.get("/").status_code == 302
    person = people.named("camille")
    assert (person.has_usable_password(), number in second_factor.protected()) == (False, False)
    assert Audit.objects.get(action="person.second-factor-reset").person.name == "lou"


def test_the_second_factor_is_not_taken_away_without_a_code_nor_from_oneself(town, browser) -> None:
    browser("camille")
    lou = browser("lou")
    for person, told, why in (("camille", "000000", "This code is not"), ("lou", next_code(), "Your own second factor")):
        number = town.who(person).person.pk
        answer = lou.post(f"/personnes/{number}/", {"act": "reset", "code": told}, follow=True)
        assert alerts(answer)[0].startswith(why)
        assert number in second_factor.protected()
    assert "Lost telephone" not in text(lou.get(f"/personnes/{town.who('lou').person.pk}/"))
