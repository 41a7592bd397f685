"""X's API v2 as the x adapter calls it: tweepy over our own way out, and what X's answers mean.

tweepy by itself has no time-out, a fixed host, and errors that lose what matters. Here it only builds the calls and signs
them (OAuth 1.0a, for the address that is really called); one request leaves, and answers other than 2xx never reach it.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import requests
import tweepy  # type: ignore[import-untyped] # it ships no types

from publisher.adapters.answer import Answer
from publisher.adapters.http import HttpAdapter, outcome, rate_limited, retry_at, unusable
from publisher.adapters.settings import HttpSettings
from publisher.adapters.x_timeline import Post, comparable, page
from publisher.config import Secret
from publisher.errors import OutcomeUnknown, Rejected, SendError, Unauthorized
from publisher.i18n import N_

FIXED_HOST = "https://api.twitter.com"
PAGE = 100  # posts of a timeline, the most that one call gives
PAGES = 32  # X shows 3,200 posts of a timeline at most
_READ_ONLY = (
    Unauthorized,
    "oauth1-permissions",
    N_("The X application may only read: give it Read and Write, make new tokens, then connect the account again."),
)
# documented refusals, by words of theirs: X's error types are mostly "about:blank" (contracts of API v2, errors)
_REFUSALS: Sequence[tuple[tuple[str, ...], type[SendError], str, str]] = (
    (
        ("duplicate content", "status is a duplicate"),
        OutcomeUnknown,
        "duplicate",
        N_("X says that it has this text already: nobody knows yet whether it is ours."),
    ),
    (
        ("/problems/credits", "creditsdepleted"),
        Unauthorized,
        "credits-depleted",
        N_("The X account has no credits left: buy some, then reopen the channel."),
    ),
    (
        ("spendcapreached",),
        Unauthorized,
        "spend-cap-reached",
        N_("The X account has reached its spending limit: raise it, or wait for the next cycle, then reopen the channel."),
    ),
    (("/problems/oauth1-permissions",), *_READ_ONLY),
    (
        ("client-not-enrolled",),
        Unauthorized,
        "client-not-enrolled",
        N_("The X application belongs to no project: attach it to one in the developer portal, then reopen the channel."),
    ),
    (
        ("reply to this conversation is not allowed", "you can only reply to or quote posts"),
        Rejected,
        "reply-refused",
        N_("X does not let this account reply to the post before, so the thread cannot go on."),
    ),
    (
        ("reply to a tweet that is deleted",),
        Rejected,
        "parent-gone",
        N_("The post before is no longer on X, so the thread cannot go on."),
    ),
    (("text is too long",), Rejected, "too-long", N_("X finds the post too long: shorten it.")),
)

FIELDS = ["created_at", "entities", "note_tweet", "referenced_tweets"]

# their debug messages hold keys and signatures
for _name in ("tweepy", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Api(HttpAdapter):
    """The calls, with the account's four secrets."""

    def __init__(self, settings: HttpSettings, key: Secret, key_secret: Secret, token: Secret, token_secret: Secret) -> None:
        super().__init__(settings)
        self._client = tweepy.Client(
            consumer_key=key.reveal(),
            consumer_secret=key_secret.reveal(),
            access_token=token.reveal(),
            access_token_secret=token_secret.reveal(),
            return_type=requests.Response,  # as it came: tweepy's own models drop what we compare
            wait_on_rate_limit=False,  # never: it repeats the call, without end when no reset is told
        )
        self._client.session = _Session(self, settings.api_base)

    def create(self, text: str, parent: str | None) -> tuple[str, Answer]:
        """Create a post, as the reply to a parent; return its id. Raises a SendError."""
        answer = self._client.create_tweet(text=text, in_reply_to_tweet_id=parent, user_auth=True).answer
        number = _member(answer.parsed().get("data"), "id")
        if not re.fullmatch("[0-9]{1,19}", number):
            raise unusable(answer)
        return number, answer

    def delete(self, number: str) -> None:
        """Delete a post; one that is gone is deleted. Raises a SendError."""
        try:
            answer = self._client.delete_tweet(number, user_auth=True).answer
        except Rejected as error:
            if error.evidence.status == requests.codes.not_found:
                return
            raise
        if answer.parsed().get("data") != {"deleted": True}:
            raise unusable(answer)

    def me(self) -> tuple[Mapping[str, str], Answer]:
        """Return the account's id, username, name and the address of its picture. Raises a SendError."""
        answer = self._client.get_me(user_auth=True, user_fields=["profile_image_url"]).answer
        fields = {"id": "id", "username": "username", "name": "name", "picture": "profile_image_url"}
        user = {name: _member(answer.parsed().get("data"), field) for name, field in fields.items()}
        if not user["id"] or not user["username"]:
            raise unusable(answer)
        return user, answer

    def writer(self) -> tuple[Mapping[str, str], Answer]:
        """Return who we are, as `me`, unless X tells that these tokens may only read. Raises a SendError."""
        user, answer = self.me()
        if answer.headers.get("x-access-level") == "read":
            kind, code, sentence = _READ_ONLY
            raise kind(code, sentence, evidence=answer.evidence)
        return user, answer

    def look_up(self, text: str, parent: str | None, since: datetime) -> Post | None:
        """Return the account's oldest post with this text and parent, not older than `since`. Raises a SendError.

        Nothing is None only when the whole timeline since then was read.
        """
        user, _ = self.me()
        sought = (comparable(text), parent)
        same = [post for post in self._posts(user["id"], since) if (post.text, post.parent) == sought and post.at >= since]
        return same[-1] if same else None

    def _posts(self, user: str, since: datetime) -> Iterator[Post]:
        """Yield a user's posts since then, newest first."""
        token, start = None, since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for _ in range(PAGES):
            answer = self._client.get_users_tweets(
                user, user_auth=True, max_results=PAGE, start_time=start, tweet_fields=FIELDS, pagination_token=token
            ).answer
            posts, token = page(answer)
            yield from posts
            if token is None:
                return
        raise unusable(answer)

    def outcome(self, answer: Answer) -> SendError:
        """Return what a refusal means, by the words of X that are documented, else by the common table."""
        body = answer.parsed()
        if answer.status == requests.codes.too_many_requests:
            return rate_limited(answer, _reset(answer) or retry_at(answer))
        if requests.codes.bad_request <= answer.status < requests.codes.server_error:
            words = _words(body)
            for marks, kind, code, sentence in _REFUSALS:
                if any(mark in words for mark in marks):
                    return kind(code, sentence, evidence=answer.evidence)
        return outcome(answer)


