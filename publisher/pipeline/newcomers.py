"""Accounts that agree to nothing yet: for a day after an administrator opened or raised them, unless somebody else confirms them.

Else one administrator could open two accounts, write with one, agree with the other, and publish alone. Nobody waits where nobody
could confirm: before anything was ever queued, and where there is no other approver or administrator. But an account whose person has
acted already always waits when its way in is given anew: else whoever gives it could act as the only approver.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Announcement, Audit, Kind, Person, Role, audit
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import shown

WAIT = timedelta(hours=24)

TRUSTED = (Role.APPROVER, Role.ADMINISTRATOR)
"""Roles by which people agree, or look after the accounts."""

_WENT = ("person.disabled", "person.role-changed")
"""Acts by which somebody may just have lost such a role: sent away first, they would else be nobody who could confirm."""

SECOND_FACTOR_RESET = "person.second-factor-reset"
"""The act of the audit by which somebody's way in was made anew."""

_RAISED = ("person.added", "person.enabled", "person.role-changed", "person.invited", SECOND_FACTOR_RESET)
"""Acts after which an account waits; an invitation leads in for as long as the wait lasts."""


def begin(desk: Desk, actor: Actor, person: Person) -> None:
    """Let an account that was opened, raised or given anew wait, if it must; inside the transaction of that act."""
    is_watched = actor.person is not None and (_has_acted(person) or _others_watch(desk, actor.person, person))
    waits = is_watched and person.role in TRUSTED and Announcement.objects.exists()
    until, by = (desk.now() + WAIT, actor.person) if waits else (None, None)
    Person.objects.filter(pk=person.pk).update(agrees_from=until, raised_by=by)


def is_waiting(person: Person, now: datetime) -> bool:
    """Tell whether the person may agree to nothing yet."""
    return person.agrees_from is not None and person.agrees_from > now


def waiting(desk: Desk) -> list[Person]:
    """Return the open accounts that wait, by name."""
    return list(Person.objects.filter(is_active=True, agrees_from__gt=desk.now()).select_related("raised_by").order_by("name"))


def may_confirm(desk: Desk, actor: Person, person: Person) -> bool:
    """Tell whether somebody may confirm an account: not their own, nor one to which they gave a way in, nor while they wait themselves."""
    return actor.role in TRUSTED and actor != person and not is_waiting(actor, desk.now()) and not _raised(actor, person)


def _raised(actor: Person, person: Person) -> bool:
    """Tell whether somebody opened or raised the account that waits, or gave a way in to it that another one has made anew since."""
    if person.agrees_from is None:
        return False
    return Audit.objects.filter(subject=person.name, action__in=_RAISED, person=actor, at__gte=person.agrees_from - 2 * WAIT).exists()


def confirm(desk: Desk, actor: Actor, person: Person) -> None:
    """Let the account agree from now on. Raises Refused: it does not wait, or another one must confirm it."""
    if actor.person is None or not may_confirm(desk, actor.person, person):
        sentence = N_("“%(name)s” is confirmed by another approver or administrator than whoever opened the account.")
        raise Refused("another-confirms", sentence, name=person.name)
    with transaction.atomic():
        if not Person.objects.filter(pk=person.pk, is_active=True, agrees_from__gt=desk.now()).update(agrees_from=None, raised_by=None):
            raise Refused("not-waiting", N_("“%(name)s” does not wait for a confirmation any more."), name=person.name)
        audit.record(actor, "person.confirmed", person.name, desk.now())


def refuse(desk: Desk, kind: Kind, person: Person, editor: Person) -> None:
    """Refuse an agreement of this kind if one of those who make it waits. Raises Refused (`account-new`).

    An author's accord counts because an approver wrote the text: then that one agrees, too.
    """
    for one in _makers(kind, person, editor):
        _refuse(desk, one)


def counts(desk: Desk, person: Person, editor: Person) -> bool:
    """Tell whether the person's agreement to what the editor wrote would count now."""
    kind = Kind.VISA if person.role == Role.APPROVER else Kind.ACCORD
    return not any(is_waiting(one, desk.now()) for one in _makers(kind, person, editor))


def ungrantable(desk: Desk, people: Iterable[Person]) -> Refused:
    """Return that nobody could agree as long as some of these people wait, and who may end that."""
    until, name, first = min((one.agrees_from, one.name, one) for one in people if one.agrees_from and is_waiting(one, desk.now()))
    trusted = Person.objects.filter(is_active=True, role__in=TRUSTED).order_by("name")
    if others := [one.name for one in trusted if may_confirm(desk, one, first)]:
        sentence = N_(
            "Nobody could give the visa yet: the account “%(name)s” was opened or changed a short while ago. "
            "First one of these people confirms it, on the page “People”: %(others)s."
        )
        return Refused("to-be-confirmed", sentence, name=name, others=", ".join(others))
    sentence = N_(
        "Nobody could give the visa before %(when)s: the account “%(name)s” was opened or changed a short while ago. Ask for it again then."
    )
    return Refused("nobody-yet", sentence, name=name, when=shown(desk, until))


def _makers(kind: Kind, person: Person, editor: Person) -> tuple[Person, ...]:
    return (person, editor) if kind is Kind.ACCORD else (person,)


def _refuse(desk: Desk, person: Person) -> None:
    if person.agrees_from and is_waiting(person, desk.now()):
        sentence = N_(
            "The account “%(name)s” was opened or changed a short while ago: what it writes or agrees to counts as an agreement from "
            "%(when)s on, or as soon as another approver or administrator confirms it on the page “People”."
        )
        raise Refused("account-new", sentence, name=person.name, when=shown(desk, person.agrees_from))


def _others_watch(desk: Desk, actor: Person, person: Person) -> bool:
    """Tell whether there is, or was within a day, somebody else who can say that something is wrong."""
    others = Person.objects.filter(is_active=True, role__in=TRUSTED).exclude(pk__in=[actor.pk, person.pk])
    return others.exists() or Audit.objects.filter(action__in=_WENT, at__gt=desk.now() - WAIT).exists()


def _has_acted(person: Person) -> bool:
    """Tell whether somebody has used the account."""
    return Audit.objects.filter(person=person).exists()
