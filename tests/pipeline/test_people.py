import dataclasses

import pytest
from django.db import IntegrityError, connection

from publisher import config
from publisher.errors import PublisherError, UsageError
from publisher.models import Actor, Audit, Person, Role
from publisher.pipeline import people
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS


def code(action, *args) -> str:
    with pytest.raises(PublisherError) as caught:
        action(*args)
    return caught.value.code


@pytest.fixture
def nobody(town) -> Desk:
    """A desk before the first account."""
    Person.objects.all().delete()
    return town.desk


def test_a_name_speaks_for_its_account_and_the_login_is_kept(town) -> None:
    actor = people.acting(town.desk, "camille", "ubuntu", *WRITERS)
    assert (actor, actor.name) == (Actor(town.people["camille"], "ubuntu"), "camille")


def test_without_a_name_the_login_speaks_for_its_account(town) -> None:
    people.add(town.desk, town.who("lou"), "noa", "author", "noa-login")
    assert people.acting(town.desk, None, "noa-login", *WRITERS).name == "noa"


def test_each_refusal_has_its_code(town) -> None:
    desk = town.desk
    assert code(people.acting, desk, "nobody", "x", *WRITERS) == "unknown-account"
    assert code(people.acting, desk, None, "x", *WRITERS) == "no-account-for-system-user"
    assert code(people.acting, desk, "eden", "x", *WRITERS) == "role-missing"
    people.disable(desk, town.who("lou"), "camille")
    assert code(people.acting, desk, "camille", "x", *WRITERS) == "account-disabled"


def test_the_command_line_may_be_switched_off(town) -> None:
    off = dataclasses.replace(town.desk.config, approval=config.Approval(command_line=False))
    desk = dataclasses.replace(town.desk, config=off)
    assert code(people.acting, desk, "camille", "x", *WRITERS) == "command-line-off"


def test_the_sentence_names_the_roles(town) -> None:
    with pytest.raises(PublisherError) as caught:
        people.acting(town.desk, "eden", "x", *WRITERS)
    assert str(caught.value) == "“eden” has the role reader; this needs the role author / approver."


def test_the_first_accounts_are_opened_by_whoever_installs(nobody) -> None:
    actor = people.administering(nobody, None, "root")
    assert actor == Actor(None, "root")
    people.add(nobody, actor, "camille", "author")
    people.add(nobody, people.administering(nobody, None, "root"), "lou", "administrator")
    assert code(people.administering, nobody, None, "root") == "no-account-for-system-user"
    assert code(people.administering, nobody, "camille", "root") == "role-missing"
    assert people.administering(nobody, "lou", "root").name == "lou"


def test_an_account_is_opened_with_its_audit_row(nobody) -> None:
    person = people.add(nobody, Actor(None, "root"), "camille", "author", "camille-login")
    assert (person.role, person.is_active, person.has_usable_password()) == ("author", True, False)
    row = Audit.objects.get()
    assert (row.action, row.subject, row.system_user, row.detail) == (
        "person.added",
        "camille",
        "root",
        {"role": "author", "login": "camille-login"},
    )


@pytest.mark.parametrize("name", ["", " camille", "camille ", "a\nb", "a\x00", "x" * 65])
def test_a_bad_name_is_wrong_usage(town, name) -> None:
    with pytest.raises(UsageError) as caught:
        people.add(town.desk, town.who("lou"), name, "author")
    assert caught.value.code == "bad-name"


@pytest.mark.parametrize("name", ["x" * 64, "Élodie d’Ys", "名前"])
def test_names_are_people_s_own(town, name) -> None:
    assert str(people.add(town.desk, town.who("lou"), name, "author")) == name


def test_unknown_roles_and_taken_names_are_refused(town) -> None:
    assert code(people.add, town.desk, town.who("lou"), "noa", "mayor") == "unknown-role"
    assert code(people.add, town.desk, town.who("lou"), "camille", "author") == "account-exists"
    people.add(town.desk, town.who("lou"), "noa", "author", "login-1")
    assert code(people.add, town.desk, town.who("lou"), "ines", "author", "login-1") == "account-exists"
    assert not Person.objects.filter(name="ines").exists()


def test_a_role_outside_the_list_cannot_be_stored(town) -> None:
    with pytest.raises(Exception, match="person_role"):
        Person.objects.update(role="mayor")


def test_disabling_is_once_and_on_record(town) -> None:
    people.disable(town.desk, town.who("lou"), "camille")
    assert code(people.disable, town.desk, town.who("lou"), "camille") == "account-disabled"
    assert code(people.disable, town.desk, town.who("lou"), "nobody") == "unknown-account"
    assert list(Audit.objects.values_list("action", "subject", "person__name")) == [("person.disabled", "camille", "lou")]


def test_everyone_is_listed_by_name(town) -> None:
    assert [person.name for person in people.everyone()] == ["alix", "camille", "dominique", "eden", "lou", "sacha"]


def test_roles_are_those_of_the_interface() -> None:
    assert [role.value for role in Role] == ["author", "approver", "administrator", "reader"]


def test_what_the_database_refuses_for_another_reason_is_not_said_to_be_a_name_that_is_taken(town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER refuse_audit BEFORE INSERT ON publisher_audit BEGIN SELECT RAISE(ABORT, 'another reason'); END")
    with pytest.raises(IntegrityError, match="another reason"):
        people.add(town.desk, town.who("lou"), "noa", "author")


def test_another_role_is_once_and_on_record(town) -> None:
    people.change_role(town.desk, town.who("lou"), "camille", "approver")
    assert code(people.change_role, town.desk, town.who("lou"), "camille", "approver") == "role-unchanged"
    assert code(people.change_role, town.desk, town.who("lou"), "camille", "mayor") == "unknown-role"
    assert code(people.change_role, town.desk, town.who("lou"), "nobody", "reader") == "unknown-account"
    row = Audit.objects.get()
    told = (row.action, row.subject, row.person.name, row.detail)
    assert told == ("person.role-changed", "camille", "lou", {"from": "author", "to": "approver"})


def test_nobody_shuts_themselves_out(town) -> None:
    people.add(town.desk, town.who("lou"), "noa", "administrator")
    assert code(people.disable, town.desk, town.who("lou"), "lou") == "oneself"
    assert code(people.change_role, town.desk, town.who("lou"), "lou", "reader") == "oneself"


def test_the_last_administrator_stays(town) -> None:
    noa = Actor(people.add(town.desk, town.who("lou"), "noa", "administrator"))
    people.disable(town.desk, town.who("lou"), "noa")
    assert code(people.disable, town.desk, noa, "lou") == "last-administrator"  # closed meanwhile by the other one
    assert code(people.change_role, town.desk, noa, "lou", "reader") == "last-administrator"
    people.change_role(town.desk, town.who("lou"), "noa", "reader")
    people.enable(town.desk, town.who("lou"), "noa")


def test_an_address_is_kept_if_it_is_one(town) -> None:
    assert people.add(town.desk, town.who("lou"), "noa", "author", email="noa@mairie.example").email == "noa@mairie.example"
    assert code(people.add, town.desk, town.who("lou"), "ines", "author", None, "ines@") == "bad-address"
