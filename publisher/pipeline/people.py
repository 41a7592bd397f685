"""Who acts: accounts, their roles, and which of them a command speaks for."""

from django.db import IntegrityError, transaction

from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Person, Role, Token, audit
from publisher.models.people import NAME_LENGTH
from publisher.pipeline.desk import Desk

WRITERS = (Role.AUTHOR, Role.APPROVER)
"""Who may write, hold, cancel and settle; agreeing has rules of its own."""


def acting(desk: Desk, name: str | None, system_user: str, *roles: Role) -> Actor:
    """Return who acts: the account called `name`, else the one mapped to the system user; it must have one of the roles.

    Raises Refused: `command-line-off`, `unknown-account`, `no-account-for-system-user`, `account-disabled`, `role-missing`.
    """
    if not desk.config.approval.command_line:
        sentence = N_("The command line may not act for people here ([approval] command_line = false): use the web page.")
        raise Refused("command-line-off", sentence)
    person = named(name) if name else _mapped(system_user)
    if not person.is_active:
        raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=person.name)
    if person.role not in roles:
        sentence = N_("“%(name)s” has the role %(role)s; this needs the role %(needed)s.")
        raise Refused("role-missing", sentence, name=person.name, role=person.role, needed=" / ".join(roles))
    return Actor(person, system_user)


def administering(desk: Desk, name: str | None, system_user: str) -> Actor:
    """Return who looks after the accounts: an administrator, or, as long as there is none, whoever runs the command. Raises Refused."""
    if name is None and not Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        return Actor(None, system_user)
    return acting(desk, name, system_user, Role.ADMINISTRATOR)


def add(desk: Desk, actor: Actor, name: str, role: str, login: str | None = None) -> Person:
    """Open an account; `login` is the system user that may act as it without naming it. Raises UsageError, Refused."""
    if role not in set(Role):
        raise UsageError("unknown-role", N_("There is no role “%(role)s”; the roles are %(known)s."), role=role, known=", ".join(Role))
    if not name.isprintable() or not 0 < len(name.strip()) == len(name) <= NAME_LENGTH:
        sentence = N_("“%(name)s” cannot be the name of an account: use up to %(limit)d visible characters.")
        raise UsageError("bad-name", sentence, name=name, limit=NAME_LENGTH)
    person = Person(name=name, role=role, system_user=login, created_at=desk.now())
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            audit.record(actor, "person.added", name, desk.now(), {"role": role, "login": login})
    except IntegrityError as error:
        taken = _taken(name, login)
        if taken is None:
            raise
        raise taken from error
    return person


def _taken(name: str, login: str | None) -> Refused | None:
    """Return why the account cannot be opened: its name or its system user is another one's, or it waits to be opened again; or None."""
    person = Person.objects.filter(name=name).first()
    if person is None:
        other = Person.objects.filter(system_user=login).first() if login else None
        sentence = N_("The system user “%(login)s” already belongs to the account “%(name)s”.")
        return Refused("account-exists", sentence, login=login, name=other.name) if other else None
    if not person.is_active:
        return Refused("account-exists", N_("The account “%(name)s” is closed: “publisher user enable” opens it again."), name=name)
    return Refused("account-exists", N_("There is already an account “%(name)s”."), name=name)


def enable(desk: Desk, actor: Actor, name: str) -> None:
    """Open a closed account again, with the role that it had. Raises Refused."""
    with transaction.atomic():
        if not Person.objects.filter(pk=named(name).pk, is_active=False).update(is_active=True):
            raise Refused("account-open", N_("The account “%(name)s” is already open."), name=name)
        audit.record(actor, "person.enabled", name, desk.now())


def disable(desk: Desk, actor: Actor, name: str) -> None:
    """Close an account, and revoke its tokens for good; what it agreed to before stays agreed. Raises Refused."""
    with transaction.atomic():
        if not Person.objects.filter(pk=named(name).pk, is_active=True).update(is_active=False):
            raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=name)
        Token.objects.filter(person__name=name, revoked_at=None).update(revoked_at=desk.now())
        audit.record(actor, "person.disabled", name, desk.now())


def invite(desk: Desk, actor: Actor, name: str) -> str:
    """Return the path, below the back-office's address, at which somebody chooses a password; it works once, for a day. Raises Refused."""
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.http import urlsafe_base64_encode

    person = named(name)
    if not person.is_active:
        raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=person.name)
    with transaction.atomic():
        audit.record(actor, "person.invited", name, desk.now())
    return f"bienvenue/{urlsafe_base64_encode(str(person.pk).encode())}/{default_token_generator.make_token(person)}/"


def entered(desk: Desk, actor: Actor) -> None:
    """Keep that somebody chose a password."""
    with transaction.atomic():
        audit.record(actor, "person.password-chosen", actor.name, desk.now())


def everyone() -> list[Person]:
    """Return all accounts in the order of their names."""
    return list(Person.objects.order_by("name"))


def named(name: str) -> Person:
    """Return the account of this name. Raises Refused (`unknown-account`)."""
    person = Person.objects.filter(name=name).first()
    if person is None:
        raise Refused("unknown-account", N_("There is no account “%(name)s”; “publisher user list” shows them all."), name=name)
    return person


def _mapped(system_user: str) -> Person:
    person = Person.objects.filter(system_user=system_user).first()
    if person is None:
        sentence = N_("No account belongs to the system user “%(login)s”: name one with --as.")
        raise Refused("no-account-for-system-user", sentence, login=system_user)
    return person
