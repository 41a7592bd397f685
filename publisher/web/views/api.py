"""The API: what stands where, and documents handed in, for programs that a person gave a token."""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from publisher.errors import UsageError
from publisher.i18n import N_, _
from publisher.models import Scope
from publisher.pipeline import status, submission
from publisher.web import desk, openapi
from publisher.web.bearer import by_token, error, holder

PAGE = 50
MARKDOWN = ("text/markdown", "text/plain")


@by_token(GET=Scope.READ, POST=Scope.QUEUE)
def announcements(request: HttpRequest) -> HttpResponse:
    """Show the announcements, the newest first; or take a document in."""
    return _hand_in(request) if request.method == "POST" else _page(request)


@by_token(GET=Scope.READ)
def announcement(request: HttpRequest, name: str) -> HttpResponse:
    """Show where one stands: the JSON of `publisher status ID`."""
    del request
    return JsonResponse(status.one(desk.current(), name))


@by_token(GET=Scope.READ)
def description(request: HttpRequest) -> HttpResponse:
    """Show what this API is, as OpenAPI says such things."""
    del request
    return JsonResponse(openapi.DOCUMENT)


@by_token(GET=Scope.READ, POST=Scope.QUEUE)
def absent(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing there, as a program reads it."""
    del request
    return error("absent", _("There is nothing at this address."), 404)


def _page(request: HttpRequest) -> HttpResponse:
    names = status.names(request.GET.get("q", "").strip()[:200])
    count, number = names.count(), _number(request)
    rows = status.some(desk.current(), list(names[(number - 1) * PAGE : number * PAGE]))
    told = {"page": number, "pages": max(1, ceil(count / PAGE)), "count": count, "announcements": rows}
    return JsonResponse({"format": "publisher.announcements/1", **told})


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    if not asked.isdecimal() or not asked.isascii() or not 0 < int(asked[:9]) == int(asked):
        raise UsageError("bad-page", N_("A page has a number, from 1 on."))
    return int(asked)


def _hand_in(request: HttpRequest) -> HttpResponse:
    kind, body = request.content_type or "", request.body
    told = _document(kind, body)
    document = told.pop("document", None)
    if not isinstance(document, str | bytes):
        raise UsageError("document-missing", N_("The field “document” holds the text of the announcement, as a file would."))
    content = document if isinstance(document, bytes) else _encoded(document)
    key = request.headers.get("Idempotency-Key", "")
    answer = submission.hand_in(desk.current(), holder(request), submission.handed(content, told, key, b"\n".join([kind.encode(), body])))
    headers = {"Location": reverse("api_announcement", args=[answer.document["id"]])}
    return JsonResponse(answer.document, status=201, headers=headers if answer.is_new else {**headers, "Idempotency-Replayed": "true"})


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as wrong:  # half of a pair of characters, as JSON can hold it
        raise UsageError("bad-json", N_("This is no JSON.")) from wrong


def _document(kind: str, body: bytes) -> dict[str, Any]:
    """Return the fields that were sent. Raises UsageError."""
    if kind in MARKDOWN:
        return {"document": body}
    if kind != "application/json":
        sentence = N_("A document is sent as %(known)s.")
        raise UsageError("media-type", sentence, known=", ".join(["application/json", *MARKDOWN]))
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise UsageError("bad-json", N_("This is no JSON.")) from wrong
    if not isinstance(told, Mapping):
        raise UsageError("bad-json", N_("A JSON object is asked for."))
    return dict(told)
