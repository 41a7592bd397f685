"""Access of other programs: one's own secret address of the calendar, and, for administrators, the tokens of everybody."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Role, Scope, Token
from publisher.pipeline import people, tokens
from publisher.pipeline.state_words import SCOPES
from publisher.web import desk, second_factor
from publisher.web.gate import EVERYBODY, acting, seen_by
from publisher.web.saying import said


@never_cache
@seen_by(*EVERYBODY, methods=("GET", "HEAD", "POST"))
def access(request: HttpRequest) -> HttpResponse:
    """Show what counts, make and revoke; a new secret is shown this once, in the answer itself."""
    if request.method != "POST":
        return _page(request)
    try:
        wanted = request.POST.get("act", "")
        if wanted not in ACTS:
            raise UsageError("unknown-act", N_("Nothing was done: choose one of the buttons of the page."))  # noqa: TRY301 - said like the others
        second_factor.confirm(request)
        return ACTS[wanted](request)
    except (Refused, UsageError) as error:
        messages.error(request, said(error))
        return _page(request)


def _page(request: HttpRequest, secret: str = "", name: str = "") -> HttpResponse:
    me = acting(request)
    is_administrator = me.role == Role.ADMINISTRATOR
    shown = {
        "secret": secret,
        "named": name,
        "calendars": tokens.calendars(me),
        "tokens": [one for one in (tokens.live() if is_administrator else tokens.of(me)) if Scope.CALENDAR not in one.scopes],
        "may_make": is_administrator,
        "people": [person for person in people.everyone() if person.is_active] if is_administrator else [],
        "scopes": [(scope.value, _(SCOPES[scope.value])) for scope in (Scope.READ, Scope.QUEUE)],
        "asked_scopes": request.POST.getlist("scope"),
    }
    return render(request, "web/access.html", shown)


def _calendar(request: HttpRequest) -> HttpResponse:
    here, me = desk.current(), acting(request)
    return _page(request, tokens.address(here, tokens.renew_calendar(here, Actor(me), me)))


def _create(request: HttpRequest) -> HttpResponse:
    me, told = acting(request), request.POST
    if me.role != Role.ADMINISTRATOR:
        raise Refused("not-allowed", N_("Your role does not allow this."))
    scopes = [Scope(one) for one in told.getlist("scope") if one in {Scope.READ, Scope.QUEUE}]
    if not scopes:
        raise UsageError("scope-missing", N_("Say what the token is good for."))
    token, secret = tokens.create(desk.current(), Actor(me), told.get("name", "").strip(), told.get("person", ""), scopes)
    return _page(request, secret, token.name)


def _revoke(request: HttpRequest) -> HttpResponse:
    me, name = acting(request), request.POST.get("token", "")
    if me.role != Role.ADMINISTRATOR and not Token.objects.filter(name=name, person=me, revoked_at=None).exists():
        raise Refused("unknown-token", N_("This access is no longer there."))
    tokens.revoke(desk.current(), Actor(me), name)
    messages.success(request, _("The token “%(name)s” is worth nothing any more.") % {"name": name})
    return redirect("access")


ACTS: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {"calendar": _calendar, "create": _create, "revoke": _revoke}
