"""Who is away: what is refused, who is told instead, and that nobody gets a right by it."""

import pytest
from django.db import IntegrityError, transaction

from publisher.errors import PublisherError, Refused
from publisher.models import Absence, Audit, Person
from publisher.pipeline import absences
from tests.pipeline.town import Town

DAYS = ("2026-11-24", "2026-11-30")  # the clock says the 24th


def away(town: Town, name: str, substitute: str = "", days: tuple[str, str] = DAYS, by: str = "lou") -> Absence:
    return absences.declare(town.desk, town.who(by), name, days, substitute)


def refusal(town: Town, *args: object, **options: object) -> str:
    with pytest.raises(PublisherError) as caught:
        away(town, *args, **options)
    return caught.value.code


def test_an_absence_is_noted_and_taken_back_with_an_audit_row_each(town: Town) -> None:
    absence = away(town, "dominique", "sacha", by="dominique")
    absences.end(town.desk, town.who("dominique"), absence.pk)
    detail = {"first": "2026-11-24", "last": "2026-11-30", "substitute": "sacha"}
    rows = Audit.objects.filter(action__startswith="person.").values_list("person__name", "action", "subject", "detail")
    assert list(rows) == [("dominique", "person.absent", "dominique", detail), ("dominique", "person.present", "dominique", detail)]
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("name", "substitute", "days", "by", "code"),
    [
        ("dominique", "", ("2026-11-30", "2026-11-24"), "dominique", "days-reversed"),
        ("dominique", "", ("2026-11-01", "2026-11-23"), "dominique", "days-past"),
        ("dominique", "", ("2026-11-24", "2028-01-01"), "dominique", "days-too-many"),
        ("dominique", "", ("demain", "2026-11-30"), "dominique", "day-unreadable"),
        ("dominique", "", ("", ""), "dominique", "day-unreadable"),
        ("dominique", "", DAYS, "camille", "not-yours"),
        ("nobody", "", DAYS, "lou", "nobody-to-be-away"),
        ("eden", "", DAYS, "lou", "nobody-to-be-away"),
        ("dominique", "nobody", DAYS, "dominique", "no-substitute"),
        ("dominique", "dominique", DAYS, "dominique", "no-substitute"),
        ("dominique", "camille", DAYS, "dominique", "substitute-unable"),
        ("camille", "eden", DAYS, "camille", "substitute-unable"),
        ("camille", "lou", DAYS, "lou", "substitute-unable"),
    ],
)
def test_what_cannot_be_is_refused(town: Town, name: str, substitute: str, days: tuple[str, str], by: str, code: str) -> None:
    assert refusal(town, name, substitute, days, by) == code
    assert not Absence.objects.exists()


def test_nobody_is_away_twice_nor_stands_in_while_away(town: Town) -> None:
    away(town, "sacha")
    assert refusal(town, "sacha", "", ("2026-11-30", "2026-12-02")) == "already-away"
    assert refusal(town, "dominique", "sacha", ("2026-11-20", "2026-11-24")) == "substitute-away"
    away(town, "dominique", "sacha", ("2026-12-01", "2026-12-04"))


def test_only_who_may_change_an_absence_sees_and_ends_it(town: Town) -> None:
    absence = away(town, "dominique", by="dominique")
    with pytest.raises(Refused, match="Only an administrator"):
        absences.end(town.desk, town.who("sacha"), absence.pk)
    seen = {name: [row.pk for row in absences.known(town.desk, town.who(name))] for name in ("dominique", "sacha", "lou")}
    assert seen == {"dominique": [absence.pk], "sacha": [], "lou": [absence.pk]}
    absences.end(town.desk, town.who("lou"), absence.pk)
    with pytest.raises(Refused, match="no longer there"):
        absences.end(town.desk, town.who("lou"), absence.pk)


def test_what_is_over_is_listed_no_more(town: Town) -> None:
    away(town, "dominique")
    town.clock.move(minutes=6 * 24 * 60)
    assert len(absences.known(town.desk, town.who("lou"))) == 1
    town.clock.move(minutes=24 * 60)
    assert absences.known(town.desk, town.who("lou")) == []


def test_the_day_is_that_of_the_town(town: Town) -> None:
    """At 23 h 30 in London it is the next day in France."""
    away(town, "dominique", days=("2026-11-25", "2026-11-25"))
    town.clock.move(minutes=11.4 * 60)
    assert absences.now_away(town.desk).keys() == {town.people["dominique"].pk}


def names(people: object) -> list[str]:
    return [person.name for person in people]


def test_in_the_place_of_who_is_away_stands_the_substitute_once(town: Town) -> None:
    people = [town.people[name] for name in ("camille", "dominique", "sacha")]
    away(town, "dominique", "sacha")
    away(town, "camille")
    assert names(absences.present(town.desk, people)) == ["sacha"]
    assert names(absences.concerned(town.desk, people)) == ["camille", "dominique", "sacha"]
    assert names(absences.concerned(town.desk, people[1:2])) == ["dominique", "sacha"]


def test_a_substitute_who_can_no_longer_act_stands_in_no_more(town: Town) -> None:
    away(town, "dominique", "sacha")
    Person.objects.filter(name="sacha").update(role="author")
    assert names(absences.present(town.desk, [town.people["dominique"]])) == []
    Person.objects.filter(name="sacha").update(role="approver", is_active=False)
    assert names(absences.present(town.desk, [town.people["dominique"]])) == []


@pytest.mark.parametrize("wrong", [{"last_day": "2026-11-23"}, {"substitute": "dominique"}])
def test_the_database_refuses_what_cannot_be(town: Town, wrong: dict[str, str]) -> None:
    person = town.people["dominique"]
    told = {"person": person, "first_day": "2026-11-24", "last_day": "2026-11-30", **wrong}
    if "substitute" in wrong:
        told["substitute"] = person
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(**told)


# -------------------------------------------------------------------- who can be asked


def test_a_visa_is_not_asked_for_that_nobody_present_could_give(town: Town) -> None:
    town.channel()
    away(town, "dominique")
    away(town, "sacha", days=("2026-11-20", "2026-12-03"))
    with pytest.raises(Refused) as caught:
        town.queue()
    assert caught.value.code == "nobody-present"
    assert str(caught.value) == (
        "Nobody who is present could give the visa (away: dominique until Monday 30 November 2026, sacha until Thursday 3 December 2026). "
        "Ask again once they are back, or have an absence taken back: whoever is away may still agree."
    )
    assert town.announcements() == []


def test_one_who_is_there_is_enough_unless_two_are_needed(town: Town) -> None:
    town.channel()
    away(town, "dominique", "sacha")
    town.queue()
    town.required = 2
    with pytest.raises(Refused, match="away: dominique until"):
        town.queue("Autre", memory=town.part("memory", "Autre."))


def test_an_approver_who_writes_needs_an_author_who_is_there(town: Town) -> None:
    town.channel()
    for name in ("dominique", "camille", "alix"):
        away(town, name)
    with pytest.raises(Refused, match="alix until Monday 30 November 2026, camille until"):
        town.queue(by="sacha")


def test_whoever_is_away_keeps_their_rights_and_the_substitute_gets_none(town: Town) -> None:
    town.channel()
    name = town.queue()
    away(town, "dominique", "sacha")
    assert town.approve(name).sealed  # from the train
    other = town.queue("Autre", by="sacha", memory=town.part("memory", "Autre."))
    with pytest.raises(Refused, match="wrote the last version"):
        town.approve(other, by="sacha")
