"""What follows when somebody changes a password or a second factor: the other sessions end, and the audit keeps it."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.dispatch import receiver
from django.http import HttpRequest

from publisher.models import Actor, Person
from publisher.pipeline import people
from publisher.web import desk


@receiver(password_changed)
def on_password(request: HttpRequest, user: Person, **_told: Any) -> None:
    """Whoever knew the former password is out."""
    _changed(request, user, "password-changed")


@receiver(authenticator_added)
def on_added(request: HttpRequest, user: Person, authenticator: Any, **_told: Any) -> None:
    """Whoever came in without it is out."""
    _changed(request, user, "second-factor-added", authenticator.type)


@receiver(authenticator_removed)
def on_removed(request: HttpRequest, user: Person, authenticator: Any, **_told: Any) -> None:
    """Whoever came in with it is out."""
    _changed(request, user, "second-factor-removed", authenticator.type)


@receiver(authenticator_reset)
def on_reset(request: HttpRequest, user: Person, authenticator: Any, **_told: Any) -> None:
    """Whoever came in with the former codes is out."""
    _changed(request, user, "second-factor-renewed", authenticator.type)


def _changed(request: HttpRequest, person: Person, act: str, kind: str = "") -> None:
    people.protection_changed(desk.current(), Actor(person), act, str(kind))
    end_other_sessions(request, person)
