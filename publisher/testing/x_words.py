"""What X answers when it refuses, word for word, in its three shapes; and the faults that only X has."""

from collections.abc import Mapping

from publisher.testing.faults import FAULTS, Fault
from publisher.testing.platform import Answer, json_answer, phrase

PROBLEMS = "https://api.twitter.com/2/problems"
TEXT_LENGTH = "https://github.com/twitter/twitter-text"

TOO_LONG = f"Your Tweet text is too long. For more information on how Twitter determines text length see {TEXT_LENGTH}."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PARENT_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post "
    "you are replying to."
)
NOT_YOURS = "You can only reply to or quote posts where you are mentioned or are the author."
NOT_PERMITTED = "You are not permitted to perform this action."
READ_ONLY = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
NOT_ENROLLED = (
    "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from a developer App attached to a Project."
)
NO_CREDITS = "Your enrolled account does not have any credits to fulfill this request."
SPEND_CAP = "Your enrolled account has reached its billing cycle spend cap."
CASHTAGS = "A post may hold at most one cashtag."


class Refusal(Exception):
    """X refuses a request; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def problem(status: int, detail: str = "", title: str = "", kind: str = "about:blank", **more: object) -> Answer:
    """Return an error in shape A: one problem."""
    return json_answer(
        status, {"title": title or phrase(status), "detail": detail or phrase(status), "type": kind, "status": status, **more}
    )


def invalid(message: str, parameters: Mapping[str, list[str]] | None = None) -> Answer:
    """Return an error in shape B: a request that does not follow the schema."""
    error = {"message": message, "parameters": dict(parameters or {})}
    detail = "One or more parameters to your request was invalid."
    return json_answer(400, {"errors": [error], "title": "Invalid Request", "detail": detail, "type": f"{PROBLEMS}/invalid-request"})


def old(status: int, code: int, message: str) -> Answer:
    """Return an error in shape C: that of the old API, which some answers still have."""
    return json_answer(status, {"errors": [{"code": code, "message": message}]})


def not_found(kind: str, number: str) -> dict[str, object]:
    """Return what stands under `errors`, with status 200, in place of something that is not there."""
    return {
        "value": number,
        "detail": f"Could not find {kind} with id: [{number}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": "id",
        "resource_id": number,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def read_only() -> Answer:
    """Return the refusal of an application that may only read."""
    return problem(403, READ_ONLY, kind=f"{PROBLEMS}/oauth1-permissions")


def no_credits() -> Answer:
    """Return the refusal of an account whose credits are used up."""
    return problem(402, NO_CREDITS, "CreditsDepleted", f"{PROBLEMS}/credits")


def _fault(answer: Answer) -> Fault:
    return Fault(status=answer.status, body=answer.body.decode(), headers=answer.headers)


NAMED: Mapping[str, Fault] = {
    **FAULTS,
    "token-expired": _fault(problem(401)),
    "permission-revoked": _fault(read_only()),
    "not-enrolled": _fault(problem(403, NOT_ENROLLED, "Client Forbidden", f"{PROBLEMS}/client-forbidden", reason="client-not-enrolled")),
    "credits-depleted": _fault(no_credits()),
    "credits-depleted-403": _fault(problem(403, NO_CREDITS, "CreditsDepleted", f"{PROBLEMS}/credits")),
    "spend-cap": _fault(problem(403, SPEND_CAP, "SpendCapReached", f"{PROBLEMS}/spend-cap")),
    "duplicate": _fault(problem(403, DUPLICATE)),
    "reply-refused": _fault(problem(403, NOT_YOURS)),
    "not-permitted": _fault(problem(403, NOT_PERMITTED)),
    "old-shape-429": _fault(old(429, 88, "Rate limit exceeded")),
    "usage-capped": _fault(problem(429, "Usage cap exceeded: Monthly product cap", "UsageCapExceeded", f"{PROBLEMS}/usage-capped")),
}
