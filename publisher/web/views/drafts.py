"""The editor: what is written on the left, each channel as its readers will see it on the right, saved as people type."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from publisher.errors import IntakeError, PublisherError, Refused, RenderError
from publisher.i18n import _
from publisher.models import Actor, Draft
from publisher.pipeline import drafts, preview, written
from publisher.pipeline.drafts import Become, Outdated
from publisher.pipeline.people import WRITERS
from publisher.pipeline.plan import Request
from publisher.web import desk, editor, second_factor, sessions, static
from publisher.web.framing import framed
from publisher.web.gate import acting, seen_by
from publisher.web.saying import absent, said

SCRIPTS = ("htmx/htmx-2.0.11.min.js", "editor.js")
STYLES = ("previews.css", "editor.css")
INSIST = {"already-queued": "again", "date-doubtful": "as_written"}
"""What a person may insist upon, by the code of what refuses it."""


@seen_by(*WRITERS, methods=("POST",))
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an announcement."""
    return redirect("draft", name=drafts.begin(desk.current(), Actor(acting(request))).id)


@seen_by(*WRITERS, methods=("POST",))
def again(request: HttpRequest, name: str) -> HttpResponse:
    """Begin an announcement with the text of another one."""
    try:
        draft = drafts.again(desk.current(), Actor(acting(request)), name)
    except Refused as error:
        return absent(request, error)
    return redirect("draft", name=draft.id)


@seen_by(*WRITERS, methods=("GET", "HEAD", "POST"))
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Show a draft with what it would become; keep what is written, and do what is asked for."""
    try:
        draft = drafts.one(name)
    except Refused as error:
        return absent(request, error)
    if request.method == "POST":
        return _posted(request, draft)
    if typed := sessions.kept(request, name):
        draft.fields, draft.version = written.cleaned(typed.fields, desk.current().channels), typed.version
        return _page(request, draft, sentence=_("This is what you had typed when you were signed out: it is not saved yet."))
    if draft.announcement_id:
        return redirect("announcement", name=draft.announcement_id)
    return _page(request, draft)


@framed
@seen_by(*WRITERS)
def leaf(request: HttpRequest, name: str, channel: str, step: str) -> HttpResponse:
    """Show the markup that a step would carry, alone in a frame in which nothing runs."""
    del request
    try:
        markup = preview.markup(drafts.rendering(desk.current(), drafts.one(name).fields), channel, step)
    except (Refused, IntakeError, RenderError) as error:
        raise Http404 from error
    if markup is None:
        raise Http404
    return HttpResponse(markup)


def _posted(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Keep what was written and do what is asked for; what cannot be done is said, and nothing that was written is lost."""
    sessions.forget(request)  # the answer holds it
    act, _colon, channel = request.POST.get("act", "").partition(":")
    fields = _arranged(act, channel, written.cleaned(request.POST.dict(), desk.current().channels))
    try:
        return _done(request, draft, act, fields)
    except PublisherError as error:
        if isinstance(error, Become) and error.fields == fields and not sessions.is_live(request):  # sent twice
            return redirect("announcement", name=error.announcement)
        draft.fields = dict(fields)
        passed = isinstance(error, Outdated | Become)
        return _answer(request, draft, sentence=said(error), insist=INSIST.get(error.code), outdated=passed)


def _done(request: HttpRequest, draft: Draft, act: str, fields: Mapping[str, str]) -> HttpResponse:
    """Do what is asked for; without a word, keep what was written. Raises PublisherError."""
    here, actor = desk.current(), Actor(acting(request))
    if act == "copy":
        return redirect("draft", name=drafts.begin(here, actor, fields).id)
    if act == "discard":
        drafts.discard(here, actor, draft.id)
        messages.success(request, _("The draft is thrown away."))
        return redirect("announcements")
    draft = drafts.save(here, actor, draft.id, _version(request), fields)
    if act != "queue":
        return _answer(request, draft) if sessions.is_live(request) else redirect("draft", name=draft.id)
    if _asks_code():
        second_factor.confirm(request)
    queued = drafts.queue_up(here, actor, draft.id, draft.version, _request(request, fields))
    messages.success(request, _("It leaves at its time.") if queued.sealed else _("The visa is asked for."))
    return redirect("announcement", name=queued.id)


def _asks_code() -> bool:
    """Tell whether what is queued may leave without anybody else: the code of this moment is then asked for."""
    return not desk.current().config.approval.required


def _arranged(act: str, channel: str, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields once a channel is given words of its own, those that it would have had, or follows the common text again."""
    own, text = written.of_channel(channel, "own"), written.of_channel(channel, "text")
    if act == "common":
        return {name: value for name, value in fields.items() if name != own}
    if act == "own" and channel in desk.current().channels:
        return {**fields, own: "1", text: fields.get(text) or drafts.derived(desk.current(), fields, channel)}
    return fields


def _answer(request: HttpRequest, draft: Draft, **told: object) -> HttpResponse:
    if not sessions.is_live(request):
        return _page(request, draft, **told)
    return render(request, "web/editor_live.html", {"is_live": True, **editor.live(draft, request.POST.dict()), **told})


def _page(request: HttpRequest, draft: Draft, **told: object) -> HttpResponse:
    shown = {
        **editor.live(draft, {}),
        "groups": editor.groups(draft.fields),
        "types": editor.types(),
        "channels": editor.channels(draft.fields),
        "asks_code": _asks_code(),
        "more_styles": [static.address(name) for name in STYLES],
        "scripts": [static.address(name) for name in SCRIPTS],
        **told,
    }
    return render(request, "web/editor.html", shown)


def _request(request: HttpRequest, fields: Mapping[str, str]) -> Request:
    again, as_written, without_link = (bool(request.POST.get(name)) for name in ("again", "as_written", "without_link"))
    return Request(at=fields.get("at"), again=again, as_written=as_written, without_link=without_link)


def _version(request: HttpRequest) -> int:
    told = request.POST.get("version", "")
    return int(told) if told.isdecimal() else 0