def _reset(answer: Answer) -> datetime | None:
    """Return when calls are accepted again: when a daily quota is used up, its own reset counts, not that of the quarter of an hour."""
    daily = [name for name in ("x-app-limit-24hour", "x-user-limit-24hour") if answer.headers.get(f"{name}-remaining") == "0"]
    told = [answer.headers.get(f"{name}-reset", "") for name in daily or ["x-rate-limit"]]
    known = [int(reset) for reset in told if re.fullmatch("[0-9]{1,10}", reset)]
    return datetime.fromtimestamp(max(known), UTC) if known else None


def _words(body: Mapping[str, Any]) -> str:
    """Return what the body says in any of X's three shapes, as one text in lower case."""
    errors = [error for error in body.get("errors") or [] if isinstance(error, dict)] if isinstance(body.get("errors"), list) else []
    told = [item.get(name) for item in (body, *errors) for name in ("title", "detail", "type", "reason", "message", "code")]
    return "\n".join(str(item) for item in told if item is not None).lower()


def _member(value: object, name: str) -> str:
    """Return a text inside an object, empty if there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


class _Session:
    """What tweepy takes for its requests session: the address is put right, and our way out makes the call."""

    def __init__(self, api: Api, base: str) -> None:
        self._api = api
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, **content: Any) -> "_Reply":
        return _Reply(self._api.exchange(method, self._base + url.removeprefix(FIXED_HOST), **content))


class _Reply:
    """What tweepy takes for a requests response, of an answer that is 2xx."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status_code = answer.status
        self.reason = ""
        self.headers = answer.headers
        self.content = answer.body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is left open: the answer was read whole."""
