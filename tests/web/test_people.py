"""The page of the people."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from publisher.models import Actor, Audit, Person
from publisher.pipeline import notices, people
from tests.web.browsing import alerts, code


def number(name: str) -> int:
    return Person.objects.get(name=name).pk


def act(client, name: str, wanted: str, **told: str) -> list[str]:
    given = {"act": wanted, "code": code(), **told}
    return alerts(client.post(f"/personnes/{number(name)}/", given, follow=True))


def acts(prefix: str = "person.") -> list[tuple[str, str, str]]:
    rows = Audit.objects.filter(action__startswith=prefix).order_by("sequence")
    return [(row.action, row.subject, row.person.name) for row in rows]


def line(client, name: str) -> list[str]:
    page = client.get("/personnes/").content.decode()
    row = re.search(rf'<tr><th scope="row">{name}</th>(.*?)</tr>', page)[1]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]


def test_everybody_sees_who_may_do_what(town, browser) -> None:
    client = browser("eden")
    assert line(client, "eden") == ["reader", "open", "set up"]
    assert line(client, "camille") == ["author", "open", "not set up yet"]
    Person.objects.filter(name="camille").update(is_active=False)
    assert line(client, "camille")[1] == "closed"
    assert "/personnes/inviter/" not in client.get("/personnes/").content.decode()


def test_an_administrator_invites_and_the_address_is_shown_once(town, browser) -> None:
    client = browser("lou")
    told = {"name": "Noé d’Ys", "email": "noe@mairie.example", "role": "author", "code": code()}
    answer = client.post("/personnes/inviter/", told)
    address = re.search(r'readonly value="([^"]+)"', answer.content.decode())[1]
    assert "no-store" in answer.headers["Cache-Control"]
    person = Person.objects.get(name="Noé d’Ys")
    assert (person.role, person.email, person.has_usable_password()) == ("author", "noe@mairie.example", False)
    assert acts() == [("person.added", "Noé d’Ys", "lou"), ("person.invited", "Noé d’Ys", "lou")]
    path = "/" + address.split("/", 3)[3]
    assert "Welcome, Noé d’Ys" in Client(SERVER_NAME="localhost").get(path).content.decode()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"code": "000000"}, "This code is not the right one"),
        ({"email": ""}, "Give the e-mail address"),
        ({"email": "noe"}, "“noe” is not an e-mail address."),
        ({"role": "mayor"}, "There is no role “mayor”"),
        ({"name": ""}, "“” cannot be the name of an account"),
        ({"name": "camille"}, "There is already an account “camille”."),
    ],
)
def test_an_invitation_that_cannot_be_is_one_sentence_and_keeps_what_was_typed(town, browser, told, sentence) -> None:
    before = Person.objects.count()
    given = {"name": "Noé", "email": "noe@mairie.example", "role": "approver", "code": code(), **told}
    answer = browser("lou").post("/personnes/inviter/", given)
    assert alerts(answer)[0].startswith(sentence)
    assert f'value="{given["email"]}"' in answer.content.decode()
    assert Person.objects.count() == before


def test_a_role_is_changed_with_the_code_of_this_moment(town, browser) -> None:
    client = browser("lou")
    assert act(client, "camille", "role", role="approver", code="000000")[0].startswith("This code is not the right one")
    assert act(client, "camille", "role", role="approver") == ["“camille” has another role from now on."]
    assert Person.objects.get(name="camille").role == "approver"
    assert acts() == [("person.role-changed", "camille", "lou")]


def test_an_account_is_closed_and_opened_again(town, browser) -> None:
    client, other = browser("lou"), browser("camille")
    assert other.get("/").status_code == 200
    assert act(client, "camille", "close") == ["The account “camille” is closed; what it agreed to stays agreed."]
    assert other.get("/").headers["Location"].startswith("/connexion/")
    used = act(client, "camille", "open")
    assert used[0].startswith("This code is not the right one, or has served already")


def test_it_is_opened_with_a_code_of_its_own(town, browser) -> None:
    Person.objects.filter(name="camille").update(is_active=False)
    assert act(browser("lou"), "camille", "open") == ["The account “camille” is open again."]
    assert acts() == [("person.enabled", "camille", "lou")]


def test_another_invitation_is_for_a_password_that_was_forgotten(town, browser) -> None:
    answer = browser("lou").post(f"/personnes/{number('camille')}/", {"act": "invite", "code": code()})
    assert "/bienvenue/" in answer.content.decode()
    assert acts() == [("person.invited", "camille", "lou")]


def test_an_address_is_changed_or_taken_away_and_the_journal_keeps_none(town, browser) -> None:
    client = browser("lou")
    assert act(client, "camille", "address", email="camille@")[0].startswith("“camille@” is not an e-mail address")
    for email in ("camille@mairie.example", ""):
        cache.clear()
        assert act(client, "camille", "address", email=email) == ["The address of “camille” is changed."]
        assert Person.objects.get(name="camille").email == email
    assert acts() == [("person.address-changed", "camille", "lou")] * 2
    assert "mairie.example" not in str(list(Audit.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(("wanted", "told"), [("close", {}), ("role", {"role": "reader"})])
def test_nobody_shuts_themselves_out(town, browser, wanted, told) -> None:
    client = browser("lou")
    assert act(client, "lou", wanted, **told)[0].startswith("Nobody closes their own account")
    assert "This is your own account" in client.get(f"/personnes/{number('lou')}/").content.decode()
    assert (Person.objects.get(name="lou").role, Person.objects.get(name="lou").is_active) == ("administrator", True)


@pytest.mark.parametrize("wanted", ["role", "address", "close", "open", "invite", "nonsense"])
@pytest.mark.parametrize("name", ["camille", "dominique", "eden"])
def test_nobody_else_can(town, browser, name, wanted) -> None:
    client = browser(name)
    told = {"act": wanted, "role": "administrator", "code": code()}
    assert client.post(f"/personnes/{number('sacha')}/", told).status_code == 403
    assert client.post("/personnes/inviter/", told | {"name": "x", "email": "x@mairie.example"}).status_code == 403
    assert acts() == []


def test_what_is_no_button_does_nothing(town, browser) -> None:
    assert act(browser("lou"), "camille", "nonsense") == ["Nothing was done: choose one of the buttons of the page."]


def test_more_people_need_no_more_questions(town, browser, django_assert_max_num_queries) -> None:
    client = browser("lou")
    client.get("/personnes/")
    with django_assert_max_num_queries(11):
        client.get(reverse("people"))


# -------------------------------------------------------------------- accounts that wait


@pytest.fixture
def newcomer(town) -> str:
    """An approver whose account an administrator opened after something was queued."""
    town.queue()
    people.add(town.desk, Actor(town.people["lou"]), "noé", "approver")
    return "noé"


def confirm(client, name: str, given: str | None = None) -> list[str]:
    told = {"code": code() if given is None else given}
    return alerts(client.post(f"/personnes/{number(name)}/confirmer/", told, follow=True))


def test_a_colleague_confirms_an_account_with_the_code_of_this_moment(town, browser, newcomer) -> None:
    client = browser("dominique")
    page = client.get("/personnes/").content.decode()
    assert "By lou; it may agree from tomorrow, Wednesday 25 November at 13 o’clock on." in page
    assert f'action="/personnes/{number(newcomer)}/confirmer/"' in page
    assert confirm(client, newcomer, "000000")[0].startswith("This code is not the right one")
    assert confirm(client, newcomer) == ["The account “noé” is confirmed: it may agree."]
    assert acts("person.confirmed") == [("person.confirmed", "noé", "dominique")]
    assert "Accounts to be confirmed" not in client.get("/personnes/").content.decode()


@pytest.mark.parametrize("name", ["lou", "noé"])
def test_neither_whoever_opened_it_nor_its_owner_does(town, browser, newcomer, name) -> None:
    town.people[newcomer] = Person.objects.get(name=newcomer)
    client = browser(name)
    page = client.get("/personnes/").content.decode()
    assert ("Accounts to be confirmed" in page, "/confirmer/" in page) == (True, False)
    assert confirm(client, newcomer)[0].startswith("“noé” is confirmed by another approver or administrator")
    assert acts("person.confirmed") == []


def test_what_was_done_with_accounts_is_read_on_the_first_page_once(town, browser, newcomer) -> None:
    notices.look(town.desk)
    client = browser("dominique")
    page = client.get("/").content.decode()
    assert '<a href="/personnes/">lou has opened the account “noé” (approver).</a>' in page
    last = re.search(r'name="last_of_account" value="(\d+)"', page)[1]
    answer = client.post("/avis/lus/", {"last": "0", "last_of_account": last}, follow=True)
    assert "lou has opened" not in answer.content.decode()
    assert "Your visa is asked for" in answer.content.decode()
