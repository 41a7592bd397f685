"""What Facebook tells about our access: how long it lasts, what it allows, which version answers; for `check --online`."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from publisher.adapters.answer import Answer
from publisher.adapters.graph import Graph
from publisher.adapters.http import unusable
from publisher.errors import Problem, SendError, Severity
from publisher.i18n import N_
from publisher.text import moments

NEEDED = ("pages_manage_posts", "pages_read_engagement")
# last days of the versions whose end is announced (Graph API changelog)
ENDS: Mapping[str, date] = {
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
EARLY = timedelta(days=60)


def examine(graph: Graph, page: str, answer: Answer) -> tuple[datetime | None, tuple[Problem, ...]]:
    """Return when our access ends, and what a person should know; `answer` is any answer of today. Never raises.

    What the token may do is told to the application only, so it needs its secret. The person's role on the page is told to nobody
    who holds the page's token.
    """
    problems = list(_version(graph.version, answer))
    if not graph.secret:
        return None, tuple(problems)
    try:
        token = inspected(graph, application(graph))
    except SendError as error:
        sentence = N_("What our token may do could not be read; this does not keep us from publishing. %(reason)s")
        return None, (*problems, Problem(Severity.NOTICE, "token-unread", sentence, {"reason": error}))
    return _end(token), (*problems, *_token(token, page))


def _version(asked: str, answer: Answer) -> Iterator[Problem]:
    """Yield that another version answers than the one asked for, as happens to one that has expired, or that ours ends soon."""
    served = answer.headers.get("facebook-api-version", asked)
    if served != asked:
        sentence = N_("Facebook answers as version %(served)s, for %(asked)s is over: write a newer “api_version” and try it.")
        yield Problem(Severity.WARNING, "version-expired", sentence, {"served": served, "asked": asked})
    end = ENDS.get(asked)
    if served == asked and end and answer.date and answer.date.date() + EARLY > end:
        sentence = N_("Version %(asked)s of Facebook's interface ends on %(day)s: write a newer “api_version” and try it.")
        yield Problem(Severity.WARNING, "version-ends", sentence, {"asked": asked, "day": moments.day(end)})


def application(graph: Graph) -> str:
    """Return the number of the application that our token was made for, empty if Facebook tells none. Raises a SendError."""
    app = str(graph.call("GET", "app", {"fields": "id"}).parsed().get("id"))
    return app if re.fullmatch("[0-9]+", app) else ""


def inspected(graph: Graph, app: str) -> Mapping[str, Any]:
    """Return what Facebook says of our token to the application. Raises a SendError."""
    answer = graph.inspect(app)
    data = answer.parsed().get("data")
    if not isinstance(data, dict) or "type" not in data:
        raise unusable(answer)
    return data


def _end(token: Mapping[str, Any]) -> datetime | None:
    """Return the first of the instants at which something of our access ends; zero means never."""
    told = [token.get(name) for name in ("expires_at", "data_access_expires_at")]
    known = [seconds for seconds in told if isinstance(seconds, int) and 0 < seconds < 2**33]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def _token(token: Mapping[str, Any], page: str) -> Iterator[Problem]:
    if token.get("type") != "PAGE":
        sentence = N_(
            "This is not the token of the page itself, but a person's or an application's: take the page's own (guide: facebook.md)."
        )
        yield Problem(Severity.ERROR, "not-page-token", sentence)
    missing = [name for name in NEEDED if not granted(token, name, page)]
    if missing:
        sentence = N_("The token lacks these permissions for this page: %(names)s. Make a new token that has them.")
        yield Problem(Severity.ERROR, "permissions-missing", sentence, {"names": ", ".join(missing)})


def granted(token: Mapping[str, Any], name: str, page: str | None = None) -> bool:
    """Tell whether the permission was given, and for this page, if it is known, where Facebook says for which."""
    if name not in _items(token.get("scopes")):
        return False
    granular = [scope for scope in _items(token.get("granular_scopes")) if isinstance(scope, dict) and scope.get("scope") == name]
    targets = [target for scope in granular for target in _items(scope.get("target_ids"))]
    return page is None or not targets or page in targets


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
