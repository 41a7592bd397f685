"""How long somebody stays signed in: half an hour without a request, eight hours in all; what was typed meanwhile is kept for them.

Kept in the session that begins when the former one ends, for the same person only, until it is sent once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from publisher.i18n import N_, _
from publisher.web import desk

RARELY = 60  # seconds: a request is noted down no more often, since with each note others wait for the disk

BEGUN, SEEN, KEPT = "begun", "seen", "kept"

TOO_QUIET = N_("You were signed out after %(minutes)d minutes without a request: sign in again. What you typed in the editor is kept.")
TOO_LONG = N_("You were signed out %(hours)d hours after you signed in: sign in again. What you typed in the editor is kept.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, upon which version of the draft."""

    version: int
    fields: Mapping[str, str]


@receiver(user_logged_in)
def begin(request: HttpRequest, **_told: Any) -> None:
    """Count from here."""
    request.session[BEGUN] = request.session[SEEN] = _second()


def is_live(request: HttpRequest) -> bool:
    """Tell whether a script asks for a part of its page: it can follow nobody to the way in."""
    return "HX-Request" in request.headers


def over(request: HttpRequest) -> str:
    """Return why the session is over, nothing if it is not; note that there was a request."""
    now, begun, seen = _second(), request.session.get(BEGUN, 0), request.session.get(SEEN, 0)
    if now - begun >= settings.SESSION_COOKIE_AGE:
        return _(TOO_LONG) % {"hours": timedelta(seconds=settings.SESSION_COOKIE_AGE) // timedelta(hours=1)}
    if now - seen >= settings.SESSION_IDLE_SECONDS:
        return _(TOO_QUIET) % {"minutes": timedelta(seconds=settings.SESSION_IDLE_SECONDS) // timedelta(minutes=1)}
    if now - seen >= RARELY:
        request.session[SEEN] = now
    return ""


def end(request: HttpRequest, view: Any, why: str, draft: str | None) -> HttpResponse:
    """End the session, say why on the way in, and keep what was typed in the draft, if that is what was sent."""
    person, typed = request.user.pk, request.POST.dict() if request.method == "POST" and draft else None
    logout(request)
    if is_live(request):
        return way_in(request)
    if typed is not None:
        request.session[KEPT] = {"draft": draft, "person": person, "fields": typed}
    messages.error(request, why)
    back = request.get_full_path() if request.method in {"GET", "HEAD"} or "GET" in getattr(view, "methods", ()) else "/"
    return redirect_to_login(back)


def way_in(request: HttpRequest) -> HttpResponse:
    """Return where a stranger signs in; a script is told that it must wait for it."""
    return HttpResponse(status=401) if is_live(request) else redirect_to_login(request.get_full_path())


def kept(request: HttpRequest, draft: str) -> Kept | None:
    """Return what this person had typed in the draft when they were signed out, if anything."""
    found = request.session.get(KEPT)
    if not found or (found["draft"], found["person"]) != (draft, request.user.pk):
        return None
    version = str(found["fields"].get("version", ""))
    return Kept(int(version) if version.isdecimal() else 0, found["fields"])


def forget(request: HttpRequest) -> None:
    """Keep no longer what was typed: it was sent once more."""
    request.session.pop(KEPT, None)


def _second() -> int:
    return int(desk.current().now().timestamp())
