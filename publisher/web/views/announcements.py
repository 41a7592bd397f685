"""The list of announcements, and one of them: what leaves where and when, who agreed, what became of it; the visa is given here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Draft, Person
from publisher.models.states import AnnouncementState
from publisher.pipeline import approve, changes, decisions, drafts, hold, rounds, schedule, sheet, shelf, standing, status, written
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS
from publisher.text.instants import parse_when
from publisher.web import desk, instants, previews, second_factor, static
from publisher.web.framing import framed
from publisher.web.gate import EVERYBODY, acting, seen_by
from publisher.web.saying import absent, said

PAGE = 30
Act = Callable[[HttpRequest, Actor, str], str]


@seen_by(*EVERYBODY)
def all_of_them(request: HttpRequest) -> HttpResponse:
    """Show them, the newest first, those whose title holds the words that are looked for."""
    wanted, selection = request.GET.get("q", "").strip()[:200], request.GET.get("etat", "")
    page = Paginator(shelf.names(wanted, selection), PAGE).get_page(request.GET.get("page"))
    asks = bool(wanted or selection in shelf.SELECTIONS)
    shown = {
        "rows": shelf.lines(desk.current(), list(page.object_list)),
        "page": page,
        "wanted": wanted,
        "selection": selection if selection in shelf.SELECTIONS else "",
        "selections": [("", N_("All")), *((name, label) for name, (label, _rows) in shelf.SELECTIONS.items())],
        "kept": {"q": wanted, "etat": selection},
        "asks": asks,
        "drafts": [] if asks or page.number > 1 else _unfinished(request),
    }
    return render(request, "web/announcements.html", shown)


@seen_by(*EVERYBODY, methods=("GET", "HEAD", "POST"))
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show one, and do what is asked for it."""
    failed = ""
    if request.method == "POST":
        try:
            messages.success(request, _done(request, name))
            return redirect(reverse("announcement", args=[name]) + "#content")  # else the browser goes back to the form's own anchor
        except (Refused, UsageError) as error:  # the page is shown anew at once: nothing that was typed is lost
            failed = error.code
            messages.error(request, said(error))
    try:
        shown = _shown(desk.current(), acting(request), name)
    except Refused as error:
        return absent(request, error)
    style = {"more_styles": [static.address("previews.css"), static.address("visa.css")]}
    wanted = _wanted(request)
    asked = {"is_twice": failed == "time-ambiguous", "wanted": wanted, "foreseen": _foreseen(" ".join(wanted), shown["agreed_window"])}
    return render(request, "web/announcement.html", shown | asked | style)


def _wanted(request: HttpRequest) -> tuple[str, str]:
    """Return the day and the hour to which somebody moved it in the calendar: they fill the form, and nothing else."""
    day, _t, hour = request.GET.get("deplacer", "").partition("T")
    return day[:10], hour[:5]


def _foreseen(wanted: str, agreed: tuple[datetime, datetime] | None) -> tuple[datetime, bool] | None:
    """Return the time to which somebody moved it, and whether the visa would be kept; None if there is no such time."""
    try:
        at = parse_when(wanted, desk.current().config.town.zone)
    except UsageError:
        return None
    return at, agreed is not None and agreed[0] <= at < agreed[1]


