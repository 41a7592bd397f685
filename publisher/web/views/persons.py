"""The people: everybody sees who may do what; administrators invite, change roles, close and reopen, with a fresh second factor."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Person, Role
from publisher.pipeline import identities, newcomers, people
from publisher.web import desk, second_factor
from publisher.web.gate import EVERYBODY, acting, seen_by
from publisher.web.saying import said


@seen_by(*EVERYBODY)
def all_of_them(request: HttpRequest) -> HttpResponse:
    """Show names, roles, and which accounts are open and protected."""
    here, me = desk.current(), acting(request)
    shown = {
        "people": people.everyone(),
        "protected": second_factor.protected(),
        "may_act": me.role == Role.ADMINISTRATOR,
        "waiting": [(person, newcomers.may_confirm(here, me, person)) for person in newcomers.waiting(here)],
    }
    return render(request, "web/people.html", shown)


@never_cache
@seen_by(Role.ADMINISTRATOR, methods=("GET", "HEAD", "POST"))
def invite(request: HttpRequest) -> HttpResponse:
    """Open an account, and show once the address at which its owner chooses a password."""
    if request.method != "POST":
        return render(request, "web/invite.html", {"roles": EVERYBODY})
    try:
        return _invited(request, _added(request))
    except (Refused, UsageError) as error:
        return render(request, "web/invite.html", {"roles": EVERYBODY, "sentence": said(error), "typed": request.POST})


@seen_by(*newcomers.TRUSTED, methods=("POST",))
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Let an account agree that a colleague opened or raised; whatever forbids it is said on the page."""
    person = get_object_or_404(Person, pk=number)
    try:
        second_factor.confirm(request)
        people.confirm(desk.current(), Actor(acting(request)), person.name)
    except Refused as error:
        messages.error(request, said(error))
        return redirect("people")
    return _told(request, _("The account “%(name)s” is confirmed: it may agree."), person)


@never_cache
@seen_by(Role.ADMINISTRATOR, methods=("GET", "HEAD", "POST"))
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one account, and do what is asked for it."""
    person = get_object_or_404(Person, pk=number)
    if request.method == "POST":
        return _act(request, person)
    shown = {"person": person, "roles": EVERYBODY, "oneself": person == acting(request), "identity": identities.of(person)}
    return render(request, "web/person.html", shown)


def _act(request: HttpRequest, person: Person) -> HttpResponse:
    """Do one of the acts; whatever forbids it is said on the page."""
    wanted = request.POST.get("act", "")
    try:
        if wanted not in ACTS:
            raise UsageError("unknown-act", N_("Nothing was done: choose one of the buttons of the page."))  # noqa: TRY301 - said like the others
        second_factor.confirm(request)
        return ACTS[wanted](request, person)
    except (Refused, UsageError) as error:
        messages.error(request, said(error))
    return redirect("person", number=person.pk)


def _added(request: HttpRequest) -> str:
    """Open the account that is asked for; return its name. Raises Refused, UsageError."""
    name, role, email = (request.POST.get(field, "").strip() for field in ("name", "role", "email"))
    if not email:
        raise UsageError("address-missing", N_("Give the e-mail address: it tells who is meant."))
    second_factor.confirm(request)
    return people.add(desk.current(), Actor(acting(request)), name, role, email=email).name


def _invited(request: HttpRequest, name: str) -> HttpResponse:
    """Show the address of an invitation, this once. Raises Refused."""
    here = desk.current()
    address = people.address(here, people.invite(here, Actor(acting(request)), name))
    return render(request, "web/invited.html", {"name": name, "address": address})


def _change_role(request: HttpRequest, person: Person) -> HttpResponse:
    people.change_role(desk.current(), Actor(acting(request)), person.name, request.POST.get("role", ""))
    return _told(request, _("“%(name)s” has another role from now on."), person)


def _change_address(request: HttpRequest, person: Person) -> HttpResponse:
    people.change_address(desk.current(), Actor(acting(request)), person.name, request.POST.get("email", "").strip())
    return _told(request, _("The address of “%(name)s” is changed."), person)


def _close(request: HttpRequest, person: Person) -> HttpResponse:
    people.disable(desk.current(), Actor(acting(request)), person.name)
    return _told(request, _("The account “%(name)s” is closed; what it agreed to stays agreed."), person)


def _open(request: HttpRequest, person: Person) -> HttpResponse:
    people.enable(desk.current(), Actor(acting(request)), person.name)
    return _told(request, _("The account “%(name)s” is open again."), person)


def _invite_again(request: HttpRequest, person: Person) -> HttpResponse:
    return _invited(request, person.name)


def _reset(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the address of the invitation that follows, this once. Raises Refused."""
    here, me = desk.current(), acting(request)
    if person == me:
        raise Refused("oneself", N_("Your own second factor is changed under “Second factor”; who lost it asks another administrator."))
    return render(
        request, "web/invited.html", {"name": person.name, "address": people.address(here, people.reset(here, Actor(me), person.name))}
    )


def _link(request: HttpRequest, person: Person) -> HttpResponse:
    identities.link(desk.current(), Actor(acting(request)), person.name, request.POST.get("subject", "").strip())
    return _told(request, _("The identity is linked to “%(name)s”."), person)


def _unlink(request: HttpRequest, person: Person) -> HttpResponse:
    identities.unlink(desk.current(), Actor(acting(request)), person.name)
    return _told(request, _("No identity is linked to “%(name)s” any more."), person)


def _told(request: HttpRequest, sentence: str, person: Person) -> HttpResponse:
    messages.success(request, sentence % {"name": person.name})
    return redirect("people")


ACTS: Mapping[str, Callable[[HttpRequest, Person], HttpResponse]] = {
    "role": _change_role,
    "address": _change_address,
    "close": _close,
    "open": _open,
    "invite": _invite_again,
    "reset": _reset,
    "link": _link,
    "unlink": _unlink,
}
