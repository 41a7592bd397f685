"""Tokens: how other programs act for a person who was given one, and no further than their scope. None of them agrees to anything."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from publisher import storage
from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Person, Role, Scope, Token, audit
from publisher.models.token import NAME_LENGTH
from publisher.pipeline import people
from publisher.pipeline.desk import Desk

PREFIX = "pub_"
"""How every secret begins, so that whoever finds one somewhere knows what it is."""

BY_TOKEN = "token:"  # noqa: S105 - no secret
"""What stands before a token's name where the audit keeps the login of the machine."""

RARELY = timedelta(minutes=1)
"""A use is noted down no more often: with each note others wait for the disk."""


def create(desk: Desk, actor: Actor, name: str, person: str, scopes: Sequence[Scope]) -> tuple[Token, str]:
    """Make a token for a person; return it with its secret, which nobody can read again. Raises UsageError, Refused."""
    owner = people.named(person)
    if not owner.is_active:
        raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=person)
    if not name.isprintable() or not 0 < len(name.strip()) == len(name) <= NAME_LENGTH:
        sentence = N_("“%(name)s” cannot be the name of a token: use up to %(limit)d visible characters.")
        raise UsageError("bad-name", sentence, name=name, limit=NAME_LENGTH)
    _refuse_scopes(scopes, owner.role)
    secret, now = PREFIX + secrets.token_urlsafe(32), desk.now()
    token = Token(name=name, person=owner, sha256=_hash(secret), scopes=sorted({str(scope) for scope in scopes}), created_at=now)
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            audit.record(actor, "token.created", name, now, {"person": person, "scopes": token.scopes})
    except IntegrityError as error:
        raise Refused("token-exists", N_("There is already a token “%(name)s”: revoke it first."), name=name) from error
    return token, secret


def renew_calendar(desk: Desk, actor: Actor, person: Person) -> str:
    """Make a person's secret address of the calendar, in the place of the one before; return its secret. Raises UsageError, Refused."""
    with transaction.atomic():
        for former in calendars(person):
            revoke(desk, actor, former.name)
        return create(desk, actor, _calendar_name(person), person.name, [Scope.CALENDAR])[1]


def calendars(person: Person) -> list[Token]:
    """Return the addresses of the calendar that count for a person."""
    return [token for token in of(person) if Scope.CALENDAR in token.scopes]


def of(person: Person) -> list[Token]:
    """Return the tokens that count for a person, by name."""
    return list(Token.objects.filter(person=person, revoked_at=None).order_by("name"))


def live() -> list[Token]:
    """Return the tokens that count, by name."""
    return list(Token.objects.filter(revoked_at=None).select_related("person").order_by("name"))


def address(desk: Desk, secret: str) -> str:
    """Return the address of the calendar for a secret."""
    return people.address(desk, f"calendrier/{secret}.ics")


def revoke(desk: Desk, actor: Actor, name: str) -> None:
    """Make a token worth nothing, at once and for good. Raises Refused."""
    with transaction.atomic():
        if not Token.objects.filter(name=name, revoked_at=None).update(revoked_at=desk.now()):
            raise Refused("unknown-token", N_("There is no token “%(name)s”; “publisher token list” shows them all."), name=name)
        audit.record(actor, "token.revoked", name, desk.now())


def everything() -> list[Token]:
    """Return all tokens, also those that were revoked, by name."""
    return list(Token.objects.select_related("person").order_by("name", "created_at"))


def presented(desk: Desk, secret: str) -> Token | None:
    """Return the token of this secret, if it counts still and its person's account is open. Raises StorageError."""
    with storage.explained(desk.config):
        live = Token.objects.select_related("person").filter(revoked_at=None, person__is_active=True)
        return live.filter(sha256=_hash(secret)).first()


def used(desk: Desk, token: Token) -> None:
    """Note that it was used. Raises StorageError."""
    now = desk.now()
    with storage.explained(desk.config):
        if token.used_at is None or token.used_at <= now - RARELY:
            Token.objects.filter(Q(used_at=None) | Q(used_at__lte=now - RARELY), pk=token.pk).update(used_at=now)


def allows(token: Token, scope: Scope) -> bool:
    """Tell whether the token is good for this."""
    return scope in token.scopes


def actor(token: Token) -> Actor:
    """Return who acts by this token: its person, with the name of the token in the place of a login."""
    return Actor(token.person, f"{BY_TOKEN}{token.name}")


def _calendar_name(person: Person) -> str:
    """Return a name that no other person's calendar has."""
    return f"calendar-{person.pk} {person.name}"[:NAME_LENGTH]


def _refuse_scopes(scopes: Sequence[Scope], role: str) -> None:
    """Refuse what a token must not be good for. Raises UsageError, Refused."""
    if Scope.CALENDAR in scopes and len(set(scopes)) > 1:
        sentence = N_("The address of a calendar is written down in many places: its token is good for nothing else.")
        raise UsageError("calendar-alone", sentence)
    if Scope.QUEUE in scopes and role != Role.AUTHOR:
        sentence = N_(
            "Only a token of an author queues: what an approver writes is half agreed to already, and no token agrees to anything."
        )
        raise Refused("token-role", sentence)


def _hash(secret: str) -> str:
    """Return under what a secret is kept: it has 256 random bits, so that a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
