"""Facebook's Graph API, simulated: a page whose posts are created, published, edited, read and deleted by Facebook's own rules.

Switches: `lag` seconds before a change can be read; `access` "valid" or what became of the token (facebook_words.TOKENS);
`permissions` of the token; `proof` whether calls need appsecret_proof; `throttled` minutes that callers are told to wait, None: not;
`scraped` whether links can be read; `blocked` as abusive; `duplicates` which last post may not be said again: "published", "all",
"off"; `mode` of the application, "live" or "development": readers then see nothing; `oldest` and `newest` version served; `page`
and `name` of the page; `expires_at` and `data_access_expires_at` of the token, in seconds, 0: never; `token_type`; `short` what became
of the token of an hour that a person has from the explorer, as `access`; `pages` how many pages the person has, ours the first of
them, and `tasks` what they may do there.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, cast

from publisher.testing import facebook_words as words
from publisher.testing.facebook_pages import accounts
from publisher.testing.facebook_posts import FIELDS, FIRST, USUAL_FIELDS, Post, fields, flag, page, parameters, shown
from publisher.testing.facebook_words import Refusal
from publisher.testing.faults import Fault
from publisher.testing.ledger import Entry
from publisher.testing.platform import Answer, Platform, Request, Shown, json_answer
from publisher.testing.simulated import Clock

PAGE = "100000000000001"
PAGE_TOKEN, USER_TOKEN, SHORT_TOKEN = "simulated-page-token", "simulated-user-token", "simulated-short-token"
APP, APP_SECRET = "200000000000002", "simulated-app-secret"
USER = "300000000000003"
PERSONAL = frozenset({USER_TOKEN, SHORT_TOKEN})
LONGEST = 63_206
EXCHANGE = "/oauth/access_token"
LASTS = 60 * 86_400  # seconds of a person's lasting token

Given = Mapping[str, str]


class Facebook(Platform):
    """The platform, with one page and one application."""

    name: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    named_faults: ClassVar[Mapping[str, Fault]] = words.NAMED
    secrets: ClassVar[Mapping[str, str]] = {"FACEBOOK_PAGE_TOKEN": PAGE_TOKEN, "FACEBOOK_APP_SECRET": APP_SECRET}
    default_switches: ClassVar[Mapping[str, Any]] = {
        "skew": 0.0,
        "lag": 0.0,
        "access": "valid",
        "permissions": ["pages_show_list", "pages_read_engagement", "pages_manage_posts"],
        "proof": False,
        "throttled": None,
        "scraped": True,
        "blocked": False,
        "duplicates": "published",
        "mode": "live",
        "oldest": 21,
        "newest": 26,
        "page": PAGE,
        "name": "Ville de Valmont-les-Tilleuls",
        "expires_at": 0,
        "data_access_expires_at": 0,
        "token_type": "PAGE",
        "short": "valid",
        "pages": 1,
        "tasks": ["CREATE_CONTENT", "MODERATE"],
    }

    def __init__(self, clock: Clock, log: Path | None = None) -> None:
        self._posts: dict[str, list[Post]] = {}  # each with all that it was, oldest first
        self._deleted: set[str] = set()
        super().__init__(clock, log)

    def seed(self, message: str, at: datetime, *, ours: bool = False) -> str:
        """Put a post on the page that did not come through the API, by another hand unless `ours`; return its id."""
        with self.lock:
            number = self._next_id()
            self.record("seeded", id=number, text=message, link=None, published=True, created_at=at.isoformat(), ours=ours)
        return number

    def remove(self, number: str) -> None:
        """Let somebody delete a post by hand."""
        self.record("deleted", id=number)

    def timeline(self) -> Sequence[Shown]:
        """Return what readers ever saw: nothing unpublished, and nothing by an application that is not live."""
        latest = [history[-1] for history in self._posts.values()]
        seen = [(post.published, post) for post in latest if post.published and (self.switches["mode"] == "live" or not post.ours)]
        return [
            Shown(post.id, self.switches["name"], post.message, at, post.path, deleted=post.id in self._deleted, card=post.link)
            for at, post in sorted(seen, key=lambda pair: pair[0])
        ]

    def error(self, status: int) -> Answer:
        """Return Facebook's words for a status."""
        return words.of_status(status)

    def learn(self, entry: Entry) -> None:
        """Take one event of the ledger into the state."""
        told = cast("Mapping[str, Any]", entry)
        match entry["event"]:
            case "accepted" | "seeded":
                created = datetime.fromisoformat(told["created_at"])
                published = created if told["published"] else None
                post = Post(told["id"], told["text"], told["link"], created, created, published, told["ours"])
                self._posts[post.id] = [post]
            case "published":
                self._change(told, published=datetime.fromisoformat(told["at"]))
            case "edited":
                self._change(told, message=told["text"])
            case "deleted":
                self._deleted.add(told["id"])

    def answer(self, request: Request) -> Answer:
        """Answer by Facebook's rules; every answer tells the version that gave it."""
        version, path = self._version(request.path)
        given = parameters(request)
        method = given.get("method", request.method).upper() if request.method == "POST" else request.method
        try:
            exchange = (method, path) == ("POST", EXCHANGE)  # where nobody is let in yet
            answer = self._exchange(given) if exchange else self._route(method, path, given, self._caller(request, given))
        except Refusal as refusal:
            answer = refusal.answer
        return Answer(answer.status, answer.body, {"facebook-api-version": version, **answer.headers})

    # ---------------------------------------------------------------- who calls, and what for

    def _version(self, path: str) -> tuple[str, str]:
        """Return the version that serves a path, and the rest of it: one that is over, or none, is served by the oldest alive."""
        found = re.match(r"/v(\d+)\.0(/.*)", path)
        asked = int(found[1]) if found else 0
        served = max(asked, int(self.switches["oldest"]))
        if served > int(self.switches["newest"]):
            served, found = int(self.switches["newest"]), None
        return f"v{served}.0", found[2] if found else path

    def _caller(self, request: Request, given: Given) -> str:
        """Return the token of a caller who may come in. Raises Refusal."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer if scheme == "Bearer" else given.get("access_token", "")
        if token == f"{APP}|{APP_SECRET}":
            return token
        if token not in {PAGE_TOKEN, *PERSONAL}:
            raise Refusal(words.malformed(token))
        if token == SHORT_TOKEN and self.switches["short"] != "valid":
            raise Refusal(words.token(self.switches["short"]))
        if self.switches["access"] != "valid":
            raise Refusal(words.token(self.switches["access"]))
        proof = given.get("appsecret_proof")
        if proof is None and self.switches["proof"]:
            raise Refusal(words.PROOF_MISSING)
        if proof is not None and proof != hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest():
            raise Refusal(words.PROOF_WRONG)
        if self.switches["throttled"] is not None:
            raise Refusal(words.throttled(page=self.switches["page"], minutes=int(self.switches["throttled"])))
        return token

    def _route(self, method: str, path: str, given: Given, token: str) -> Answer:
        own = self.switches["page"]
        name = re.sub("^me(?=/|$)", USER if token in PERSONAL else own, path.strip("/"))
        routes: Mapping[str, Callable[[Given, str], Answer]] = {
            f"POST {own}/feed": self._create,
            f"GET {own}": self._page,
            f"GET {own}/published_posts": lambda given, _: self._list(given, hidden=False),
            f"GET {own}/feed": lambda given, _: self._list(given, hidden=False),
            f"GET {own}/promotable_posts": lambda given, _: self._list(given, hidden=not flag(given, "is_published", default=True)),
            f"GET {own}/scheduled_posts": lambda given, _: self._list(given, hidden=None),
            f"GET {USER}": lambda *_: json_answer(HTTPStatus.OK, {"id": USER, "name": "Camille Dervaux"}),
            f"GET {USER}/accounts": self._accounts,
            "GET app": lambda *_: json_answer(HTTPStatus.OK, {"id": APP, "name": "Publisher"}),
            "GET debug_token": self._inspect,
        }
        if f"{method} {name}" in routes:
            return routes[f"{method} {name}"](given, token)
        if re.fullmatch(r"\d+_\d+", name) and method in {"GET", "POST", "DELETE"}:
            return {"GET": self._read, "POST": self._alter, "DELETE": self._delete}[method](name, given)
        if name == f"{own}/accounts":
            raise Refusal(words.no_field("accounts", "Page"))
        raise Refusal(words.not_found(method, name))

    # ---------------------------------------------------------------- posts

    def _create(self, given: Given, token: str) -> Answer:
        self._need("pages_manage_posts", token)
        message, link, published = given.get("message", ""), given.get("link") or None, flag(given, "published", default=True)
        if not (message.strip() or link) or len(message) > LONGEST or given.keys() & {"scheduled_publish_time", "attached_media[0]"}:
            raise Refusal(words.error(100, "(#100) Invalid parameter"))
        if link and not re.match(r"https?://[^/\s]+", link):
            raise Refusal(words.error(100, "(#100) The url you supplied is invalid", 1500))
        if link and not self.switches["scraped"]:
            raise Refusal(words.UNSCRAPED)
        self._check_text(message, link, published=published)
        number, now = self._next_id(), self.now().isoformat()
        self.record("accepted", id=number, text=message, link=link, published=published, created_at=now, ours=True)
        return json_answer(HTTPStatus.OK, {"id": number, "post_supports_client_mutation_id": True})

    def _alter(self, number: str, given: Given) -> Answer:
        post = self._own(number, "POST")
        if "message" in given:
            if not post.ours:
                raise Refusal(words.NOT_OURS)
            self.record("edited", id=number, text=given["message"])
        if flag(given, "is_published", default=False) and post.published is None:
            self._check_text(post.message, post.link, published=True, besides=number)
            self.record("published", id=number)
        return json_answer(HTTPStatus.OK, {"success": True})

    def _delete(self, number: str, given: Given) -> Answer:
        del given
        if not self._own(number, "DELETE").ours:
            raise Refusal(words.NOT_OURS)
        self.record("deleted", id=number)
        return json_answer(HTTPStatus.OK, {"success": True})

    def _read(self, number: str, given: Given) -> Answer:
        self._need_to_read()
        asked = fields(given, FIELDS, USUAL_FIELDS, "Post")
        post = self._seen(number)
        if post is None:
            raise Refusal(words.not_found("GET", number))
        return json_answer(HTTPStatus.OK, shown(post, asked, "https://www.facebook.com"))

    def _list(self, given: Given, *, hidden: bool | None) -> Answer:
        """List what is hidden or what is not, newest first; None: neither, for nothing is ever scheduled here."""
        self._need_to_read()
        asked = fields(given, FIELDS, USUAL_FIELDS, "Post")
        every = [post for number in reversed(self._posts) if (post := self._seen(number))]
        part, paging = page([post for post in every if (post.published is None) is hidden], given)
        return json_answer(HTTPStatus.OK, {"data": [shown(post, asked, "https://www.facebook.com") for post in part], **paging})

    def _check_text(self, message: str, link: str | None, *, published: bool, besides: str = "") -> None:
        """Refuse a text of abuse, and the last post said again. Raises Refusal."""
        if self.switches["blocked"]:
            raise Refusal(words.ABUSIVE)
        rule = self.switches["duplicates"]
        others = [history[-1] for number, history in self._posts.items() if number not in {besides, *self._deleted}]
        last = sorted((post for post in others if post.published or rule == "all"), key=lambda post: post.published or post.created)[-1:]
        watched = rule == "all" or (rule == "published" and published)
        if watched and [(post.message, post.link) for post in last] == [(message, link)]:
            raise Refusal(words.DUPLICATE)

    def _own(self, number: str, method: str) -> Post:
        """Return a post that is there and may be changed. Raises Refusal."""
        self._need("pages_manage_posts", PAGE_TOKEN)
        if number not in self._posts or number in self._deleted:
            raise Refusal(words.not_found(method, number))
        return self._posts[number][-1]

    def _seen(self, number: str) -> Post | None:
        """Return a post as a read shows it now: as it was before the read-back's lag."""
        until = self.now() - timedelta(seconds=float(self.switches["lag"]))
        known = [post for post in self._posts.get(number, ()) if post.updated <= until]
        return known[-1] if known and number not in self._deleted else None

    def _change(self, told: Mapping[str, Any], **changes: Any) -> None:
        history = self._posts[told["id"]]
        history.append(replace(history[-1], updated=datetime.fromisoformat(told["at"]), **changes))

    def _next_id(self) -> str:
        return f"{self.switches['page']}_{FIRST + len(self._posts)}"

    # ---------------------------------------------------------------- pages and tokens

    def _need(self, permission: str, token: str) -> None:
        if permission not in self.switches["permissions"] or token != PAGE_TOKEN:
            raise Refusal(words.no_permission(permission))

    def _need_to_read(self) -> None:
        if "pages_read_engagement" not in self.switches["permissions"]:
            raise Refusal(words.error(10, "(#10) This endpoint requires the 'pages_read_engagement' permission", status=403))

    def _page(self, given: Given, token: str) -> Answer:
        facts = {"id": self.switches["page"], "name": self.switches["name"]}
        known = {**facts, "access_token": PAGE_TOKEN} if token in PERSONAL else facts
        asked = fields(given, known, ("name", "id"), "Page")
        return json_answer(HTTPStatus.OK, {name: known[name] for name in (*asked, "id")})

    def _accounts(self, given: Given, token: str) -> Answer:
        del token
        return accounts(given, self.switches, PAGE_TOKEN)

    def _exchange(self, given: Given) -> Answer:
        """Give a lasting token for a person's. Raises Refusal."""
        if given.get("grant_type") != "fb_exchange_token" or given.get("client_id") != APP:
            raise Refusal(words.error(101, "Error validating application. Cannot get application info due to a system error."))
        if given.get("client_secret") != APP_SECRET:
            raise Refusal(words.error(1, "Error validating client secret."))
        if given.get("fb_exchange_token") not in PERSONAL:
            raise Refusal(words.error(190, "Invalid OAuth access token."))
        if self.switches["short"] != "valid":
            raise Refusal(words.token(self.switches["short"]))
        return json_answer(HTTPStatus.OK, {"access_token": USER_TOKEN, "token_type": "bearer", "expires_in": LASTS})

    def _inspect(self, given: Given, token: str) -> Answer:
        if "|" not in token and given.get("input_token") != token:
            raise Refusal(words.NO_INSPECTION)
        scopes, own = list(self.switches["permissions"]), self.switches["page"]
        data = {
            "app_id": APP,
            "type": "USER" if given.get("input_token") in PERSONAL else self.switches["token_type"],
            "application": "Publisher",
            "data_access_expires_at": self.switches["data_access_expires_at"],
            "expires_at": self.switches["expires_at"],
            "is_valid": self.switches["access"] == "valid",
            "issued_at": int(self.now().timestamp()),
            "profile_id": own,
            "scopes": scopes,
            "granular_scopes": [{"scope": scope, "target_ids": [own]} for scope in scopes],
            "user_id": USER,
        }
        return json_answer(HTTPStatus.OK, {"data": data})
