"""Help: one page for each reason why something waits, is held or was refused, and for the words of the house."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.web import advice
from publisher.web.gate import EVERYBODY, seen_by


@seen_by(*EVERYBODY)
def index(request: HttpRequest) -> HttpResponse:
    """Show all pages, by theme."""
    return render(request, "web/help.html", {"themes": advice.THEMES})


@seen_by(*EVERYBODY)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one."""
    if slug not in advice.PAGES:
        raise Http404
    return render(request, "web/help_page.html", {"page": advice.PAGES[slug]})
