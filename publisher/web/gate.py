"""Who sees what: nobody without an account and a second factor, and each view only for the roles that it names.

Views for programs are apart (`bearer`): there a token counts and no session, elsewhere a session and no token.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from publisher import i18n
from publisher.models import Person, Role
from publisher.pipeline.people import WRITERS
from publisher.web import bearer, sessions

View = Callable[..., HttpResponseBase]

EVERYBODY = tuple(Role)
STOPPERS = (*WRITERS, Role.ADMINISTRATOR)

OPEN = frozenset({"account_login", "account_logout", "invitation", "mfa_authenticate", "oidc_leave", "oidc_return", "static"})
"""What a stranger may ask for: the way in."""

INVITATIONS = "/bienvenue/"
"""How the addresses begin that let a stranger in."""

SETTING_UP = frozenset({"account_logout", "account_reauthenticate", "mfa_activate_totp", "static"})
"""What somebody who has no second factor yet may ask for."""

OWN_ACCOUNT = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "usersessions_list",
    }
)
"""Views of the library that concern one's own account only."""


def seen_by(*roles: Role, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable[[View], View]:
    """Name the roles that a view is for, and the methods that it knows."""

    def named(view: View) -> View:
        told: Any = require_http_methods(list(methods))(view)
        told.roles, told.methods = frozenset(roles), frozenset(methods)
        return cast("View", told)

    return named


def acting(request: HttpRequest) -> Person:
    """Return the person who is signed in; behind the gate there always is one."""
    return cast("Person", request.user)


class Gate:
    """Denies by default: a view that names no roles is for nobody."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request go on, to be answered in the language of the pages; the view is looked at once it is known."""
        if request.path.startswith(INVITATIONS):  # what is logged of the request, whoever refuses it, does not tell the way in
            request.path = f"{INVITATIONS}…/"
        with i18n.answering(get_language() or i18n.DEFAULT_LANGUAGE):
            response = self._get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")  # files say otherwise, for themselves
        return response

    def process_view(self, request: HttpRequest, view: View, _arguments: object, options: Mapping[str, str]) -> HttpResponseBase | None:
        """Return where to go instead, or nothing. Raises PermissionDenied."""
        if hasattr(view, "scopes"):
            return bearer.refusal(request, view, options)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN:
            return None
        person = acting(request)
        if stranger := _without_session(request, view, options.get("name") if name == "draft" else None):
            return stranger
        if not is_mfa_enabled(person):
            return None if name in SETTING_UP else redirect("mfa_activate_totp")
        if name not in OWN_ACCOUNT and person.role not in getattr(view, "roles", ()):
            raise PermissionDenied
        return None


def _without_session(request: HttpRequest, view: View, draft: str | None) -> HttpResponseBase | None:
    """Return the way in for whoever is not signed in, or no longer; `draft` is the one that they write in."""
    if not request.user.is_authenticated:
        return sessions.way_in(request)
    if not acting(request).is_active:
        logout(request)
        return sessions.way_in(request)
    why = sessions.over(request)
    return sessions.end(request, view, why, draft) if why else None
