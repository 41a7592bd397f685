"""Stop everything, from any page and without JavaScript; and let it go on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import Refused, UsageError
from publisher.i18n import _
from publisher.models import Actor
from publisher.pipeline import hold
from publisher.web import desk, second_factor
from publisher.web.gate import STOPPERS, acting, seen_by
from publisher.web.saying import said


@seen_by(*STOPPERS, methods=("GET", "HEAD", "POST"))
def everything(request: HttpRequest) -> HttpResponse:
    """Ask for a reason, once; then stop before the very next call."""
    if request.method != "POST":
        return render(request, "web/stop.html")
    try:
        hold.pause(desk.current(), Actor(acting(request)), request.POST.get("reason", ""))
    except (Refused, UsageError) as error:
        return render(request, "web/stop.html", {"sentence": said(error)})
    messages.success(request, _("Everything is stopped: nothing leaves until somebody lets it go on."))
    return redirect("today")


@seen_by(*STOPPERS, methods=("POST",))
def resume(request: HttpRequest) -> HttpResponse:
    """Let go on what was stopped, everything or one channel: something may leave at once, so the code of this moment is asked for."""
    try:
        second_factor.confirm(request)
        hold.unpause(desk.current(), Actor(acting(request)), request.POST.get("channel") or None)
        messages.success(request, _("It goes on; what has become too late meanwhile stays unsent."))
    except (Refused, UsageError) as error:
        messages.error(request, said(error))
    return redirect("today")