def _shown(here: Desk, person: Person, name: str) -> dict[str, Any]:
    """Return what the page of one tells, and what this person may do. Raises Refused."""
    told, sheets, waiting = status.one(here, name), sheet.of(here, name), approve.awaiting(here, name)
    deliveries = [each.delivery for each in sheets]
    moving, seen = schedule.open_to_move(here, name), previews.last_round(here, name)
    return {
        "remarks": seen.remarks,
        "previews": [(each, seen.sections[each.delivery.pk]) for each in sheets if each.delivery.pk in seen.sections],
        "earlier": [each for each in sheets if each.delivery.pk not in seen.sections],
        "told": told,
        "sheets": sheets,
        "leaving": [] if told["state"] == AnnouncementState.DRAFT else sheet.leaving(sheets),
        "asked": (asked := rounds.asked(deliveries)),
        "stands": standing.announcement(AnnouncementState(told["state"]), deliveries),
        "agreements": sheet.agreements(sheets),
        "at_once": sheet.at_once(here, sheets) if waiting else [],
        "quality": approve.quality(Actor(person), waiting) if waiting else None,
        "waiting": waiting,
        "changes": changes.since_last(here, waiting) if waiting else None,
        "overdue": approve.overdue(here, waiting) if waiting else None,
        "may_write": person.role in WRITERS,
        "can_hold": any(hold.can_be_held(each.delivery) for each in sheets),
        "can_cancel": [row.channel for row in deliveries if hold.can_be_canceled(row)],
        "can_resume": decisions.can_resume(here, name),
        "is_out": standing.is_online(deliveries) and not asked,
        "places": sheet.places(told, sheets),
        "recipients": sheet.recipients(sheets) if person.role in WRITERS else [],
        "moving": moving,
        "agreed_window": schedule.agreed_window(moving),
        "wakes": schedule.wakes(moving),
    }


@framed
@seen_by(*EVERYBODY)
def leaf(request: HttpRequest, name: str, delivery: str, step: str) -> HttpResponse:
    """Show what a step carries as its readers see it, alone in a frame in which nothing runs."""
    del request
    try:
        markup = sheet.markup(name, delivery, step)
    except Refused as error:
        raise Http404 from error
    if markup is None:
        raise Http404
    return HttpResponse(markup)


def _unfinished(request: HttpRequest) -> list[tuple[Draft, str]]:
    """Return the drafts with what they are called, for those who write."""
    if acting(request).role not in WRITERS:
        return []
    return [(draft, written.title(draft.fields)) for draft in drafts.unfinished()]


def _done(request: HttpRequest, name: str) -> str:
    """Do what is asked for, and say what was done. Raises Refused, UsageError."""
    person, act = acting(request), request.POST.get("act", "")
    if act not in ACTS or person.role not in WRITERS:
        raise Refused("not-allowed", N_("Your role does not allow this."))
    if act in LETS_LEAVE:
        second_factor.confirm(request)
    return ACTS[act](request, Actor(person), name)


def _approve(request: HttpRequest, actor: Actor, name: str) -> str:
    here, when = desk.current(), request.POST.get("when")
    at = (instants.typed(request.POST, here.config.town.zone) or "") if when == "at" else None
    agreement = approve.approve(here, actor, name, now=when == "now", at=at, seen=request.POST.get("seen", ""))
    if not agreement.sealed:
        return _("You have agreed; another person is needed.")
    is_due = agreement.due_at is not None and agreement.due_at <= here.now()
    return _("The visa is given: it leaves now.") if is_due else _("The visa is given: it leaves at its time.")


def _reject(request: HttpRequest, actor: Actor, name: str) -> str:
    approve.reject(desk.current(), actor, name, request.POST.get("reason", ""))
    return _("It is back with its author.")


def _move(request: HttpRequest, actor: Actor, name: str) -> str:
    if schedule.wakes(schedule.movable(name)):
        second_factor.confirm(request)
    return instants.move(request, actor, name)


def _stopping(stop: Callable[..., object], sentence: str) -> Act:
    """Return the act that stops, or lets go on, with what it says then."""

    def act(_request: HttpRequest, actor: Actor, name: str) -> str:
        stop(desk.current(), actor, name)
        return _(sentence)

    return act


ACTS: Mapping[str, Act] = {
    "approve": _approve,
    "reject": _reject,
    "move": _move,
    "hold": _stopping(hold.hold, N_("It is held until somebody lets it go on.")),
    "resume": _stopping(hold.resume, N_("It goes on.")),
    "cancel": _stopping(hold.cancel, N_("It is canceled.")),
}
LETS_LEAVE = ("approve", "resume")
"""After these acts something may leave: they need the code of this moment."""
