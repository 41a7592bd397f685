"""The list of announcements, and one of them: what leaves where and when, who agreed, what became of it; the visa is given here."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Draft
from publisher.pipeline import approve, drafts, hold, sheet, status, written
from publisher.pipeline.people import WRITERS
from publisher.web import desk, second_factor, static
from publisher.web.framing import framed
from publisher.web.gate import EVERYBODY, acting, seen_by

PAGE = 30
STOPS: Mapping[str, tuple[Callable[..., object], str]] = {
    "hold": (hold.hold, N_("It is held until somebody lets it go on.")),
    "resume": (hold.resume, N_("It goes on.")),
    "cancel": (hold.cancel, N_("It is canceled.")),
}
ACTS = ("approve", "reject", *STOPS)


@seen_by(*EVERYBODY)
def all_of_them(request: HttpRequest) -> HttpResponse:
    """Show them, the newest first, those whose title holds the words that are looked for."""
    wanted = request.GET.get("q", "").strip()[:200]
    pages = Paginator(status.names(wanted), PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = status.some(desk.current(), list(page.object_list))
    shown = {"rows": rows, "page": page, "wanted": wanted, "drafts": [] if wanted or page.number > 1 else _unfinished(request)}
    return render(request, "web/announcements.html", shown)


@seen_by(*EVERYBODY, methods=("GET", "HEAD", "POST"))
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show one, and do what is asked for it."""
    here, person = desk.current(), acting(request)
    if request.method == "POST":
        return _act(request, name)
    try:
        told = status.one(here, name)
    except Refused as error:
        return render(request, "web/absent.html", {"sentence": str(error)}, status=404)
    waiting = approve.awaiting(here, name)
    shown = {
        "told": told,
        "sheets": sheet.of(here, name),
        "agreements": sheet.agreements(name),
        "may_agree": waiting is not None and approve.may_agree(Actor(person), waiting),
        "waiting": waiting,
    }
    return render(request, "web/announcement.html", shown)


@framed
@seen_by(*EVERYBODY)
def leaf(request: HttpRequest, name: str, delivery: str, step: str) -> HttpResponse:
    """Show what a step carries as its readers see it, alone in a frame in which nothing runs."""
    markup = sheet.markup(name, delivery, step)
    if markup is None:
        raise Http404
    return render(request, "web/leaf.html", {"markup": markup, "style": static.address("leaf.css")})


def _unfinished(request: HttpRequest) -> list[tuple[Draft, str]]:
    """Return the drafts with what they are called, for those who write."""
    if acting(request).role not in WRITERS:
        return []
    return [(draft, written.title(draft.fields)) for draft in drafts.unfinished()]


def _act(request: HttpRequest, name: str) -> HttpResponse:
    """Do one of the acts; whatever forbids it is said on the page."""
    try:
        messages.success(request, _done(request, name))
    except (Refused, UsageError) as error:
        messages.error(request, str(error))
    return redirect("announcement", name=name)


def _done(request: HttpRequest, name: str) -> str:
    """Do what is asked for, and say what was done. Raises Refused, UsageError."""
    here, person, act = desk.current(), acting(request), request.POST.get("act", "")
    actor = Actor(person)
    if act not in ACTS or person.role not in WRITERS:
        raise Refused("not-allowed", N_("Your role does not allow this."))
    if act == "approve":
        second_factor.confirm(request)
        agreement = approve.approve(here, actor, name, seen=request.POST.get("seen", ""))
        return _("The visa is given: it leaves at its time.") if agreement.sealed else _("You have agreed; another person is needed.")
    if act == "reject":
        approve.reject(here, actor, name, request.POST.get("reason", ""))
        return _("It is back with its author.")
    stop, sentence = STOPS[act]
    stop(here, actor, name)
    return _(sentence)
