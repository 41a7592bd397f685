"""Nobody opens two accounts and publishes alone: what an administrator gave counts after a day, or once somebody else confirms it."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from publisher.errors import Refused
from publisher.models import Actor, Announcement, Audit, Person
from publisher.pipeline import approve, newcomers, notices, people
from publisher.pipeline.plan import Window
from tests.pipeline.town import Town

DAY = 24 * 60
WHEN_APPROVED = Window(None, None, None)


@pytest.fixture
def lou(town: Town) -> Actor:
    """An administrator, in a town that works already."""
    town.channel()
    town.queue("Une première annonce", memory=town.part("memory", "Une première."))
    return Actor(town.people["lou"])


def fresh(name: str) -> Actor:
    return Actor(Person.objects.get(name=name))


def opened(town: Town, lou: Actor, name: str, role: str) -> Actor:
    people.add(town.desk, lou, name, role)
    town.people[name] = Person.objects.get(name=name)
    return Actor(town.people[name])


def waits(name: str) -> bool:
    return Person.objects.get(name=name).agrees_from is not None


def later(town: Town, minutes: int = DAY) -> str:
    """Queue what leaves after the wait."""
    return town.queue("Le marché", memory=town.part("memory", "Le marché.", window=WHEN_APPROVED))


def refusal(action, *told, **more) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        action(*told, **more)
    return caught.value.code, str(caught.value)


def refused(action, *told, **more) -> str:
    return refusal(action, *told, **more)[0]


def test_one_administrator_with_two_new_accounts_publishes_nothing(town, lou) -> None:
    author, approver = opened(town, lou, "auteur", "author"), opened(town, lou, "valideur", "approver")
    town.clock.move(minutes=1)
    written = town.queue("Le canular", by="auteur", memory=town.part("memory", "Le canular.", window=WHEN_APPROVED))
    assert refused(approve.approve, town.desk, approver, written) == "account-new"
    other = town.queue("Le canular bis", by="valideur", memory=town.part("memory", "Le canular bis.", window=WHEN_APPROVED))
    assert refused(approve.approve, town.desk, author, other) == "account-new", "the author's accord counts with what the approver wrote"
    assert not town.platforms["memory"].accepted


def test_after_a_day_it_agrees(town, lou) -> None:
    approver, name = opened(town, lou, "valideur", "approver"), later(town)
    town.clock.move(minutes=DAY - 1)
    assert refused(approve.approve, town.desk, approver, name) == "account-new"
    town.clock.move(minutes=1)
    assert approve.approve(town.desk, approver, name).sealed


def test_a_visa_that_only_new_accounts_could_give_is_not_asked_for_and_who_confirms_them_is_said(town, lou) -> None:
    opened(town, lou, "valideur", "approver")
    for name in ("dominique", "sacha"):
        people.disable(town.desk, lou, name)
    opened(town, lou, "seconde", "administrator")
    assert refusal(later, town) == (
        "nobody-yet",
        (
            "Nobody could give the visa before Wednesday 25 November 2026 at 13 o’clock: "
            "the account “valideur” was opened or changed a short while ago. Ask for it again then."
        ),
    )
    Person.objects.filter(name="seconde").update(agrees_from=None, raised_by=None)
    assert refusal(later, town) == (
        "to-be-confirmed",
        (
            "Nobody could give the visa yet: the account “valideur” was opened or changed a short while ago. "
            "First one of these people confirms it, on the page “People”: seconde."
        ),
    )
    people.confirm(town.desk, fresh("seconde"), "valideur")
    assert approve.approve(town.desk, fresh("valideur"), later(town)).sealed


def test_what_a_new_approver_wrote_needs_another_approver_who_does_not_wait(town, lou) -> None:
    opened(town, lou, "valideur", "approver")
    for name in ("dominique", "sacha"):
        people.disable(town.desk, lou, name)
    text = town.part("memory", "Le marché.", window=WHEN_APPROVED)
    assert refusal(town.queue, "Le marché", by="valideur", memory=text)[0] == "nobody-yet"
    people.enable(town.desk, lou, "dominique")
    Person.objects.filter(name="dominique").update(agrees_from=None, raised_by=None)
    assert town.queue("Le marché", by="valideur", memory=text)


def test_confirmed_by_a_colleague_it_agrees_at_once(town, lou) -> None:
    opened(town, lou, "valideur", "approver")
    name = later(town)
    people.confirm(town.desk, Actor(town.people["dominique"]), "valideur")
    assert approve.approve(town.desk, fresh("valideur"), name).sealed
    assert refused(people.confirm, town.desk, Actor(town.people["sacha"]), "valideur") == "not-waiting"


def test_a_new_account_confirms_no_other_one(town, lou) -> None:
    helper = opened(town, lou, "complice", "administrator")
    opened(town, lou, "valideur", "approver")
    for one in (lou, helper, fresh("valideur"), Actor(town.people["camille"]), Actor(None, "root")):
        assert refused(people.confirm, town.desk, one, "valideur") == "another-confirms"


def test_whoever_sends_the_others_away_first_still_waits(town, lou) -> None:
    for name in ("dominique", "sacha"):
        people.disable(town.desk, lou, name)
    opened(town, lou, "valideur", "approver")
    assert waits("valideur")


def test_raised_opened_again_or_invited_anew_without_a_second_factor_it_waits_too(town, lou) -> None:
    people.change_role(town.desk, lou, "camille", "approver")
    people.disable(town.desk, lou, "dominique")
    people.enable(town.desk, lou, "dominique")
    people.invite(town.desk, lou, "sacha")
    assert [waits(name) for name in ("camille", "dominique", "sacha")] == [True, True, True]
    people.change_role(town.desk, lou, "camille", "author")
    assert not waits("camille")


def test_a_forgotten_password_of_an_account_with_a_second_factor_changes_nothing(town, lou) -> None:
    TOTP.activate(town.people["dominique"], "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    people.invite(town.desk, lou, "dominique")
    assert not waits("dominique")


def test_where_nobody_could_confirm_nobody_waits(town) -> None:
    """The first accounts of an installation, before anything was queued or by whoever installs it; and the only approver."""
    lou = Actor(town.people["lou"])
    opened(town, lou, "première", "approver")
    assert not waits("première")
    Announcement.objects.create(created_at=town.clock.now())
    people.add(town.desk, Actor(None, "root"), "deuxième", "approver")
    assert not waits("deuxième")
    Person.objects.exclude(name="lou").update(is_active=False)
    opened(town, lou, "seule", "approver")
    assert not waits("seule")
    opened(town, lou, "autrice", "author")
    assert not waits("autrice")


def acted(town: Town, name: str) -> Actor:
    """Somebody who has used their account."""
    people.entered(town.desk, fresh(name))
    return fresh(name)


def alone_with(town: Town, lou: Actor, name: str) -> None:
    """Leave the administrator alone with the only approver."""
    Person.objects.exclude(name__in=[lou.name, name, "camille"]).update(is_active=False)
    acted(town, name)
    town.clock.move(minutes=2 * DAY)


@pytest.mark.parametrize("way", [people.reset, people.invite])
def test_one_administrator_does_not_become_the_only_approver(town, lou, way) -> None:
    alone_with(town, lou, "dominique")
    name = later(town)
    way(town.desk, lou, "dominique")
    assert refused(approve.approve, town.desk, fresh("dominique"), name) == "account-new"


def test_nor_by_lowering_the_approver_first(town, lou) -> None:
    alone_with(town, lou, "dominique")
    people.change_role(town.desk, lou, "dominique", "author")
    people.reset(town.desk, lou, "dominique")
    people.change_role(town.desk, lou, "dominique", "approver")
    assert waits("dominique")


def test_whoever_gave_a_way_in_within_the_wait_does_not_confirm(town, lou) -> None:
    second = Actor(Person.objects.create(name="second", role="administrator", created_at=town.clock.now()))
    opened(town, lou, "valideur", "approver")
    town.clock.move(minutes=DAY / 2)
    people.invite(town.desk, second, "valideur")
    town.clock.move(minutes=DAY / 2 + 1)
    assert waits("valideur")
    for one in (lou, second):
        assert refused(people.confirm, town.desk, one, "valideur") == "another-confirms"
    people.confirm(town.desk, Actor(town.people["dominique"]), "valideur")


# -------------------------------------------------------------------- who is told


def told(name: str) -> list[str]:
    from publisher.pipeline import account_notices

    rows = notices.unread_of_accounts(Person.objects.get(name=name))
    return [account_notices.told(row) for row in reversed(rows)]


def test_all_who_could_object_are_told_but_for_whoever_did_it(town, lou) -> None:
    people.add(town.desk, Actor(lou.person, "root"), "noé", "approver", "noe-login")
    people.change_role(town.desk, lou, "alix", "approver")
    people.protection_changed(town.desk, Actor(town.people["sacha"]), "second-factor-removed", "totp")
    people.confirm(town.desk, Actor(town.people["dominique"]), "noé")
    people.add(town.desk, Actor(None, "root"), "léa", "author")
    notices.look(town.desk)
    notices.look(town.desk)
    expected = [
        "lou (system user root) has opened the account “noé” (approver), and the system user noe-login acts as it on the command line.",
        "lou has changed the role of “alix”: author, now approver.",
        "sacha has taken a second factor away from “sacha”.",
        "dominique has confirmed the account “noé”: it may agree.",
        "The system user root has opened the account “léa” (author).",
    ]
    assert told("dominique") == [*expected[:3], expected[4]]
    assert told("lou") == expected[2:]
    assert told("noé") == expected
    assert told("camille") == told("eden") == []


def test_whose_visa_another_system_user_gave_is_told_at_once(town) -> None:
    town.channel()
    Person.objects.filter(name="sacha").update(system_user="sacha-login")
    name = town.queue()
    notices.look(town.desk)
    approve.approve(town.desk, Actor(Person.objects.get(name="dominique"), "root"), name)
    notices.look(town.desk)
    assert told("dominique") == ["A visa was given in your name from the command line by the system user root."]
    assert told("camille") == told("sacha") == []


@pytest.mark.parametrize("login", ["", "dominique-login"])
def test_nobody_is_told_of_what_they_did_themselves(town, login) -> None:
    town.channel()
    Person.objects.filter(name="dominique").update(system_user="dominique-login")
    name = town.queue()
    approve.approve(town.desk, Actor(Person.objects.get(name="dominique"), login), name)
    notices.look(town.desk)
    assert told("dominique") == []


def test_every_act_of_which_is_told_has_its_words_in_the_journal() -> None:
    from publisher.pipeline import account_notices, act_words

    assert set(account_notices.ACTS) <= set(act_words.ACTS)


def test_the_wait_is_kept_with_its_act(town, lou) -> None:
    opened(town, lou, "valideur", "approver")
    row = Person.objects.get(name="valideur")
    assert (row.agrees_from, row.raised_by) == (town.clock.now() + newcomers.WAIT, lou.person)
    assert Audit.objects.get(action="person.added").person == lou.person
