"""Posts read back from X: what they said before X escaped, shortened and completed it; the x adapter compares them with what it sent."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.adapters.answer import Answer
from publisher.adapters.http import unusable


@dataclass(frozen=True, slots=True)
class Post:
    """A post read back: its text as `comparable` gives it, the id of the post it replies to, when X created it."""

    id: str
    text: str
    parent: str | None
    at: datetime


def comparable(text: str) -> str:
    """Return the text as X keeps it: composed, no blanks around, and links without scheme, for X adds one where there is none."""
    return re.sub("https?://", "", unicodedata.normalize("NFC", text), flags=re.IGNORECASE).strip(" \t\r\n")


def page(answer: Answer) -> tuple[list[Post], str | None]:
    """Read one page of a timeline and the token of the next; only a page that tells its own count proves what is not there."""
    body = answer.parsed()
    try:
        posts = [_post(post) for post in body.get("data", [])]
        if body["meta"]["result_count"] != len(posts):
            raise unusable(answer)
        return posts, body["meta"].get("next_token")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unusable(answer) from error


def _post(raw: Mapping[str, Any]) -> Post:
    note = raw.get("note_tweet") or {}
    parents = [other["id"] for other in raw.get("referenced_tweets") or [] if other["type"] == "replied_to"]
    text = _said(note if note.get("text") else raw)
    at = datetime.fromisoformat(raw["created_at"])
    if at.tzinfo is None or not re.fullmatch("[0-9]{1,19}", raw["id"]):
        raise ValueError(raw)
    return Post(raw["id"], comparable(text), parents[0] if parents else None, at)


def _said(written: Mapping[str, Any]) -> str:
    """Return the text before X escaped it, shortened its links and added those of its media."""
    text = str(written["text"])
    for mark, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(mark, character)
    for url in (written.get("entities") or {}).get("urls") or []:
        of_medium = "media_key" in url or re.search(r"/status/\d+/(photo|video)/\d+$", url["expanded_url"])
        text = text.replace(url["url"], "" if of_medium else url["expanded_url"])
    return text
