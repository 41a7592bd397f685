"""Facebook's Graph API as the facebook adapter calls it, and what Facebook's answers mean.

The token travels in a header and never in an address, which others write down. Facebook answers most refusals with status 400
and some with 500: what counts is the `code` in the body (developers.facebook.com, Graph API, Handling Errors).
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from publisher.adapters.answer import Answer
from publisher.adapters.facebook_posts import is_post
from publisher.adapters.http import LONGEST_WAIT, HttpAdapter, outcome, rate_limited, retry_at, unusable
from publisher.adapters.settings import HttpSettings
from publisher.config import Secret
from publisher.errors import OutcomeUnknown, Rejected, SendError, Unauthorized
from publisher.i18n import N_

OBJECT_UNKNOWN = "object-unknown"
PERMISSION = "permission-missing"

Rule = tuple[type[SendError], str, str]

_THROTTLED = frozenset({4, 17, 32, 341, 613, 80001})
_TOKEN = frozenset({102, 190})
_TOKEN_LOST = ("token-refused", N_("Facebook no longer accepts the page's token: make a new one, then reopen the channel."))
# what became of the token, by subcode
_TOKENS: Mapping[int | None, tuple[str, str]] = {
    458: ("app-removed", N_("The page no longer lets our Facebook application in: connect it again, then reopen the channel.")),
    459: (
        "checkpoint",
        N_("Facebook wants to check who gave us access: let that person sign in on facebook.com, then reopen the channel."),
    ),
    460: ("password-changed", N_("The person who gave us access changed their password: make a new token, then reopen the channel.")),
    463: ("token-expired", N_("The page's token has expired: make a new one, then reopen the channel.")),
    464: (
        "unconfirmed",
        N_("Facebook has not confirmed the account of whoever gave us access: let that be done, then reopen the channel."),
    ),
    492: ("role-lost", N_("The person who gave us access no longer has a role on the page: give it back, then reopen the channel.")),
}
_PERMISSION_RULE: Rule = (
    Unauthorized,
    PERMISSION,
    N_("Facebook no longer lets us publish on this page: check the application's permissions and the role on the page."),
)
_APP_SECRET: Rule = (
    Unauthorized,
    "app-secret",
    N_("Facebook wants the application's secret, or another than ours: correct it in .env, then reopen the channel."),
)
_OBJECT: Rule = (
    Rejected,
    OBJECT_UNKNOWN,
    N_("Facebook does not find the page or the post, or does not let us use it: nothing was done."),
)
_ITS_FAULT: Rule = (
    OutcomeUnknown,
    "platform-error",
    N_("Facebook says that something went wrong on its side: nobody knows yet whether it was published."),
)
_RULES: Mapping[int | None, Rule] = {
    1: _ITS_FAULT,
    2: _ITS_FAULT,
    100: (Rejected, "parameter-refused", N_("Facebook refused the content of the call: nothing was done.")),
    368: (
        Rejected,
        "blocked",
        N_("Facebook takes this text for abuse, or for a repetition: wait, and look at the page on facebook.com before you try again."),
    ),
    506: (OutcomeUnknown, "duplicate", N_("Facebook says that it has this text already: nobody knows yet whether it is ours.")),
    1609005: (
        Rejected,
        "link-unreadable",
        N_("Facebook could not read the page behind the link: check that everybody can open it, then plan the announcement again."),
    ),
}


class Graph(HttpAdapter):
    """The calls, with the page's token."""

    def __init__(self, settings: HttpSettings, version: str, token: Secret, secret: Secret | None) -> None:
        super().__init__(settings)
        self.version = version
        self.secret = secret
        self._token = token

    def address(self, path: str) -> str:
        """Return where a call goes; without a version Facebook would choose one."""
        return f"{self._settings.api_base.rstrip('/')}/{self.version}/{path}"

    def call(self, method: str, path: str, content: Mapping[str, str] | None = None) -> Answer:
        """Make one call in the page's name. Raises a SendError."""
        place = "data" if method == "POST" else "params"
        return self._call(method, path, self._token.reveal(), {place: {**(content or {}), **self._proof()}})

    def inspect(self, app: str) -> Answer:
        """Let the application ask what our token may do. A POST that Facebook treats as a GET: the token stays out of the address."""
        content = {"method": "get", "input_token": self._token.reveal()}
        return self._call("POST", "debug_token", f"{app}|{self.secret.reveal() if self.secret else ''}", {"data": content})

    def exchanged(self, app: str) -> Secret:
        """Return the lasting token that the application gets for a person's, which is ours here. Raises a SendError.

        A POST, which Facebook takes as well as a GET: neither of the secrets stands in an address.
        """
        content = {
            "grant_type": "fb_exchange_token",
            "client_id": app,
            "client_secret": self.secret.reveal() if self.secret else "",
            "fb_exchange_token": self._token.reveal(),
        }
        answer = self.exchange("POST", self.address("oauth/access_token"), data=content)
        token = answer.parsed().get("access_token")
        if not isinstance(token, str) or not token:
            raise unusable(answer)
        return Secret(token)

    def create(self, path: str, content: Mapping[str, str]) -> tuple[str, Answer]:
        """Create a post; return its id. Raises a SendError."""
        answer = self.call("POST", path, content)
        number = answer.parsed().get("id")
        if not is_post(number):
            raise unusable(answer)
        return str(number), answer

    def publish(self, post: str, content: Mapping[str, str]) -> Answer:
        """Change a post of ours in the way that `content` says. Raises a SendError."""
        return self._change("POST", post, content)

    def alter(self, post: str, content: Mapping[str, str]) -> Answer:
        """Change a post that may be another application's. Raises a SendError."""
        with _by_hand():
            return self._change("POST", post, content)

    def delete(self, post: str) -> None:
        """Delete a post; one that is gone is deleted. Raises a SendError."""
        try:
            with _by_hand():
                self._change("DELETE", post, {})
        except Rejected as error:
            self._certify_absence(error)

    def look(self, post: str) -> Mapping[str, Any] | None:
        """Return what Facebook shows of a post, None if it is not there. Raises a SendError."""
        try:
            answer = self.call("GET", post, {"fields": "id,is_published,message"})
        except Rejected as error:
            self._certify_absence(error)
            return None
        if answer.parsed().get("id") != post:
            raise unusable(answer)
        return answer.parsed()

    def _certify_absence(self, error: Rejected) -> None:
        """Raise the error again unless it says that an object is not there while the page itself can be read.

        Facebook gives the same answer for what we may not see, and gave it for everything in an outage of May 2026.
        """
        if error.code != OBJECT_UNKNOWN:
            raise error
        self.me()

    def me(self) -> tuple[Mapping[str, str], Answer]:
        """Return the id and the name of whomever the token belongs to. Raises a SendError."""
        answer = self.call("GET", "me", {"fields": "id,name"})
        found = {name: answer.parsed().get(name) for name in ("id", "name")}
        if not all(isinstance(value, str) and value for value in found.values()):
            raise unusable(answer)
        return {name: str(value) for name, value in found.items()}, answer

    def outcome(self, answer: Answer) -> SendError:
        """Return what a refusal means by Facebook's own code, else by the common table."""
        answer = self._discreet(answer)
        error = answer.parsed().get("error")
        return (_meaning(error, answer) if isinstance(error, dict) else None) or outcome(answer)

    def _change(self, method: str, post: str, content: Mapping[str, str]) -> Answer:
        answer = self.call(method, post, content)
        if answer.parsed().get("success") is not True:
            raise unusable(answer)
        return answer

    def _call(self, method: str, path: str, token: str, content: Mapping[str, Any]) -> Answer:
        return self.exchange(method, self.address(path), headers={"Authorization": f"Bearer {token}"}, **content)

    def _proof(self) -> dict[str, str]:
        """Return the proof that the caller knows the application's secret, if there is one (Graph API, Securing Requests)."""
        if not self.secret:
            return {}
        key, message = self.secret.reveal().encode(), self._token.reveal().encode()
        return {"appsecret_proof": hmac.new(key, message, hashlib.sha256).hexdigest()}

    def _discreet(self, answer: Answer) -> Answer:
        """Return the answer without our secrets: Facebook quotes a malformed token, and the words are kept."""
        body = answer.body
        for secret in filter(None, (self._token, self.secret)):
            body = body.replace(secret.reveal().encode(), b"***")
        return replace(answer, body=body)


