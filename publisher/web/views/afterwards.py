"""After publication: set right what is out, or take it back. The plan is shown first, and only a second button stores it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.adapters.base import Way
from publisher.errors import ConfigError, IntakeError, Refused, RenderError, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor
from publisher.pipeline import afterwards, queue, sheet, status, written
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS
from publisher.pipeline.plan import Plan, Request
from publisher.web import desk, editor, instants, second_factor, static
from publisher.web.gate import acting, seen_by
from publisher.web.saying import absent, said

Planning = Callable[[Request], Plan]
More = Callable[[Collection[str]], dict[str, Any]]
WAY = "way."
"""How the fields begin that say in which way a channel is corrected."""

UNPLANNABLE = (ConfigError, IntakeError, Refused, RenderError, UsageError)


@seen_by(*WRITERS, methods=("GET", "HEAD", "POST"))
def correct(request: HttpRequest, name: str) -> HttpResponse:
    """Take the corrected text, in the fields in which it was written or as one document, and a word for readers."""
    here, told = desk.current(), request.POST

    def planned(wanted: Request) -> Plan:
        typed = told.get("text") or written.document(written.cleaned(told.dict(), here.channels), here.channels).decode()
        return afterwards.rewriting(here, name, typed, told.get("reason", ""), wanted)

    def more(online: Collection[str]) -> dict[str, Any]:
        return _written(request, here, name) | {"choices": _choices(request, afterwards.ways(here, online))}

    return _page(request, name, planned, {"is_correction": True}, more)


def _written(request: HttpRequest, here: Desk, name: str) -> dict[str, Any]:
    """Return the fields with what is corrected in them; the whole document where they would not hold all of it."""
    typed = written.cleaned(request.POST.dict(), here.channels) if request.method == "POST" else None
    fields = None if request.POST.get("text") else typed or afterwards.kept_fields(here, name)
    if fields is None:
        return {"text": request.POST.get("text") or afterwards.kept_text(here, name)}
    shown = {"groups": editor.groups(fields, but=editor.WHEN), "types": editor.types(), "fields": fields}
    return shown | {"own": [one for one in editor.channels(fields) if one["own"] or one["off"]]}


@seen_by(*WRITERS, methods=("GET", "HEAD", "POST"))
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Take the reason."""
    here, told = desk.current(), request.POST

    def planned(wanted: Request) -> Plan:
        return afterwards.withdrawal(here, name, told.get("reason", ""), wanted)

    return _page(request, name, planned, {"is_correction": False}, lambda _online: {})


def _page(request: HttpRequest, name: str, planned: Planning, shown: dict[str, Any], more: More) -> HttpResponse:
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
    style = {"more_styles": [static.address("editor.css")]}
    return render(request, "web/afterwards.html", shown | style | more(online))


def _request(request: HttpRequest, here: Desk, online: set[str]) -> Request:
    """Return what is asked for beside the text. Raises UsageError.

    All channels are named by none, so that what is impossible on one of them is only said.
    """
    told = request.POST
    chosen = [name for name in told.getlist("channel") if name in online]
    if online and not chosen:
        raise UsageError("no-channel-chosen", N_("Choose at least one channel."))
    at = instants.typed(told, here.config.town.zone)
    ways = {name: told[WAY + name] for name in chosen if told.get(WAY + name)}
    return Request(at, channels=() if set(chosen) == online else tuple(chosen), as_written="as_written" in told, ways=ways)


def _choices(request: HttpRequest, ways: Mapping[str, Sequence[Way]]) -> list[dict[str, Any]]:
    """Return for each channel that has several ways what there is to choose, and what is chosen."""
    return [
        {
            "channel": name,
            "field": WAY + name,
            "ways": [(way.name, _(way.does)) for way in known],
            "chosen": request.POST.get(WAY + name, known[0].name),
        }
        for name, known in ways.items()
    ]


def _store(request: HttpRequest, here: Desk, plan: Plan) -> HttpResponse:
    """Store the plan. Where config.toml asks for nobody's visa it leaves at once: the code of this moment is asked for."""
    if not here.config.approval.required:
        second_factor.confirm(request)
    queued = queue.queue(here, Actor(acting(request)), plan)
    messages.success(request, _("It is stored: it leaves at its time.") if queued.sealed else _("It is stored, and awaits its visa."))
    return redirect("announcement", name=queued.id)
