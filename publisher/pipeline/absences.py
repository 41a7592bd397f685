"""Who is away: until when, and who is told meanwhile. It takes part in who is asked, and gives no right to anybody."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db import transaction

from publisher import storage
from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Absence, Actor, Person, Role, audit
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS
from publisher.text import moments

LONGEST = timedelta(days=366)
"""A longer one is a slip of the pen, or an account to be closed."""

STANDS_IN = {Role.AUTHOR: WRITERS, Role.APPROVER: (Role.APPROVER,)}
"""The roles of whoever may stand in for a role: they act by their own."""


def declare(desk: Desk, actor: Actor, name: str, days: tuple[str, str], substitute: str = "") -> Absence:
    """Keep that somebody is away from the first of the days to the last, in the words of a form. Raises UsageError, Refused."""
    with storage.explained(desk.config), transaction.atomic():
        person = _person(actor, name)
        first, last = _days(desk, days)
        _refuse_overlap(person, first, last)
        other = _substitute(person, substitute, first, last) if substitute else None
        absence = Absence.objects.create(person=person, first_day=first, last_day=last, substitute=other)
        audit.record(actor, "person.absent", person.name, desk.now(), _detail(absence))
    return absence


def end(desk: Desk, actor: Actor, number: int) -> None:
    """Forget an absence: the person is back, or never goes. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        absence = Absence.objects.select_related("person", "substitute").filter(pk=number).first()
        if absence is None:
            raise Refused("no-absence", N_("This absence is no longer there."))
        _person(actor, absence.person.name)
        audit.record(actor, "person.present", absence.person.name, desk.now(), _detail(absence))
        absence.delete()


def known(desk: Desk, actor: Actor) -> list[Absence]:
    """Return the absences that last or are to come, and that this person may change, the earliest first."""
    rows = Absence.objects.filter(last_day__gte=today(desk)).select_related("person", "substitute").order_by("first_day", "pk")
    return list(rows if _is_administrator(actor) else rows.filter(person=actor.person))


def may_be_away(actor: Actor) -> list[Person]:
    """Return whose absence this person may declare: their own; an administrator that of everybody of whom something may be asked."""
    writers = Person.objects.filter(is_active=True, role__in=WRITERS).order_by("name")
    return list(writers if _is_administrator(actor) else writers.filter(name=actor.name))


def may_stand_in(people: Sequence[Person]) -> list[Person]:
    """Return who may stand in for one of these people; nobody does for themselves."""
    roles = {role for person in people for role in STANDS_IN.get(Role(person.role), ())}
    others = Person.objects.filter(is_active=True, role__in=roles).order_by("name")
    return list(others.exclude(pk=people[0].pk) if len(people) == 1 else others)


def today(desk: Desk) -> date:
    """Return the day that it is in the town."""
    return desk.now().astimezone(desk.config.town.zone).date()


def now_away(desk: Desk) -> dict[int, Absence]:
    """Return the absences of today by person."""
    day = today(desk)
    rows = Absence.objects.filter(first_day__lte=day, last_day__gte=day).select_related("person", "substitute")
    return {row.person_id: row for row in rows}


def present(desk: Desk, people: Iterable[Person]) -> Iterator[Person]:
    """Yield those who are here, each once, and for those who are not who stands in for them, if that one is."""
    away, seen = now_away(desk), set[int]()
    for person in people:
        asked = _standing_in(away[person.pk]) if person.pk in away else person
        if asked and asked.pk not in away and asked.pk not in seen:
            seen.add(asked.pk)
            yield asked


def concerned(desk: Desk, people: Iterable[Person]) -> Iterator[Person]:
    """Yield these people, each once, and who stands in for those who are away: what is theirs is told to both."""
    people = list(people)
    yield from {person.pk: person for person in [*people, *present(desk, people)]}.values()


def told(absences: Iterable[Absence]) -> str:
    """Say who is away until when."""
    rows = sorted(absences, key=lambda row: row.person.name)
    return ", ".join(_("%(name)s until %(day)s") % {"name": row.person.name, "day": moments.day(row.last_day)} for row in rows)


def _standing_in(absence: Absence) -> Person | None:
    """Return the substitute, as long as the account is open and its role still is one that may stand in."""
    other = absence.substitute
    if other is None or not other.is_active or other.role not in STANDS_IN.get(Role(absence.person.role), ()):
        return None
    return other


def _is_administrator(actor: Actor) -> bool:
    return actor.person is not None and actor.person.role == Role.ADMINISTRATOR


def _person(actor: Actor, name: str) -> Person:
    """Return the person who is to be away. Raises Refused: they do not exist, or somebody else than an administrator says it of another."""
    person = Person.objects.filter(name=name, is_active=True, role__in=WRITERS).first()
    if person is None:
        raise Refused("nobody-to-be-away", N_("“%(name)s” is nobody of whom a visa or a text is asked."), name=name)
    if person != actor.person and not _is_administrator(actor):
        raise Refused("not-yours", N_("Only an administrator may say when somebody else is away."))
    return person


def _days(desk: Desk, days: tuple[str, str]) -> tuple[date, date]:
    try:
        first, last = map(date.fromisoformat, days)
    except ValueError as error:
        raise UsageError("day-unreadable", N_("Give the first and the last day of the absence.")) from error
    if last < first:
        raise UsageError("days-reversed", N_("The last day of the absence comes before the first one."))
    if last < today(desk):
        raise UsageError("days-past", N_("This absence is already over."))
    if last - first > LONGEST:
        raise UsageError("days-too-many", N_("This absence lasts more than a year: ask an administrator to close the account instead."))
    return first, last


def _refuse_overlap(person: Person, first: date, last: date) -> None:
    if _away_on(person, first, last):
        sentence = N_("“%(name)s” is already away on some of these days: take that absence back first.")
        raise Refused("already-away", sentence, name=person.name)


def _substitute(person: Person, name: str, first: date, last: date) -> Person:
    """Return the substitute. Raises Refused: nobody, not able to, or away as well."""
    other = Person.objects.filter(name=name, is_active=True).exclude(pk=person.pk).first()
    if other is None:
        raise Refused("no-substitute", N_("“%(name)s” cannot stand in: choose somebody else whose account is open."), name=name)
    if other.role not in STANDS_IN[Role(person.role)]:
        sentence = N_("“%(name)s” has the role %(role)s, and could not act in the place of “%(person)s”: an absence gives no right.")
        raise Refused("substitute-unable", sentence, name=other.name, role=other.role, person=person.name)
    if _away_on(other, first, last):
        raise Refused("substitute-away", N_("“%(name)s” is away on some of these days, too: choose somebody else."), name=other.name)
    return other


def _away_on(person: Person, first: date, last: date) -> bool:
    return person.absences.filter(first_day__lte=last, last_day__gte=first).exists()


def _detail(absence: Absence) -> dict[str, object]:
    substitute = absence.substitute.name if absence.substitute else None
    return {"first": absence.first_day.isoformat(), "last": absence.last_day.isoformat(), "substitute": substitute}
