"""The calendar: what leaves when, by month, by week or as a list; what may be moved is dragged, or moved with the keyboard."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from publisher.i18n import N_, _
from publisher.models import Scope
from publisher.pipeline import agenda
from publisher.pipeline import feed as calendar_feed
from publisher.text import moments
from publisher.web import desk, static
from publisher.web.bearer import by_token
from publisher.web.gate import EVERYBODY, seen_by

FAR = timedelta(days=3653)
LIST = 30
"""Days of a list."""

Period = Callable[[date], tuple[date, int]]
VIEWS: Mapping[str, tuple[str, Period]] = {
    "mois": (N_("Month"), agenda.month),
    "semaine": (N_("Week"), agenda.week),
    "liste": (N_("List"), lambda day: (day, LIST)),
}


@seen_by(*EVERYBODY)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show it."""
    zone = desk.current().config.town.zone
    today = desk.current().now().astimezone(zone).date()
    name, day = _view(request), _day(request, today)
    _label, period = VIEWS[name]
    first, count = period(day)
    shown = {
        "view": name,
        "views": [{"name": one, "label": _(label)} for one, (label, _period) in VIEWS.items()],
        "day": day,
        "today": today,
        "month": day.month,
        "heading": _heading(name, first, day),
        "before": _step(name, day, first, -1),
        "after": _step(name, day, first, 1),
        "days": agenda.days(desk.current(), first, count),
        "more_styles": [static.address("calendar.css")],
        "scripts": [static.address("calendar.js")],
    }
    return render(request, "web/calendar.html", shown)


@by_token(in_address="secret", GET=Scope.CALENDAR)
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar to whoever has its secret address: an application that can do no more than ask for it."""
    del secret
    address = (desk.current().config.web.staff_url or request.build_absolute_uri("/")).rstrip("/")
    return HttpResponse(calendar_feed.feed(desk.current(), address), content_type="text/calendar; charset=utf-8")


def _view(request: HttpRequest) -> str:
    asked = request.GET.get("vue", "")
    return asked if asked in VIEWS else "mois"


def _day(request: HttpRequest, today: date) -> date:
    """Return the day that is asked for, today if it is none, or one so far away that it is a slip of the pen."""
    try:
        asked = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) < FAR else today


def _step(view: str, day: date, first: date, direction: int) -> date:
    """Return a day of the period before or after."""
    if view == "mois":
        return day.replace(day=1) - agenda.DAY if direction < 0 else (day.replace(day=1) + 31 * agenda.DAY).replace(day=1)
    return first + direction * (agenda.WEEK if view == "semaine" else LIST) * agenda.DAY


def _heading(view: str, first: date, day: date) -> str:
    if view == "mois":
        return date_format(day, "F Y")
    sentence = N_("Week of %(day)s") if view == "semaine" else N_("From %(day)s on")
    return _(sentence) % {"day": moments.day(first)}
