"""The report on an announcement, on one page to be printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.errors import Refused
from publisher.pipeline import report as pipeline
from publisher.web import desk
from publisher.web.gate import EVERYBODY, seen_by
from publisher.web.saying import absent


@seen_by(*EVERYBODY)
def report(request: HttpRequest, name: str) -> HttpResponse:
    """Show it."""
    try:
        told = pipeline.of(desk.current(), name)
    except Refused as error:
        return absent(request, error)
    return render(request, "web/report.html", {"report": told})
