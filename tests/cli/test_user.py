import pytest

from publisher.models import Person
from tests.office import PEOPLE, Office


def test_accounts_are_opened_shown_and_closed(office: Office) -> None:
    assert office.says("user", "add", "alix", "--role", "author", "--login", "alix-d", "--as", "lou") == "The account “alix” is open.\n"
    told = office.says("user", "disable", "camille", "--as", "lou")
    assert told == "The account “camille” is closed; what it agreed to stays agreed.\n"
    assert "alix\tauthor\talix-d\ncamille\tauthor\t\t(closed)\n" in office.says("user", "list")
    row = {"name": "alix", "role": "author", "login": "alix-d", "active": True}
    assert row in office.json("user", "list")["users"]
    document = office.json("user", "add", "noor", "--role", "reader", "--as", "lou")
    assert document == office.json("user", "list")
    assert "is disabled" in office.refuses("queue", "marche.md", "--as", "camille")


def test_common_options_stand_before_or_after_the_act(office: Office) -> None:
    office.says("user", "--as", "lou", "add", "alix", "--role", "author")
    assert office.says("user", "--format", "json", "list") == office.says("user", "list", "--format", "json")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "alix", "--as", "lou"], 2),
        (["add", "alix", "--role", "mayor", "--as", "lou"], 2),
        (["add", "--role", "author", "--as", "lou"], 2),
        ([], 2),
        (["rename", "camille"], 2),
        (["add", " ", "--role", "author", "--as", "lou"], 2),
        (["add", "camille", "--role", "author", "--as", "lou"], 1),
        (["add", "alix", "--role", "author", "--as", "camille"], 1),
        (["add", "alix", "--role", "author"], 1),
        (["disable", "alix", "--as", "lou"], 1),
    ],
)
def test_refused_in_one_sentence(office: Office, arguments: list[str], code: int) -> None:
    office.refuses("user", *arguments, code=code)
    assert {person.name for person in Person.objects.all()} == set(PEOPLE)


def test_the_system_user_acts_as_the_account_that_is_theirs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.cli.acting.login", lambda: "camille-d")
    office.says("user", "add", "alix", "--role", "author", "--login", "camille-d", "--as", "lou")
    assert office.says("queue", "marche.md").split()[-1].startswith("a-")


def test_who_was_closed_is_opened_again(office: Office) -> None:
    office.says("user", "disable", "camille", "--as", "lou")
    sentence = office.refuses("user", "add", "camille", "--role", "author", "--as", "lou")
    assert sentence == "The account “camille” is closed: “publisher user enable” opens it again."
    assert office.says("user", "enable", "camille", "--as", "lou") == "The account “camille” is open again.\n"
    assert office.queue().startswith("a-")
    assert office.refuses("user", "enable", "camille", "--as", "lou") == "The account “camille” is already open."


def test_a_name_or_a_system_user_that_is_taken_is_said(office: Office) -> None:
    office.says("user", "add", "alix", "--role", "author", "--login", "alix-d", "--as", "lou")
    taken = office.refuses("user", "add", "camille", "--role", "author", "--as", "lou")
    assert taken == "There is already an account “camille”."
    taken = office.refuses("user", "add", "noor", "--role", "author", "--login", "alix-d", "--as", "lou")
    assert taken == "The system user “alix-d” already belongs to the account “alix”."
