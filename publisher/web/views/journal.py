"""The journal: who did what, when, on what."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.models import Audit
from publisher.web.gate import EVERYBODY, seen_by

PAGE = 50


@seen_by(*EVERYBODY)
def journal(request: HttpRequest) -> HttpResponse:
    """Show the latest acts, or those about one announcement or delivery."""
    about = request.GET.get("about", "").strip()[:64]
    rows = Audit.objects.select_related("person").order_by("-sequence")
    page = Paginator(rows.filter(subject__startswith=about) if about else rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "web/journal.html", {"page": page, "about": about})
