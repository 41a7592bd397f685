"""X API v2, simulated: creates, deletes and reads posts by X's own rules, with its limits, its refusals and its read-back.

Switches: `lag` seconds before a post can be read; `replies` "own" or "refused"; `access` "valid", "expired" or "read-only";
`credits` posts left, None for plenty; `limits` calls per quarter of an hour that replace the usual ones, by endpoint;
`daily` posts per day and application; `duplicate_window` seconds; `too_long` the status of that refusal; `username`.
"""

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, cast

from publisher.testing import x_words as words
from publisher.testing.faults import Fault
from publisher.testing.ledger import Entry
from publisher.testing.oauth import Credentials, is_signed
from publisher.testing.platform import Answer, Platform, Request, Shown, json_answer
from publisher.testing.simulated import Clock
from publisher.testing.x_posts import Post, cashtags, kept, next_id, shown
from publisher.testing.x_quotas import CREATE, LIMITS, Quota, Quotas, headers
from publisher.testing.x_requests import ANY_READ, Creation, creation, listing, parameters, wanted_fields
from publisher.testing.x_words import Refusal, invalid, problem
from publisher.text.counting import x_length

ACCOUNT = "1404906528"
CREDENTIALS = Credentials("simulated-key", "simulated-secret", f"{ACCOUNT}-simulated-token", "simulated-token-secret")
LONGEST = 280


