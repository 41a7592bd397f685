"""What Facebook answers when it refuses, in the shape of its Graph API, word for word where that is known; and its own faults."""

import base64
import hashlib
import json
from collections.abc import Mapping

from publisher.testing.faults import FAULTS, Fault
from publisher.testing.platform import Answer, json_answer

PAGES = "pages"
USAGE = "X-Business-Use-Case-Usage"

TOKENS: Mapping[str, tuple[int | None, str]] = {
    "expired": (463, "Error validating access token: Session has expired."),
    "password-changed": (460, "Error validating access token: The session has been invalidated because the user changed their password."),
    "app-removed": (458, "Error validating access token: The user has not authorized application."),
    "checkpoint": (459, "Error validating access token: You cannot access the app till you log in to www.facebook.com."),
    "unconfirmed": (464, "Error validating access token: Sessions for the user are not allowed because the user is not confirmed."),
    "invalid": (467, "Error validating access token: This may be because the user logged out or may be due to a system error."),
    "role-lost": (492, "Error validating access token: The user does not have an appropriate role on the Page."),
}
"""What may become of a token, by name: subcode and words."""

_OBJECT = (
    "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not "
    "support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
)
_STATUS: Mapping[int, tuple[int, str]] = {
    400: (100, "(#100) Invalid parameter"),
    401: (190, "Invalid OAuth access token."),
    403: (200, "(#200) Permissions error"),
    404: (803, "(#803) Some of the aliases you requested do not exist"),
    413: (100, "(#100) Invalid parameter"),
    422: (100, "(#100) Invalid parameter"),
    429: (4, "(#4) Application request limit reached"),
    500: (1, "An unknown error has occurred."),
}


class Refusal(Exception):
    """Facebook refuses a request; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def error(code: int, message: str, subcode: int | None = None, status: int = 400, kind: str = "OAuthException", **more: object) -> Answer:
    """Return an error in Graph's shape."""
    told: dict[str, object] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        told["error_subcode"] = subcode
    trace = base64.b64encode(hashlib.sha256(message.encode()).digest()).decode()[:22]
    return json_answer(status, {"error": {**told, **more, "fbtrace_id": f"A{trace}"}})


def of_status(status: int) -> Answer:
    """Return Facebook's words for a status."""
    service = (2, "An unexpected error has occurred. Please retry your request later.")
    code, message = _STATUS.get(status, service)
    return error(code, message, status=status, is_transient=code in {1, 2})


def token(what: str) -> Answer:
    """Return the refusal of a token of which this has become."""
    subcode, message = TOKENS[what]
    return error(190, message, subcode, status=401)


def malformed(given: str) -> Answer:
    """Return the refusal of what is no token of this platform; it quotes it, as Facebook does."""
    return error(190, f"Malformed access token {given}", status=400)


def not_found(method: str, number: str) -> Answer:
    """Return the refusal of an object that is not there, or not ours to see."""
    return error(100, _OBJECT.format(method=method.lower(), id=number), 33, kind="GraphMethodException")


def no_field(name: str, node: str) -> Answer:
    """Return the refusal of a field that a node does not have."""
    return error(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")


def no_permission(name: str) -> Answer:
    """Return the refusal of a caller without a permission."""
    return error(200, f"(#200) If posting to a page, requires {name} with page token", status=403)


def usage(page: str, minutes: int, percent: int = 100) -> dict[str, str]:
    """Return the header that tells how much of the page's calls is used, and the minutes until there are some again."""
    told = {"type": PAGES, "call_count": percent, "total_cputime": percent, "total_time": percent}
    return {USAGE: json.dumps({page: [{**told, "estimated_time_to_regain_access": minutes}]})}


def throttled(code: int = 80001, page: str = "100000000000001", minutes: int | None = None) -> Answer:
    """Return the refusal of a call too many, by one of Facebook's limits."""
    answer = error(code, f"(#{code}) There have been too many calls to this Page account. Wait a bit and try again.")
    return answer if minutes is None else Answer(answer.status, answer.body, {**answer.headers, **usage(page, minutes)})


ABUSIVE = error(368, "The action attempted has been deemed abusive or is otherwise disallowed", 1390008)
DUPLICATE = error(506, "(#506) Duplicate status message", error_user_title="Duplicate Status Update")
UNSCRAPED = error(1609005, "(#1609005) Error posting link: there was a problem scraping data from the provided link.")
PROOF_MISSING = error(100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException")
PROOF_WRONG = error(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
NOT_OURS = error(200, "(#200) This post was not created by the application.", status=403)
NO_INSPECTION = error(100, "(#100) You must provide an app access token, or a user access token that is an owner or developer of the app")


def _fault(answer: Answer, *, accepts: bool = False) -> Fault:
    return Fault(accepts=accepts, status=answer.status, body=answer.body.decode(), headers=answer.headers)


NAMED: Mapping[str, Fault] = {
    **FAULTS,
    **{f"token-{name}": _fault(token(name)) for name in TOKENS},
    "session-102": _fault(error(102, "Session key invalid or no longer valid")),
    "permission-revoked": _fault(no_permission("pages_manage_posts")),
    "capability": _fault(error(3, "(#3) Application does not have the capability to make this API call.")),
    "permission-denied": _fault(error(10, "(#10) This endpoint requires the 'pages_read_engagement' permission", status=403)),
    **{f"throttled-{code}": _fault(throttled(code)) for code in (4, 17, 32, 341, 613, 80001)},
    "throttled-minutes": _fault(throttled(minutes=12)),
    "unknown": _fault(error(1, "An unknown error has occurred.", status=500)),
    "unknown-400": _fault(error(1, "An unknown error has occurred.")),
    "service": _fault(error(2, "An unexpected error has occurred. Please retry your request later.", status=503, is_transient=True)),
    "commit-then-unknown": _fault(error(1, "An unknown error has occurred."), accepts=True),
    "commit-then-service": _fault(error(2, "Service temporarily unavailable", status=500, is_transient=True), accepts=True),
    "object-missing": _fault(not_found("post", "0")),
    "object-outage": _fault(error(100, _OBJECT.format(method="post", id="0"), 33, is_transient=True)),
    "parameter": _fault(error(100, "(#100) Invalid parameter")),
    "abusive": _fault(ABUSIVE),
    "duplicate": _fault(DUPLICATE),
    "unscraped": _fault(UNSCRAPED),
    "proof-missing": _fault(PROOF_MISSING),
    "no-success": Fault(accepts=True, status=200, body='{"success": false}'),
}
