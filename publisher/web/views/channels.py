"""The channels: how each stands, what it can do, what went over it; here one is stopped, let go on, or asked."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Role
from publisher.pipeline import channels, hold, probe
from publisher.web import desk, second_factor
from publisher.web.gate import EVERYBODY, STOPPERS, acting, seen_by
from publisher.web.saying import said


@seen_by(*EVERYBODY)
def all_of_them(request: HttpRequest) -> HttpResponse:
    """Show them in the order of config.toml."""
    role = acting(request).role
    shown = {"cards": channels.cards(desk.current()), "may_act": role in STOPPERS, "may_connect": role == Role.ADMINISTRATOR}
    return render(request, "web/channels.html", shown)


@seen_by(*STOPPERS, methods=("POST",))
def act(request: HttpRequest) -> HttpResponse:
    """Do one of the acts with one channel; whatever forbids it is said on the page."""
    try:
        is_well, sentence = _done(request)
    except (Refused, UsageError) as error:
        is_well, sentence = False, said(error)
    (messages.success if is_well else messages.error)(request, sentence)
    return redirect("channels")


def _done(request: HttpRequest) -> tuple[bool, str]:
    """Do what is asked for; return whether it is good news, and what is to be said. Raises Refused, UsageError."""
    wanted = request.POST.get("act", "")
    if wanted not in ACTS:
        raise UsageError("unknown-act", N_("Nothing was done: choose one of the buttons of the page."))
    return ACTS[wanted](request, request.POST.get("channel", ""))


def _stop(request: HttpRequest, channel: str) -> tuple[bool, str]:
    hold.pause(desk.current(), Actor(acting(request)), request.POST.get("reason", ""), channel)
    return True, _("%(channel)s is stopped: nothing leaves there until somebody lets it go on.") % {"channel": channel}


def _go_on(request: HttpRequest, channel: str) -> tuple[bool, str]:
    second_factor.confirm(request)
    hold.unpause(desk.current(), Actor(acting(request)), channel)
    return True, _("It goes on; what has become too late meanwhile stays unsent.")


def _verify(request: HttpRequest, channel: str) -> tuple[bool, str]:
    return probe.verify(desk.current(), Actor(acting(request)), channel)


ACTS: Mapping[str, Callable[[HttpRequest, str], tuple[bool, str]]] = {"stop": _stop, "go-on": _go_on, "verify": _verify}
