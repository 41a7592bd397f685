"""The journal: who did what, when, on what; to be read, and to be taken along as a table."""

import csv
import re
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from publisher.i18n import _
from publisher.pipeline import chronicle
from publisher.pipeline.chronicle import Entry
from publisher.web import desk, words
from publisher.web.gate import EVERYBODY, seen_by

PAGE = 50
FORMULA = re.compile(r"(?:^|(?<=[;,\t\r\n]))(?=[=+\-@\t\r])")
"""Where a spreadsheet would take what follows for a formula: where a cell begins, or would if the table were cut at another sign."""


@seen_by(*EVERYBODY)
def journal(request: HttpRequest) -> HttpResponse:
    """Show the latest acts, or those about one announcement or delivery."""
    about, technical = _asked(request)
    page = Paginator(chronicle.rows(about, technical=technical), PAGE).get_page(request.GET.get("page"))
    acts = list(page.object_list)
    kept = {"about": about, "tout": "on" if technical else ""}
    shown = {"page": page, "entries": chronicle.entries(acts), "holds": chronicle.holds(acts), "kept": kept}
    return render(request, "web/journal.html", shown | {"about": about, "technical": technical})


@seen_by(*EVERYBODY)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give the same acts, all of them, as a table that spreadsheets open."""
    about, technical = _asked(request)
    lines = _lines(chronicle.everything(chronicle.rows(about, technical=technical)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return answer


def _asked(request: HttpRequest) -> tuple[str, bool]:
    return request.GET.get("about", "").strip()[:64], "tout" in request.GET


class _Line:
    """What csv writes to: gives back what it was given."""

    def write(self, line: str) -> str:
        """Return it."""
        return line


def _lines(entries: Iterator[Entry]) -> Iterator[str]:
    """Yield the lines of the table; the first tells spreadsheets that it is UTF-8."""
    writer, zone = csv.writer(_Line(), delimiter=";"), desk.current().config.town.zone
    yield "\ufeff"
    yield writer.writerow([_("When"), _("Who"), _("What"), _("Announcement"), _("On what"), _("Identifier"), _("Why")])
    for one in entries:
        at = f"{localtime(one.at, zone):%Y-%m-%d %H:%M:%S}"
        act = f"{one.act} ({one.more})" if one.more else one.act
        yield writer.writerow([at, *map(_harmless, (one.by, act, one.title, words.concerns(one), one.subject, one.why))])


def _harmless(cell: str) -> str:
    return FORMULA.sub("'", cell)
