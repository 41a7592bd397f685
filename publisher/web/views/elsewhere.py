"""Signing in at the provider of identities, if the town has one: there and back, then the second factor as always.

Leaving is a page, not a redirection: a form may lead nowhere but here (Content-Security-Policy), and this page shows where it leads.
"""

import logging
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import logout as sign_out_here
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from publisher.adapters import oidc
from publisher.errors import PublisherError, Refused
from publisher.i18n import N_, _
from publisher.models import Person
from publisher.pipeline import identities
from publisher.web import desk
from publisher.web.saying import absent, said

BEGUN, SEEN, FAREWELL = "oidc-begun", "oidc-seen", "oidc-farewell"
"""What the session keeps: of a sign-in under way, of one that lacks the second factor, and of one that succeeded."""

LASTS = 600
"""Seconds in which somebody must have come back."""

log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Lead to the provider."""
    if request.user.is_authenticated:
        return redirect("today")
    try:
        _refuse_haste(request)
        begun = oidc.begin()
        address = _provider().address(begun, _here(request, "oidc_return"))
    except PublisherError as error:
        return _failed(request, error)
    kept = {"at": desk.current().now().timestamp(), "next": request.POST.get("next", ""), "begun": list(begun)}
    for former in (SEEN, FAREWELL):
        request.session.pop(former, None)
    request.session[BEGUN] = kept
    return render(request, "web/elsewhere.html", {"address": address})


@never_cache
@require_http_methods(["GET"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Let in whom the provider saw, if there is an account; what was sent along counts once. The protocol wants a GET here."""
    kept = request.session.pop(BEGUN, None)
    try:
        begun = _begun(request, kept)
        provider, here = _provider(), desk.current()
        home = _here(request, "account_login")
        seen = provider.identify(_code(request), begun, _here(request, "oidc_return"), home, here.now())
        person = identities.recognised(here, seen)
    except PublisherError as error:
        return _failed(request, error)
    request.session[SEEN] = [person.pk, seen.issuer, seen.subject]
    request.session[FAREWELL] = seen.farewell
    record_authentication(request, person, method="oidc")
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=_next(request, kept["next"])))
    return answer


@receiver(user_logged_in)
def on_way_in(request: HttpRequest, user: Person, **_told: Any) -> None:
    """Bind the identity only now: until the second factor was given, nobody knows whose hands typed at the provider."""
    number, *seen = request.session.pop(SEEN, None) or [None]
    if number != user.pk:
        return
    try:
        identities.came_in(desk.current(), user, *seen)
    except Refused as error:
        logout(request)
        raise ImmediateHttpResponse(_failed(request, error)) from error


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and lead to the provider's own farewell if that is where the person signed in."""
    farewell = request.session.get(FAREWELL, "") if request.user.is_authenticated else ""
    answer: HttpResponse = sign_out_here(request)
    if request.method == "POST" and farewell:
        return render(request, "web/elsewhere.html", {"address": farewell, "is_over": True})
    return answer


def _refuse_haste(request: HttpRequest) -> None:
    """Call the provider no more often than anybody types a password. Raises Refused."""
    if not ratelimit.consume(request, action="login"):
        raise Refused("too-many-sign-ins", N_("Too many attempts: wait a minute, then try again."))


def _provider() -> oidc.Provider:
    """Return the provider of this town. Raises Refused, ConfigError."""
    provider = oidc.configured(desk.current().config)
    if provider is None:
        raise Refused("no-provider", N_("There is no provider of identities: [web.oidc] of config.toml names none."))
    return provider


def _here(request: HttpRequest, view: str) -> str:
    """Return the whole address of one of our pages, the same letter by letter each time: the provider compares it."""
    base = desk.current().config.web.staff_url or request.build_absolute_uri("/")
    return f"{base.rstrip('/')}{reverse(view)}"


def _begun(request: HttpRequest, kept: object) -> oidc.Begun:
    """Return what was sent along, if this browser left a moment ago and this is the answer to it. Raises Refused."""
    if isinstance(kept, dict) and desk.current().now().timestamp() - kept["at"] <= LASTS:
        begun = oidc.Begun(*kept["begun"])
        if oidc.same(request.GET.get("state", ""), begun.state):
            return begun
    raise Refused("oidc-over", N_("This sign-in is over, or began elsewhere: begin again."))


def _code(request: HttpRequest) -> str:
    """Return what the provider answered, to be exchanged. Raises Refused."""
    if code := request.GET.get("code", ""):
        return code
    told = request.GET.get("error", "")[:80].encode("ascii", "replace").decode()
    log.warning(_("The provider of identities signed nobody in: %(told)r"), {"told": told})
    raise Refused("oidc-refused", N_("The provider did not sign you in: begin again, or sign in with your password."))


def _next(request: HttpRequest, wanted: str) -> str | None:
    """Return where the person wanted to go, if it is one of our pages."""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()) else None


def _failed(request: HttpRequest, error: PublisherError) -> HttpResponse:
    if error.code == "no-provider":
        return absent(request, error)
    log.warning(_("Nobody was signed in by the provider of identities: %(sentence)s"), {"sentence": error})
    return render(request, "web/elsewhere_failed.html", {"sentence": said(error)}, status=403)
