"""The other way in, for programs: a token instead of a session, and only to the views that name what a token must be good for."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from publisher.errors import ConfigError, PublisherError, StorageError
from publisher.i18n import N_, _
from publisher.models import Scope, Token
from publisher.pipeline import tokens
from publisher.web import desk

View = Callable[..., HttpResponseBase]

PER_MINUTE = 60
"""Calls that each token has: a program that polls needs one."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="publisher"'}

STATUS: Mapping[str, int] = {
    "unknown-id": 404,
    "already-queued": 409,
    "changed-meanwhile": 409,
    "key-reused": 409,
    "nobody-agrees": 403,
    "token-role": 403,
    "bad-key": 400,
    "bad-json": 400,
    "bad-page": 400,
    "unknown-field": 400,
    "wrong-type": 400,
    "document-missing": 400,
    "media-type": 415,
}
"""How the protocol says what went wrong, by the code of the error; whatever is not here is 422: understood, and not possible."""


HERE: Mapping[str, str] = {
    "already-queued": N_("This text is already planned or published on %(channel)s (%(id)s): “again” lets it leave once more."),
    "date-doubtful": N_("Nothing was queued. %(first)s If it is meant as it is written, say “as_written”."),
}
"""Sentences that name a field where those of the pipeline name an option of the command line, by code."""


def by_token(*, in_address: str | None = None, **scopes: Scope) -> Callable[[View], View]:
    """Say by which methods a view is called, and what a token must be good for; it may be a part of the address.

    No session counts there, hence no form of another site can do any harm.
    """

    def named(view: View) -> View:
        told: Any = csrf_exempt(_told(view))
        told.scopes = scopes | ({"HEAD": scopes["GET"]} if "GET" in scopes else {})
        told.in_address = in_address
        return cast("View", told)

    return named


def holder(request: HttpRequest) -> Token:
    """Return the token by which the request came; behind the gate there always is one."""
    return cast("Token", request.token)  # type: ignore[attr-defined] # set by `refusal`


def refusal(request: HttpRequest, view: Any, options: Mapping[str, str]) -> HttpResponse | None:
    """Return why the request may not go on, or nothing, once its token is known. Its session, if there is one, is none of ours."""
    request.user = AnonymousUser()
    if view.in_address:  # what is logged of the request from here on does not tell it
        request.path = request.path_info = request.path.replace(options[view.in_address], "…")
    try:
        token = _presented(request, options.get(view.in_address or ""))
        if token is None or (view.in_address and not _serves(token, view)):
            return _unknown(in_address=bool(view.in_address))
        request.token = token  # type: ignore[attr-defined] # for `holder`
        if wait := _wait(token):
            sentence = _("Too many calls: wait %(seconds)d seconds.") % {"seconds": wait}
            return error("too-many-calls", sentence, 429, {"Retry-After": str(wait)})
        if request.method not in view.scopes:
            return error("method", _("This address does not know that method."), 405, {"Allow": ", ".join(sorted(view.scopes))})
        if not tokens.allows(token, view.scopes[request.method]):
            return error("scope", _("This token is not good for that: an administrator can make another one."), 403)
        tokens.used(desk.current(), token)
    except PublisherError as wrong:
        return said(wrong)
    return None


def said(wrong: PublisherError) -> HttpResponse:
    """Return the error document."""
    broken = isinstance(wrong, StorageError | ConfigError)
    sentence = _(HERE[wrong.code]) % wrong.params if wrong.code in HERE else str(wrong)
    return error(wrong.code, sentence, 503 if broken else STATUS.get(wrong.code, 422))


def error(code: str, message: str, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error document: a stable code, and a sentence for people."""
    return JsonResponse({"code": code, "message": message}, status=status, headers={"Cache-Control": "no-store", **(headers or {})})


def _told(view: View) -> View:
    """Let the view's errors be documents, and nothing be kept by whoever is in between."""

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        try:
            response = view(request, *arguments, **options)
        except RequestDataTooBig:
            return error("too-large", _("This is more than a document may hold."), 413)
        except PublisherError as wrong:
            return said(wrong)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


def _presented(request: HttpRequest, in_address: str | None) -> Token | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if in_address is None and kind.lower() != "bearer":
        return None
    return tokens.presented(desk.current(), secret.strip() if in_address is None else in_address)


def _serves(token: Token, view: Any) -> bool:
    return any(tokens.allows(token, scope) for scope in view.scopes.values())


def _unknown(*, in_address: bool) -> HttpResponse:
    """Return that there is nothing; of a secret address not even that a token would help."""
    if in_address:
        return error("absent", _("There is nothing at this address."), 404)
    return error("token", _("A token is needed that counts: “Authorization: Bearer …”."), 401, CHALLENGE)


def _wait(token: Token) -> int:
    """Count a call; return how many seconds the token has to wait, 0 if it need not."""
    now = int(desk.current().now().timestamp())
    key = f"calls:{token.pk}:{now // 60}"
    cache.add(key, 0, 120)
    return 60 - now % 60 if cache.incr(key) > PER_MINUTE else 0
