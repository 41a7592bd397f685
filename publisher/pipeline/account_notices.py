"""What approvers and administrators are told of the accounts, and each person of what was done in their name: read out of the audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from publisher.i18n import N_, _
from publisher.models import AccountNotice, Audit, Person
from publisher.pipeline import chronicle
from publisher.pipeline.desk import Desk
from publisher.pipeline.newcomers import SECOND_FACTOR_RESET, TRUSTED
from publisher.pipeline.state_words import ROLES

ACTS: Mapping[str, str] = {
    "person.added": N_("%(by)s has opened the account “%(name)s” (%(role)s)."),
    "person.enabled": N_("%(by)s has opened the account “%(name)s” again."),
    "person.disabled": N_("%(by)s has closed the account “%(name)s”."),
    "person.role-changed": N_("%(by)s has changed the role of “%(name)s”: %(former)s, now %(role)s."),
    "person.invited": N_("%(by)s has made an invitation for “%(name)s”: whoever has it chooses the password."),
    "person.address-changed": N_("%(by)s has changed the e-mail address of “%(name)s”."),
    "person.second-factor-removed": N_("%(by)s has taken a second factor away from “%(name)s”."),
    "person.identity-linked": N_("%(by)s has linked an identity of the provider to “%(name)s”: whoever has it signs in as that person."),
    SECOND_FACTOR_RESET: N_("%(by)s has taken password and second factor from “%(name)s”, who gets a new invitation."),
    "person.confirmed": N_("%(by)s has confirmed the account “%(name)s”: it may agree."),
}
"""What is told to all other approvers and administrators."""

MAPPED = N_("%(by)s has opened the account “%(name)s” (%(role)s), and the system user %(login)s acts as it on the command line.")
IN_YOUR_NAME = N_("A visa was given in your name from the command line by the system user %(login)s.")
AGREEMENTS = ("manifest.visa", "manifest.accord")


@dataclass(frozen=True, slots=True)
class Warned:
    """An act, and who is told of it."""

    act: Audit
    people: Sequence[Person]


def of_account(_desk: Desk, act: Audit) -> Iterator[Warned]:
    """Yield who is told of an act on an account: all who could object, but for whoever did it; and whose way in was made anew."""
    concerned = Q(role__in=TRUSTED) | (Q(name=act.subject) if act.action == SECOND_FACTOR_RESET else Q())
    others = Person.objects.filter(concerned, is_active=True).order_by("name")
    yield Warned(act, [person for person in others if person != act.person])


def in_ones_name(_desk: Desk, act: Audit) -> Iterator[Warned]:
    """Yield the person in whose name another system user agreed."""
    if act.person and chronicle.is_lent(act):
        yield Warned(act, [act.person])


def store(desk: Desk, warned: Sequence[Warned]) -> None:
    """Write the notices; what somebody was told already is not written again."""
    now, mails = desk.now(), desk.config.notices.enabled
    rows = [
        AccountNotice(person=person, act=one.act, created_at=now, mail_at=now if mails and person.email else None)
        for one in warned
        for person in one.people
    ]
    if rows:
        AccountNotice.objects.bulk_create(rows, ignore_conflicts=True)


def told(notice: AccountNotice) -> str:
    """Return what happened, as a sentence."""
    act = notice.act
    if act.action in AGREEMENTS:
        return _(IN_YOUR_NAME) % {"login": act.system_user}
    detail = act.detail
    role, former = detail.get("to") or detail.get("role"), detail.get("from")
    words = {
        "by": _by(act),
        "name": act.subject,
        "role": _(ROLES[role]) if role else "",
        "former": _(ROLES[former]) if former else "",
        "login": detail.get("login"),
    }
    return _(MAPPED if detail.get("login") else ACTS[act.action]) % words


def path(notice: AccountNotice) -> str:
    """Return where the notice leads, below the back-office's address."""
    return f"annonces/{notice.act.subject}/" if notice.act.action in AGREEMENTS else "personnes/"


def _by(act: Audit) -> str:
    return chronicle.by(act) if act.person else _("The system user %(login)s") % {"login": act.system_user}