class X(Platform):
    """The platform, with one account of ours and whoever else a test seeds."""

    name: ClassVar[str] = "x"
    label: ClassVar[str] = "X"
    sign: ClassVar[str] = "@"
    named_faults: ClassVar[Mapping[str, Fault]] = words.NAMED
    secrets: ClassVar[Mapping[str, str]] = {f"X_{name.upper()}": value for name, value in asdict(CREDENTIALS).items()}
    default_switches: ClassVar[Mapping[str, Any]] = {
        "skew": 0.0,
        "lag": 0.0,
        "replies": "own",
        "access": "valid",
        "credits": None,
        "limits": {},
        "daily": 10_000,
        "duplicate_window": 43_200.0,
        "too_long": 400,
        "username": "valmont_tilleuls",
    }

    def __init__(self, clock: Clock, log: Path | None = None) -> None:
        self._posts: dict[str, Post] = {}
        self._deleted: set[str] = set()
        self._quotas = Quotas()
        super().__init__(clock, log)

    def seed(self, text: str, at: datetime, author: str = ACCOUNT) -> str:
        """Put a post there that did not come through the API, of any age and author (a user id); return its id."""
        with self.lock:
            number = self._free_id(at)
            self.record("seeded", id=number, author=author, text=kept(text), created_at=at.isoformat(), reply_to=None)
        return number

    def remove(self, number: str) -> None:
        """Let somebody delete a post by hand, between two parts of a thread for instance."""
        self.record("deleted", id=number)

    def timeline(self) -> Sequence[Shown]:
        """Return every post in the order of creation."""
        username = self.switches["username"]
        return [
            Shown(
                post.id,
                username if post.author == ACCOUNT else post.author,
                post.text,
                post.at,
                f"{username}/status/{post.id}",
                post.reply_to,
                deleted=post.id in self._deleted,
            )
            for post in sorted(self._posts.values(), key=lambda post: int(post.id))
        ]

    def error(self, status: int) -> Answer:
        """Return X's words for a status, in shape A."""
        return problem(status)

    def standard_headers(self) -> Mapping[str, str]:
        """Return Date, and the level of access that X tells."""
        level = "read" if self.switches["access"] == "read-only" else "read-write"
        return {**super().standard_headers(), "x-access-level": level, "x-transaction-id": f"{len(self._posts):016x}"}

    def learn(self, entry: Entry) -> None:
        """Take one event of the ledger into the state."""
        match entry["event"]:
            case "accepted" | "seeded":
                self._learn_post(cast("Mapping[str, Any]", entry))
            case "deleted":
                self._deleted.add(str(entry["id"]))
            case "request":
                endpoint = _endpoint(str(entry["method"]), str(entry["path"]))
                self._quotas.count_call(endpoint, datetime.fromisoformat(str(entry["at"])))

    def answer(self, request: Request) -> Answer:
        """Answer by X's rules; every answer tells how many calls are left."""
        endpoint = _endpoint(request.method, request.path)
        if endpoint not in LIMITS:
            return problem(HTTPStatus.NOT_FOUND)
        try:
            self._check_caller(request)
            self._check_limits(endpoint)
            answer = self._routes[endpoint](self, request)
        except Refusal as refusal:
            answer = refusal.answer
        told = (headers(name, quota) for name, quota in self._quotas_of(endpoint).items())
        return Answer(answer.status, answer.body, dict(ChainMap(dict(answer.headers), *told)))

    def _learn_post(self, entry: Mapping[str, Any]) -> None:
        created = datetime.fromisoformat(entry["created_at"])
        self._posts[entry["id"]] = Post(entry["id"], entry["author"], entry["text"], created, entry["reply_to"])
        if entry["event"] == "accepted":
            self._quotas.count_post(created)
            if self.switches["credits"] is not None:
                self.switches["credits"] -= 1

    def _check_caller(self, request: Request) -> None:
        if self.switches["access"] == "expired" or not is_signed(request, CREDENTIALS, self.now().timestamp()):
            raise Refusal(problem(HTTPStatus.UNAUTHORIZED))
        if self.switches["access"] == "read-only" and request.method != "GET":
            raise Refusal(words.read_only())

    def _quotas_of(self, endpoint: str) -> dict[str, Quota]:
        quotas = {"x-rate-limit": self._quotas.quarter(endpoint, self.now(), self.switches["limits"])}
        if endpoint == CREATE:
            quotas["x-app-limit-24hour"] = self._quotas.day(self.now(), int(self.switches["daily"]))
        return quotas

    def _check_limits(self, endpoint: str) -> None:
        quotas = self._quotas_of(endpoint)
        day = quotas.get("x-app-limit-24hour")
        if quotas["x-rate-limit"].used > quotas["x-rate-limit"].limit or (day and day.used >= day.limit):
            raise Refusal(problem(HTTPStatus.TOO_MANY_REQUESTS))

    def _create(self, request: Request) -> Answer:
        wanted = creation(request)
        text = kept(wanted.text)
        self._check_policy(wanted)
        self._check_text(text)
        self._check_parent(wanted.reply_to)
        if self.switches["credits"] is not None and self.switches["credits"] < 1:
            raise Refusal(words.no_credits())
        number = self._next_id()
        self.record("accepted", id=number, author=ACCOUNT, text=text, reply_to=wanted.reply_to, created_at=self.now().isoformat())
        return json_answer(HTTPStatus.CREATED, {"data": self._shown(self._posts[number], set())})

    def _check_policy(self, wanted: Creation) -> None:
        if wanted.media:
            raise Refusal(invalid("Your media IDs are invalid.", {"media.media_ids": list(wanted.media)}))
        if wanted.quotes:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.NOT_YOURS))
        if wanted.edits:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.NOT_PERMITTED))

    def _check_text(self, text: str) -> None:
        if x_length(text) > LONGEST:
            raise Refusal(problem(int(self.switches["too_long"]), words.TOO_LONG))
        if cashtags(text) > 1:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.CASHTAGS))
        oldest = self.now() - timedelta(seconds=float(self.switches["duplicate_window"]))
        # deleting a post does not make its text new again
        if any(post.text == text and post.author == ACCOUNT and post.at > oldest for post in self._posts.values()):
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.DUPLICATE))

    def _check_parent(self, number: str | None) -> None:
        if number is None:
            return
        parent = self._posts.get(number)
        if parent is None or number in self._deleted:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.PARENT_GONE))
        if parent.author != ACCOUNT and f"@{self.switches['username']}" not in parent.text:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.NOT_ENGAGED))
        if self.switches["replies"] == "refused":
            raise Refusal(problem(HTTPStatus.FORBIDDEN, words.NOT_YOURS))

    def _delete(self, request: Request) -> Answer:
        number = request.path.rpartition("/")[2]
        post = self._posts.get(number)
        if post is None or number in self._deleted:
            raise Refusal(problem(HTTPStatus.NOT_FOUND, f"Could not find tweet with id: [{number}]."))
        if post.author != ACCOUNT:
            raise Refusal(problem(HTTPStatus.FORBIDDEN, "You are not authorized to delete this Tweet."))
        self.record("deleted", id=number)
        return json_answer(HTTPStatus.OK, {"data": {"deleted": True}})

    def _one(self, request: Request) -> Answer:
        parameters(request, ANY_READ)
        return self._many([request.path.rpartition("/")[2]], request, single=True)

    def _several(self, request: Request) -> Answer:
        given = parameters(request, ANY_READ | {"ids"})
        if not re.fullmatch(r"\d{1,19}(,\d{1,19}){0,99}", given.get("ids", "")):
            raise Refusal(invalid("The `ids` query parameter must be 1 to 100 ids", {"ids": [given.get("ids", "")]}))
        return self._many(given["ids"].split(","), request, single=False)

    def _many(self, numbers: Sequence[str], request: Request, *, single: bool) -> Answer:
        fields = wanted_fields(request)
        visible = {post.id: post for post in self._visible()}
        found = [self._shown(visible[number], fields) for number in numbers if number in visible]
        missing = [words.not_found("tweet", number) for number in numbers if number not in visible]
        content: dict[str, object] = {"data": found[0] if single else found} if found else {}
        return json_answer(HTTPStatus.OK, content | ({"errors": missing} if missing else {}))

    def _me(self, request: Request) -> Answer:
        asked = parameters(request, ANY_READ).get("user.fields", "").split(",")
        username = self.switches["username"]
        user = {"id": ACCOUNT, "name": username.replace("_", " ").title(), "username": username}
        picture = {"profile_image_url": f"https://pbs.twimg.com/profile_images/{ACCOUNT}/normal.png"}
        return json_answer(HTTPStatus.OK, {"data": {**user, **(picture if "profile_image_url" in asked else {})}})

    def _timeline(self, request: Request) -> Answer:
        wanted, fields = listing(request), wanted_fields(request)
        author = request.path.split("/")[3]
        posts = [
            post
            for post in sorted(self._visible(), key=lambda post: int(post.id), reverse=True)
            if post.author == author
            and wanted.since_id < int(post.id)
            and (wanted.until_id is None or int(post.id) < wanted.until_id)
            and (wanted.start is None or post.at >= wanted.start)
            and (wanted.end is None or post.at < wanted.end)
            and (wanted.replies or post.reply_to is None)
        ]
        return self._page(posts, wanted.size, wanted.token, fields)

    def _page(self, posts: Sequence[Post], size: int, token: str | None, fields: set[str]) -> Answer:
        start = 0
        if token is not None:
            if not re.fullmatch(r"p\d{1,6}", token):
                raise Refusal(invalid("The `pagination_token` query parameter value is not valid", {"pagination_token": [token]}))
            start = int(token[1:])
        part = posts[start : start + size]
        meta: dict[str, object] = {"result_count": len(part)}
        if part:
            meta |= {"newest_id": part[0].id, "oldest_id": part[-1].id}
        if start + size < len(posts):
            meta["next_token"] = f"p{start + size}"
        content = {"data": [self._shown(post, fields) for post in part]} if part else {}
        return json_answer(HTTPStatus.OK, {**content, "meta": meta})

    def _visible(self) -> list[Post]:
        """Return the posts that a read shows now: not deleted, and older than the read-back's lag."""
        until = self.now() - timedelta(seconds=float(self.switches["lag"]))
        return [post for post in self._posts.values() if post.id not in self._deleted and post.at <= until]

    def _shown(self, post: Post, fields: set[str]) -> dict[str, object]:
        authors = {other.id: other.author for other in self._posts.values()}
        return shown(post, fields, authors, self._conversation(post))

    def _conversation(self, post: Post) -> str:
        while post.reply_to:
            post = self._posts[post.reply_to]
        return post.id

    def _next_id(self) -> str:
        return str(next_id(self.now(), max((int(number) for number in self._posts), default=0)))

    def _free_id(self, at: datetime) -> str:
        number = next_id(at, 0)
        while str(number) in self._posts:
            number += 1
        return str(number)

    _routes: ClassVar[Mapping[str, Any]] = {
        CREATE: _create,
        "DELETE /2/tweets/:id": _delete,
        "GET /2/tweets/:id": _one,
        "GET /2/tweets": _several,
        "GET /2/users/me": _me,
        "GET /2/users/:id/tweets": _timeline,
    }


def _endpoint(method: str, path: str) -> str:
    """Return the endpoint without its ids; the version, which comes first, is not one."""
    return f"{method} {re.sub(r'(?<=.)/[0-9]+(?=/|$)', '/:id', path)}"
