"""After publication: set right what is out, or take it back. The plan is shown first, and only a second button stores it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import ConfigError, IntakeError, Refused, RenderError, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor
from publisher.pipeline import afterwards, queue, sheet, status
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS
from publisher.pipeline.plan import Plan, Request
from publisher.web import desk, instants, second_factor, static
from publisher.web.gate import acting, seen_by
from publisher.web.saying import absent, said

Planning = Callable[[Request], Plan]
UNPLANNABLE = (ConfigError, IntakeError, Refused, RenderError, UsageError)


@seen_by(*WRITERS, methods=("GET", "HEAD", "POST"))
def correct(request: HttpRequest, name: str) -> HttpResponse:
    """Take the corrected document and a word for readers."""
    here, told = desk.current(), request.POST

    def planned(wanted: Request) -> Plan:
        return afterwards.rewriting(here, name, told.get("text", ""), told.get("reason", ""), wanted)

    return _page(request, name, planned, {"is_correction": True}, lambda: {"text": told.get("text") or afterwards.kept_text(here, name)})


@seen_by(*WRITERS, methods=("GET", "HEAD", "POST"))
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Take the reason."""
    here, told = desk.current(), request.POST

    def planned(wanted: Request) -> Plan:
        return afterwards.withdrawal(here, name, told.get("reason", ""), wanted)

    return _page(request, name, planned, {"is_correction": False}, dict)


def _page(request: HttpRequest, name: str, planned: Planning, shown: dict[str, Any], more: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Show the form; with it what would be done, once that is known; or store it."""
    here = desk.current()
    try:
        online = afterwards.standing(here, name)
        shown |= {"told": status.one(here, name), "online": online, "chosen": request.POST.getlist("channel") or list(online)}
    except Refused as error:
        return absent(request, error)
    if request.method == "POST":
        try:
            plan = planned(_request(request, here, set(online)))
            if request.POST.get("act") == "store":
                return _store(request, here, plan)
            shown |= {"plan": plan, "proposals": sheet.planned(plan), "leaf_style": static.address("leaf.css")}
            shown["asks_code"] = not here.config.approval.required
        except UNPLANNABLE as error:
            messages.error(request, said(error))
            shown |= {"failed": error.code, "is_twice": error.code == "time-ambiguous"}
    return render(request, "web/afterwards.html", shown | more())


def _request(request: HttpRequest, here: Desk, online: set[str]) -> Request:
    """Return what is asked for beside the text. Raises UsageError.

    All channels are named by none, so that what is impossible on one of them is only said.
    """
    told = request.POST
    chosen = [name for name in told.getlist("channel") if name in online]
    if online and not chosen:
        raise UsageError("no-channel-chosen", N_("Choose at least one channel."))
    at = instants.typed(told, here.config.town.zone)
    return Request(at, channels=() if set(chosen) == online else tuple(chosen), as_written="as_written" in told)


def _store(request: HttpRequest, here: Desk, plan: Plan) -> HttpResponse:
    """Store the plan. Where config.toml asks for nobody's visa it leaves at once: the code of this moment is asked for."""
    if not here.config.approval.required:
        second_factor.confirm(request)
    queued = queue.queue(here, Actor(acting(request)), plan)
    messages.success(request, _("It is stored: it leaves at its time.") if queued.sealed else _("It is stored, and awaits its visa."))
    return redirect("announcement", name=queued.id)
