"""One delivery: each step with its calls and what the platform answered; what is held is decided here."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor
from publisher.models.states import DeliveryState
from publisher.pipeline import board, decisions, hold, resolve, trace
from publisher.pipeline.decisions import Decision
from publisher.pipeline.people import WRITERS
from publisher.web import desk, instants, second_factor, static
from publisher.web.gate import EVERYBODY, acting, seen_by
from publisher.web.saying import absent, said

Said = str


@seen_by(*EVERYBODY, methods=("GET", "HEAD", "POST"))
def one(request: HttpRequest, name: str, delivery: str) -> HttpResponse:
    """Show it, and carry out what is decided about it."""
    here, person, failed = desk.current(), acting(request), None
    try:
        told = trace.of(here, name, delivery)
    except Refused as error:
        return absent(request, error)
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, delivery))
            return redirect("delivery", name=name, delivery=delivery)
        except (Refused, UsageError) as error:
            messages.error(request, said(error))
            failed, told = error.code, trace.of(here, name, delivery)
    row = told.delivery
    handed = board.handed(here, Actor(person), row)
    offered = decisions.offered(here, Actor(person), row) if person.role in WRITERS else []
    shown = {
        "handed": handed,
        "scripts": [static.address("copy.js")] if handed else [],
        "trace": told,
        "is_held": row.state == DeliveryState.HELD,
        "said": decisions.said_before(row),
        "is_partly_out": decisions.is_partly_out(here, row),
        "offered": [one for one in offered if one not in decisions.OF_PEOPLE],
        "is_twice": failed == "time-ambiguous",
    }
    return render(request, "web/delivery.html", shown)


def _decided(request: HttpRequest, name: str) -> Said:
    """Carry out a decision, and say what was done. Raises Refused, UsageError."""
    person, wanted = acting(request), request.POST.get("decision", "")
    if wanted not in _ACTS or person.role not in WRITERS:
        raise Refused("not-allowed", N_("Your role does not allow this."))
    if Decision(wanted) in decisions.LETS_LEAVE:
        second_factor.confirm(request)
    return _ACTS[Decision(wanted)](request, Actor(person), name)


def _take(_request: HttpRequest, actor: Actor, name: str) -> Said:
    resolve.take(desk.current(), actor, name)
    return _("The text is yours: publish it, then say where it is. Nobody else gets it meanwhile.")


def _give_back(request: HttpRequest, actor: Actor, name: str) -> Said:
    delivery = resolve.give_back(desk.current(), actor, name, since=request.POST.get("since", ""))
    if delivery.state == DeliveryState.CANCELED:
        return _("Noted: it was not published, and it is canceled.")
    return _("Noted: it was not published. It waits for somebody again.")


def _by_hand(request: HttpRequest, actor: Actor, name: str) -> Said:
    resolve.by_hand(desk.current(), actor, name, request.POST.get("url", ""))
    return _("Noted, with your name. What waits for it goes on.")


def _published(request: HttpRequest, actor: Actor, name: str) -> Said:
    step = request.POST.get("step", "")
    resolve.published(desk.current(), actor, name, request.POST.get("url", step).strip(), step)
    return _("Noted: it is online. What is left goes on, if it is not too late.")


def _send_again(_request: HttpRequest, actor: Actor, name: str) -> Said:
    if resolve.send_again(desk.current(), actor, name):
        return _("Two people have said so: it is sent now.")
    return _("Noted. Another person must confirm that it is not online; then it is sent.")


def _replace(_request: HttpRequest, actor: Actor, name: str) -> Said:
    resolve.alternative(desk.current(), actor, name)
    return _("The parts that are out are taken back, and the single text is sent.")


def _resume(_request: HttpRequest, actor: Actor, name: str) -> Said:
    hold.resume(desk.current(), actor, name)
    return _("It goes on.")


def _drop(_request: HttpRequest, actor: Actor, name: str) -> Said:
    resolve.drop(desk.current(), actor, name)
    return _("What was not out is given up.")


_ACTS: Mapping[Decision, Callable[[HttpRequest, Actor, str], Said]] = {
    Decision.TAKE: _take,
    Decision.BY_HAND: _by_hand,
    Decision.GIVE_BACK: _give_back,
    Decision.PUBLISHED: _published,
    Decision.SEND_AGAIN: _send_again,
    Decision.REPLACE: _replace,
    Decision.RESUME: _resume,
    Decision.MOVE: instants.move,
    Decision.DROP: _drop,
}
