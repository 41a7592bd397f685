"""Connecting the account of a channel: the steps, what is typed and never shown again, the account that was found, then yes or no."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from publisher.errors import PublisherError, Refused, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, Role
from publisher.pipeline import connect
from publisher.web import desk, pending, second_factor
from publisher.web.gate import acting, seen_by
from publisher.web.saying import absent, said


@sensitive_post_parameters()
@never_cache
@seen_by(Role.ADMINISTRATOR, methods=("GET", "HEAD", "POST"))
def channel(request: HttpRequest, name: str) -> HttpResponse:
    """Show what is to be done next, and do it; whatever forbids it is said on the page, where nothing that was typed stands again."""
    here = desk.current()
    if name not in here.channels:
        return absent(request, Refused("unknown-channel", N_("There is no channel “%(name)s” in config.toml."), name=name))
    if request.method != "POST":
        return _shown(request, name)
    try:
        wanted = request.POST.get("act", "")
        if wanted not in ACTS:
            raise UsageError("unknown-act", N_("Nothing was done: choose one of the buttons of the page."))
        return ACTS[wanted](request, name)
    except PublisherError as error:
        return _shown(request, name, said(error))


def _shown(request: HttpRequest, name: str, sentence: str = "") -> HttpResponse:
    """Show the account that was found, if one waits, else the steps and the form; or why there is none."""
    here = desk.current()
    known = pending.of(here, acting(request), name)
    shown: dict[str, object] = {"channel": name, "sentence": sentence, "pending": known}
    try:
        told = connect.guide(here, name)
        if told.keeps:
            connect.env_file(here, name)
    except PublisherError as error:
        return render(request, "web/connect.html", {**shown, "obstacle": said(error)})
    asks = [(asked.key, _(asked.label), asked.optional) for asked in told.asks]
    remarks = [remark.message for remark in known.found.remarks] if known else []
    return render(request, "web/connect.html", {**shown, "steps": map(_, told.steps), "page": told.page, "asks": asks, "remarks": remarks})


def _try(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the platform whose secrets these are. Raises Refused, UsageError, SendError."""
    here = desk.current()
    told = connect.guide(here, name)
    if told.keeps:
        connect.env_file(here, name)
    given = connect.cleaned(told, {asked.key: request.POST.get(asked.key, "") for asked in told.asks})
    second_factor.confirm(request)
    offered = connect.candidates(here, name, connect.offers(here, name, given))
    found = connect.verified(here, name, connect.only(here, name, offered))
    if found.secrets:
        pending.put(here, acting(request), found)
        return redirect("channel_connect", name=name)
    messages.success(request, _("%(channel)s answers, and has no secret to keep.") % {"channel": name})
    return redirect("channels")


def _keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the secrets of the account that was shown. Raises Refused, StorageError, ConfigError."""
    here, person = desk.current(), acting(request)
    found = pending.seen(here, person, name, request.POST.get("seen", ""))
    connect.keep(here, Actor(person), found)
    pending.forget(person, name)
    sentence = _("%(channel)s is connected to %(account)s; the service uses it within a second. If the channel is stopped, let it go on.")
    messages.success(request, sentence % {"channel": name, "account": found.handle or found.name or found.account})
    return redirect("channels")


def _forget(request: HttpRequest, name: str) -> HttpResponse:
    pending.forget(acting(request), name)
    messages.success(request, _("Nothing was kept."))
    return redirect("channel_connect", name=name)


ACTS: Mapping[str, Callable[[HttpRequest, str], HttpResponse]] = {"try": _try, "keep": _keep, "forget": _forget}
