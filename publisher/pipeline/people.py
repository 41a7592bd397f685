"""Who acts: accounts, their roles, and which of them a command speaks for."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Audit, Person, Role, Scope, Token, audit
from publisher.models.people import NAME_LENGTH
from publisher.pipeline import newcomers
from publisher.pipeline.desk import Desk
from publisher.pipeline.newcomers import SECOND_FACTOR_RESET

WRITERS = (Role.AUTHOR, Role.APPROVER)
"""Who may write, hold, cancel and settle; agreeing has rules of its own."""

PASSWORD_CHOSEN = "person.password-chosen"  # noqa: S105 - no secret
"""The act by which somebody came in by an invitation."""


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


def add(desk: Desk, actor: Actor, name: str, role: str, login: str | None = None, email: str = "") -> Person:
    """Open an account; `login` is the system user that may act as it without naming it. Raises UsageError, Refused."""
    _refuse_unknown(role)
    _refuse_bad_address(email)
    if not name.isprintable() or not 0 < len(name.strip()) == len(name) <= NAME_LENGTH:
        sentence = N_("“%(name)s” cannot be the name of an account: use up to %(limit)d visible characters.")
        raise UsageError("bad-name", sentence, name=name, limit=NAME_LENGTH)
    person = Person(name=name, role=role, email=email, system_user=login, created_at=desk.now())
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            newcomers.begin(desk, actor, person)
            audit.record(actor, "person.added", name, desk.now(), {"role": role, "login": login})
    except IntegrityError as error:
        taken = _taken(name, login)
        if taken is None:
            raise
        raise taken from error
    return person


def _refuse_unknown(role: str) -> None:
    if role not in set(Role):
        raise UsageError("unknown-role", N_("There is no role “%(role)s”; the roles are %(known)s."), role=role, known=", ".join(Role))


def _refuse_bad_address(email: str) -> None:
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise UsageError("bad-address", N_("“%(email)s” is not an e-mail address."), email=email) from error


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
        person = named(name)
        if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            raise Refused("account-open", N_("The account “%(name)s” is already open."), name=name)
        newcomers.begin(desk, actor, person)
        audit.record(actor, "person.enabled", name, desk.now())


def disable(desk: Desk, actor: Actor, name: str) -> None:
    """Close an account, end its sessions, and revoke its tokens for good; what it agreed to before stays agreed. Raises Refused."""
    with transaction.atomic():
        person = _open(name)
        _refuse_to_weaken(actor, person)
        Person.objects.filter(pk=person.pk).update(is_active=False)
        sign_out(person)
        Token.objects.filter(person=person, revoked_at=None).update(revoked_at=desk.now())
        audit.record(actor, "person.disabled", name, desk.now())


def change_role(desk: Desk, actor: Actor, name: str, role: str) -> None:
    """Give somebody another role; what they agreed to before stays agreed. Raises UsageError, Refused."""
    _refuse_unknown(role)
    with transaction.atomic():
        person = named(name)
        if person.role == role:
            raise Refused("role-unchanged", N_("“%(name)s” has this role already."), name=name)
        _refuse_to_weaken(actor, person)
        former, person.role = person.role, role
        Person.objects.filter(pk=person.pk).update(role=role)
        newcomers.begin(desk, actor, person)
        audit.record(actor, "person.role-changed", name, desk.now(), {"from": former, "to": role})


def confirm(desk: Desk, actor: Actor, name: str) -> None:
    """Let an account agree that an administrator opened or raised a short while ago. Raises Refused."""
    newcomers.confirm(desk, actor, named(name))


def change_address(desk: Desk, actor: Actor, name: str, email: str) -> None:
    """Tell somebody what waits for them at another address, or, with none, on the page only. Raises UsageError, Refused.

    The audit, from which nothing is ever taken, does not keep addresses.
    """
    _refuse_bad_address(email)
    with transaction.atomic():
        Person.objects.filter(pk=named(name).pk).update(email=email)
        audit.record(actor, "person.address-changed", name, desk.now())


def _refuse_to_weaken(actor: Actor, person: Person) -> None:
    """Refuse that people shut themselves out, or leave nobody who looks after the accounts. Raises Refused."""
    if actor.person == person:
        raise Refused("oneself", N_("Nobody closes their own account or changes their own role: ask another administrator."))
    administrators = Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    if administrators.filter(pk=person.pk).exists() and not administrators.exclude(pk=person.pk).exists():
        sentence = N_("“%(name)s” is the last administrator: make somebody else one first.")
        raise Refused("last-administrator", sentence, name=person.name)


def _open(name: str) -> Person:
    """Return the account of this name, which is not closed. Raises Refused."""
    person = named(name)
    if not person.is_active:
        raise Refused("account-disabled", N_("The account “%(name)s” is disabled."), name=person.name)
    return person


def _has_second_factor(person: Person) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(person))


def sign_out(person: Person) -> None:
    """End the sessions of an account, so that none wakes up if the account is opened again."""
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.filter(user_id=person.pk):
        session.end()


def invite(desk: Desk, actor: Actor, name: str) -> str:
    """Return the path, below the back-office's address, at which somebody chooses a password; it works once, for a day. Raises Refused."""
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.http import urlsafe_base64_encode

    person = _open(name)
    with transaction.atomic():
        if not _has_second_factor(person):  # whoever holds the invitation sets one up, and is then this person to everybody
            newcomers.begin(desk, actor, person)
        audit.record(actor, "person.invited", name, desk.now())
    return f"bienvenue/{urlsafe_base64_encode(str(person.pk).encode())}/{default_token_generator.make_token(person)}/"


def reset(desk: Desk, actor: Actor, name: str) -> str:
    """Take password, second factor, recovery codes and sessions from somebody who lost them; return an invitation. Raises Refused."""
    from allauth.mfa.models import Authenticator

    with transaction.atomic():
        person = _open(name)
        Authenticator.objects.filter(user_id=person.pk).delete()
        person.set_unusable_password()
        Person.objects.filter(pk=person.pk).update(password=person.password)
        sign_out(person)
        in_telephone = Token.objects.filter(person=person, revoked_at=None, scopes=[Scope.CALENDAR])
        in_telephone.update(revoked_at=desk.now())
        audit.record(actor, SECOND_FACTOR_RESET, name, desk.now())
        return invite(desk, actor, name)


def was_reset(person: Person) -> bool:
    """Tell whether somebody lost password and second factor, and has not chosen a new password since: only the invitation leads in."""
    acts = Audit.objects.filter(subject=person.name, action__in=(SECOND_FACTOR_RESET, PASSWORD_CHOSEN))
    last = acts.order_by("sequence").last()
    return last is not None and last.action == SECOND_FACTOR_RESET


def address(desk: Desk, path: str) -> str:
    """Return the whole address of a path of the back-office."""
    web = desk.config.web
    return f"{(web.staff_url or f'http://{web.host}:{web.port}').rstrip('/')}/{path}"


def entered(desk: Desk, actor: Actor) -> None:
    """Keep that somebody chose a password."""
    with transaction.atomic():
        audit.record(actor, PASSWORD_CHOSEN, actor.name, desk.now())


def protection_changed(desk: Desk, actor: Actor, act: str, kind: str = "") -> None:
    """Keep that somebody changed their password, or a second factor of this kind."""
    with transaction.atomic():
        audit.record(actor, f"person.{act}", actor.name, desk.now(), {"kind": kind} if kind else None)


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
