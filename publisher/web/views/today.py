"""The first page: what I was told, what waits for me, what leaves next, what is out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.models import Actor
from publisher.pipeline import board, drafts, notices, status, written
from publisher.web import desk, static
from publisher.web.gate import EVERYBODY, acting, seen_by

LARGEST = 2**63 - 1
"""The largest number that the database knows."""


@seen_by(*EVERYBODY)
def today(request: HttpRequest) -> HttpResponse:
    """Show it."""
    here, person = desk.current(), acting(request)
    unread = notices.unread(person)
    titles = status.titles(notice.announcement_id for notice in unread if notice.announcement_id)
    shown = {
        "account_notices": notices.unread_of_accounts(person),
        "notices": [(one, titles[one.announcement_id] if one.announcement_id else here.title(one.channel)) for one in unread],
        "troubles": board.troubles(here, Actor(person)),
        "asked": board.asked_of(Actor(person)),
        "returned": board.returned_to(Actor(person)),
        "left": [(draft, written.title(draft.fields)) for draft in drafts.left_by(person)[: board.FEW]],
        "held": board.held(here),
        "handovers": board.handovers(here, Actor(person)),
        "scripts": [static.address("copy.js")],
        "coming": board.coming(here),
        "out": board.out(here),
    }
    return render(request, "web/today.html", shown)


@seen_by(*EVERYBODY, methods=("POST",))
def read(request: HttpRequest) -> HttpResponse:
    """Keep that all was read that the page showed."""
    notices.mark_read(desk.current(), acting(request), _number(request, "last"), _number(request, "last_of_account"))
    return redirect("today")


def _number(request: HttpRequest, name: str) -> int:
    """Return a number of the form, 0 if it is none."""
    told = request.POST.get(name, "")
    return min(int(told), LARGEST) if told.isascii() and told.isdecimal() else 0
