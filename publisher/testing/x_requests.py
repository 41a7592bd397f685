"""What X's API v2 takes: the schema of a creation, and the parameters of a read; anything else is refused with 400."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from publisher.testing.platform import Request
from publisher.testing.x_words import Refusal, invalid

FIELDS = frozenset(
    {
        "article",
        "attachments",
        "author_id",
        "context_annotations",
        "conversation_id",
        "created_at",
        "edit_controls",
        "edit_history_tweet_ids",
        "entities",
        "id",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
        "reply_settings",
        "source",
        "text",
    }
)
ANY_READ = frozenset({"expansions", "media.fields", "place.fields", "poll.fields", "tweet.fields", "user.fields"})
LISTING = ANY_READ | {"end_time", "exclude", "max_results", "pagination_token", "since_id", "start_time", "until_id"}


@dataclass(frozen=True, slots=True)
class Creation:
    """A post to be created."""

    text: str
    reply_to: str | None
    media: tuple[str, ...]
    quotes: bool
    edits: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Which posts of a timeline are wanted, newest first; instants None: unbounded."""

    size: int
    token: str | None
    since_id: int
    until_id: int | None
    start: datetime | None
    end: datetime | None
    replies: bool


def _is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value) is not None


def _are_ids(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_id, value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _one_of(*values: str) -> Callable[[object], bool]:
    return lambda value: value in values


def _object(required: str, **shape: Callable[[object], bool]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        return isinstance(value, dict) and required in value and all(key in shape and shape[key](item) for key, item in value.items())

    return fits


_CREATION: Mapping[str, Callable[[object], bool]] = {
    "text": _is_text,
    "reply": _object("in_reply_to_tweet_id", in_reply_to_tweet_id=_is_id, exclude_reply_user_ids=_are_ids),
    "media": _object("media_ids", media_ids=_are_ids, tagged_user_ids=_are_ids),
    "reply_settings": _one_of("following", "mentionedUsers", "subscribers", "verified"),
    "quote_tweet_id": _is_id,
    "edit_options": _object("previous_post_id", previous_post_id=_is_id),
    "made_with_ai": _is_flag,
    "paid_partnership": _is_flag,
}


def creation(request: Request) -> Creation:
    """Read the body of a creation by the strict schema. Raises Refusal."""
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise Refusal(invalid("Invalid JSON in the request body")) from error
    if not isinstance(body, dict):
        raise Refusal(invalid("The request body must be a JSON object"))
    for name, value in body.items():
        if name not in _CREATION:
            known = ", ".join(_CREATION)
            raise Refusal(invalid(f"The body parameter [{name}] is not one of [{known}]", {name: [json.dumps(value)]}))
        if not _CREATION[name](value):
            raise Refusal(invalid(f"The `{name}` body parameter value [{json.dumps(value)}] is not valid", {name: [json.dumps(value)]}))
    media = body.get("media", {}).get("media_ids", [])
    if not body.get("text", "").strip() and not media:
        raise Refusal(invalid("The request must include a non-empty `text` or `media.media_ids`"))
    reply_to = body.get("reply", {}).get("in_reply_to_tweet_id")
    return Creation(body.get("text", ""), reply_to, tuple(media), "quote_tweet_id" in body, "edit_options" in body)


def listing(request: Request) -> Listing:
    """Read the parameters of a timeline. Raises Refusal."""
    given = parameters(request, LISTING)
    size = given.get("max_results", "10")
    if not size.isdecimal() or not 5 <= int(size) <= 100:  # noqa: PLR2004 - the bounds of the schema
        raise Refusal(invalid(f"The `max_results` query parameter value [{size}] is not between 5 and 100", {"max_results": [size]}))
    excluded = set(filter(None, given.get("exclude", "").split(",")))
    if excluded - {"replies", "retweets"}:
        raise Refusal(invalid("The `exclude` query parameter value is not valid", {"exclude": sorted(excluded)}))
    return Listing(
        int(size),
        given.get("pagination_token"),
        int(_number(given, "since_id") or 0),
        int(until) if (until := _number(given, "until_id")) else None,
        _instant(given, "start_time"),
        _instant(given, "end_time"),
        "replies" not in excluded,
    )


def wanted_fields(request: Request) -> set[str]:
    """Return the fields of a post that a read asks for. Raises Refusal."""
    fields = set(filter(None, dict(request.query).get("tweet.fields", "").split(",")))
    if fields - FIELDS:
        raise Refusal(invalid("The `tweet.fields` query parameter value is not valid", {"tweet.fields": sorted(fields - FIELDS)}))
    return fields


def parameters(request: Request, known: frozenset[str]) -> dict[str, str]:
    """Return the parameters of the address, all of them known. Raises Refusal."""
    given = dict(request.query)
    for name in given.keys() - known:
        raise Refusal(invalid(f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]", {name: [given[name]]}))
    return given


def _number(given: Mapping[str, str], name: str) -> str | None:
    if name in given and not _is_id(given[name]):
        raise Refusal(invalid(f"The `{name}` query parameter value [{given[name]}] is not valid", {name: [given[name]]}))
    return given.get(name)


def _instant(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", text):
        raise Refusal(invalid(f"The `{name}` query parameter value [{text}] is not a valid RFC 3339 date", {name: [text]}))
    return datetime.fromisoformat(text)
