"""The first page: what waits for me, what leaves next, what is out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.models import Actor
from publisher.pipeline import board
from publisher.web import desk, static
from publisher.web.gate import EVERYBODY, acting, seen_by


@seen_by(*EVERYBODY)
def today(request: HttpRequest) -> HttpResponse:
    """Show it."""
    here, person = desk.current(), acting(request)
    shown = {
        "asked": board.asked_of(Actor(person)),
        "held": board.held(here),
        "handovers": board.handovers(here, Actor(person)),
        "scripts": [static.address("copy.js")],
        "coming": board.coming(here),
        "out": board.out(here),
    }
    return render(request, "web/today.html", shown)
