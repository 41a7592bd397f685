"""From the token of a person to that of the town's page: exchanged for one that lasts, then read in the list of the person's pages.

The person's tokens are never kept: only the page's own is, which does not end by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from publisher.adapters.answer import Answer
from publisher.adapters.connecting import Asked, Guide, Offer
from publisher.adapters.facebook_posts import is_number
from publisher.adapters.graph import Graph
from publisher.adapters.graph_access import NEEDED, application, granted, inspected
from publisher.adapters.http import unusable
from publisher.adapters.settings import HttpSettings
from publisher.config import Secret
from publisher.errors import Problem, Severity, Unauthorized
from publisher.i18n import N_

LIST = "pages_show_list"
TASK = "CREATE_CONTENT"
SHEETS = 20
"""Answers of 100 pages each, which nobody has; a list that goes on is Facebook's mistake."""

GUIDE = Guide(
    steps=(
        N_("On developers.facebook.com, open the application of the town; under “App settings”, “Basic”, copy the app secret."),
        N_("Switch that application to “Live”: what an application in development publishes is seen only by those who work on it."),
        N_(
            "In “Tools”, “Graph API Explorer”, choose that application and “Get User Access Token”; "
            "tick pages_show_list, pages_read_engagement and pages_manage_posts, then choose the town's page."
        ),
        N_(
            "Copy the token that is shown, within the hour that it lasts: Publisher makes the page's own token from it and keeps only that."
        ),
    ),
    asks=(Asked("app_secret", N_("App secret")), Asked("user_token", N_("User token of the Graph API Explorer"))),
    keeps=("page_token", "app_secret"),
    page="https://developers.facebook.com/tools/explorer/",
)


def offers(settings: HttpSettings, version: str, given: Mapping[str, Secret]) -> list[Offer]:
    """Return the pages that a person's token opens, each with its own token. Raises a SendError."""
    secret = given["app_secret"]
    typed = Graph(settings, version, given["user_token"], secret)
    app, lasting = _exchanged(typed)
    person = Graph(settings, version, lasting, secret)
    _refuse_unable(inspected(person, app))
    found = [_offer(page, secret) for page in _pages(person)]
    if found:
        return found
    sentence = N_("Facebook shows no page to this token: choose the town's page when the token is made, by a person who has a role on it.")
    raise Unauthorized("no-page", sentence)


def _exchanged(typed: Graph) -> tuple[str, Secret]:
    """Return the number of the application that the typed token was made for, and the lasting token. Raises a SendError."""
    try:
        app = application(typed)
        return app, typed.exchanged(app)
    except Unauthorized as error:
        if error.code == "app-secret":
            sentence = N_("This app secret is not that of the application for which the token was made: copy it again from “Basic”.")
        else:
            sentence = N_("Facebook does not accept the token that was typed: it lasts an hour, so make a new one and copy it whole.")
        raise Unauthorized(error.code, sentence, evidence=error.evidence) from error


def _refuse_unable(token: Mapping[str, Any]) -> None:
    """Refuse a token that is no person's, or that may not do what publishing takes. Raises Unauthorized."""
    if token.get("type") != "USER":
        sentence = N_("This is not the token of a person: choose “Get User Access Token” in the Graph API Explorer.")
        raise Unauthorized("not-user-token", sentence)
    missing = [name for name in (LIST, *NEEDED) if not granted(token, name)]
    if missing:
        sentence = N_("The token lacks these permissions: %(names)s. Make a new one with all of them ticked.")
        raise Unauthorized("permissions-missing", sentence, names=", ".join(missing))


def _pages(person: Graph) -> Iterator[Mapping[str, Any]]:
    """Yield the pages on which the person has a role. Raises a SendError."""
    asked = {"fields": "id,name,access_token,tasks,picture", "limit": "100"}
    for _sheet in range(SHEETS):
        answer = person.call("GET", "me/accounts", asked)
        yield from _listed(answer)
        following = _following(answer)
        if not following:
            return
        asked["after"] = following
    raise unusable(answer)


def _listed(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """Return the pages of one answer. Raises OutcomeUnknown for one that lists none in a readable way."""
    pages = answer.parsed().get("data")
    if isinstance(pages, list) and all(isinstance(page, dict) and is_number(str(page.get("id"))) for page in pages):
        return pages
    raise unusable(answer)


def _following(answer: Answer) -> str:
    """Return the cursor of the next answer, empty after the last one."""
    paging = answer.parsed().get("paging")
    if not isinstance(paging, dict) or "next" not in paging:
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after") or "") if isinstance(cursors, dict) else ""


def _offer(page: Mapping[str, Any], secret: Secret) -> Offer:
    """Return one page; the token of one on which the person may not publish is good for nothing."""
    token, name, tasks = page.get("access_token"), str(page.get("name") or page["id"]), page.get("tasks")
    lacks = None
    if not (isinstance(tasks, list) and TASK in tasks and isinstance(token, str) and token):
        sentence = N_("The person of this token may not publish on “%(name)s”: give them the task “Content” on that page, then try again.")
        lacks = Problem(Severity.ERROR, "task-missing", sentence, {"name": name})
    return Offer({"page_token": Secret(str(token or "")), "app_secret": secret}, str(page["id"]), name, _picture(page), lacks)


def _picture(page: Mapping[str, Any]) -> str:
    """Return the address of the page's picture, empty if Facebook tells none."""
    picture = page.get("picture")
    told = picture.get("data") if isinstance(picture, dict) else None
    url = told.get("url") if isinstance(told, dict) else None
    return url if isinstance(url, str) else ""