@contextmanager
def _by_hand() -> Iterator[None]:
    """Take a missing permission for what it is about a single post: Facebook lets only the application that made it change it."""
    try:
        yield
    except Unauthorized as error:
        if error.code != PERMISSION:
            raise
        sentence = N_("Facebook does not let our application change or delete this post: do it by hand on facebook.com.")
        raise Rejected("not-ours", sentence, evidence=error.evidence) from error


def _meaning(error: Mapping[str, Any], answer: Answer) -> SendError | None:
    """Return what Facebook's error object means, None where the common table knows better."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    if code in _THROTTLED:
        return rate_limited(answer, _regained(answer) or retry_at(answer))
    rule = _rule(code, subcode, str(error.get("message")))
    if error.get("is_transient") is True and (rule is None or rule[0] is Rejected):
        rule = _ITS_FAULT  # what may pass by itself is no refusal of ours
    if rule is None:
        return None
    kind, name, sentence = rule
    return kind(name, sentence, evidence=answer.evidence)


def _rule(code: int | None, subcode: int | None, words: str) -> Rule | None:
    if code in _TOKEN:
        return (Unauthorized, *_TOKENS.get(subcode, _TOKEN_LOST))
    if code in {3, 10} or (code is not None and 200 <= code <= 299):  # noqa: PLR2004 - Facebook's range of permissions
        return _PERMISSION_RULE
    if code == 100 and "appsecret_proof" in words:  # noqa: PLR2004 - told by no code of its own
        return _APP_SECRET
    if (code, subcode) == (100, 33):
        return _OBJECT
    return _RULES.get(code)


def _regained(answer: Answer) -> datetime | None:
    """Return when calls are accepted again, as the header on business use cases tells it, in minutes; None if it does not."""
    try:
        told = json.loads(answer.headers.get("x-business-use-case-usage", ""))
        minutes = max(int(usage["estimated_time_to_regain_access"]) for usages in told.values() for usage in usages)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
    if minutes <= 0 or answer.date is None:
        return None
    return answer.date + timedelta(minutes=min(minutes, LONGEST_WAIT // 60))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
