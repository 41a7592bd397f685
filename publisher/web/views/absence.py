"""Who is away, and who stands in: one's own days, and for administrators everybody's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor
from publisher.pipeline import absences
from publisher.web import desk
from publisher.web.gate import STOPPERS, acting, seen_by


@seen_by(*STOPPERS, methods=("GET", "HEAD", "POST"))
def absence(request: HttpRequest) -> HttpResponse:
    """Show the absences, and keep or take back one."""
    here, actor = desk.current(), Actor(acting(request))
    if request.method == "POST":
        try:
            messages.success(request, _done(request, actor))
            return redirect("absence")
        except (Refused, UsageError) as error:  # the page is shown anew at once: nothing that was typed is lost
            messages.error(request, str(error))
    people = absences.may_be_away(actor)
    shown = {
        "absences": absences.known(here, actor),
        "people": people,
        "substitutes": absences.may_stand_in(people),
        "first_day": absences.today(here).isoformat(),
    }
    return render(request, "web/absence.html", shown)


def _done(request: HttpRequest, actor: Actor) -> str:
    """Do what is asked for, and say what was done. Raises Refused, UsageError."""
    told = request.POST
    if told.get("act") == "end":
        number = told.get("absence", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 19):  # noqa: PLR2004 - digits of the largest number
            raise Refused("no-absence", N_("This absence is no longer there."))
        absences.end(desk.current(), actor, int(number))
        return _("The absence is taken back.")
    days = (told.get("first", ""), told.get("last", ""))
    absences.declare(desk.current(), actor, told.get("person") or actor.name, days, told.get("substitute", ""))
    return _("Noted: nothing is asked of whoever is away.")
