"""Who may come in by an identity of the provider: only people who have an account already. It opens none and gives no role.

The first time the account is the one that an administrator linked, or the only open one that has the verified address. Once its
second factor was given, too, the identity is bound to it, and no other identity comes in to it.
"""

from django.db import IntegrityError, transaction

from publisher.adapters.oidc import Identity as Seen
from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Identity, Person, audit
from publisher.models.identity import SUBJECT_LENGTH
from publisher.pipeline import people
from publisher.pipeline.desk import Desk


def recognised(desk: Desk, seen: Seen) -> Person:
    """Return whose identity it is; after a reset only the invitation leads in. Raises Refused."""
    person = _owner(desk, seen)
    if people.was_reset(person):
        sentence = N_("Your account was reset: come in by the invitation that the administrator hands you.")
        raise Refused("account-reset", sentence)
    return person


def _owner(desk: Desk, seen: Seen) -> Person:
    known = Identity.objects.select_related("person").filter(issuer=seen.issuer, subject=seen.subject).first()
    if known is None:
        return _first_time(desk, seen)
    if not known.person.is_active:
        raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=known.person.name)
    return known.person


def link(desk: Desk, actor: Actor, name: str, subject: str) -> None:
    """Bind an identity of the provider to an account before its first use. Raises UsageError, Refused."""
    issuer = desk.config.web.oidc.issuer
    if issuer is None:
        raise Refused("no-provider", N_("There is no provider of identities: [web.oidc] of config.toml names none."))
    if not subject.isprintable() or not 0 < len(subject.strip()) == len(subject) <= SUBJECT_LENGTH:
        sentence = N_("“%(subject)s” cannot be an identifier: copy it from the provider as it stands there.")
        raise UsageError("bad-subject", sentence, subject=subject)
    _bind(desk, actor, people.named(name), issuer, subject)


def came_in(desk: Desk, person: Person, issuer: str, subject: str) -> None:
    """Bind the identity by which somebody has just come in, second factor included, if that was its first use. Raises Refused."""
    if not Identity.objects.filter(person=person, issuer=issuer, subject=subject).exists():
        _bind(desk, Actor(person), person, issuer, subject)


def unlink(desk: Desk, actor: Actor, name: str) -> None:
    """Take the identity away, and end the sessions: the next one that fits is bound anew. Raises Refused."""
    with transaction.atomic():
        person = people.named(name)
        if not Identity.objects.filter(person=person).delete()[0]:
            raise Refused("no-identity", N_("No identity is linked to “%(name)s”."), name=name)
        people.sign_out(person)
        audit.record(actor, "person.identity-unlinked", name, desk.now())


def of(person: Person) -> Identity | None:
    """Return the identity by which somebody signs in, None if there is none."""
    return Identity.objects.filter(person=person).first()


def _first_time(desk: Desk, seen: Seen) -> Person:
    """Find the account by its address. Raises Refused."""
    if desk.config.web.oidc.claim != "email":
        raise _stranger(seen)
    if not seen.email:
        sentence = N_("%(provider)s does not vouch for your address: ask an administrator to link your identifier there, %(subject)s.")
        raise Refused("oidc-unverified", sentence, provider=desk.config.web.oidc.button, subject=seen.subject)
    found = list(Person.objects.filter(email__iexact=seen.email, is_active=True)[:2])
    if len(found) != 1:  # whom two share is nobody's
        raise _stranger(seen)
    if Identity.objects.filter(person=found[0]).exists():
        raise _taken()
    return found[0]


def _bind(desk: Desk, actor: Actor, person: Person, issuer: str, subject: str) -> None:
    try:
        with transaction.atomic():
            Identity.objects.create(person=person, issuer=issuer, subject=subject, linked_at=desk.now())
            audit.record(actor, "person.identity-linked", person.name, desk.now())
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> Refused:
    sentence = N_("The account has another identity already, or the identity another account: ask an administrator.")
    return Refused("identity-taken", sentence)


def _stranger(seen: Seen) -> Refused:
    sentence = N_("No account here is yours: ask an administrator to invite you, or to link your identifier, %(subject)s.")
    return Refused("oidc-stranger", sentence, subject=seen.subject)
