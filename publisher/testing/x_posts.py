"""How X keeps and shows posts: links rewritten to t.co, `& < >` escaped, ids that tell the time (contracts of API v2)."""

import html
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from publisher.text import links

EPOCH = 1288834974657  # milliseconds: X's ids count from here
DEFAULT_FIELDS = frozenset({"id", "text", "edit_history_tweet_ids"})

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_CASHTAG = re.compile(r"(?<!\S)\$[A-Za-z]{1,6}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Post:
    """One post as X keeps it: the text as it was sent, composed, without blanks around."""

    id: str
    author: str
    text: str
    at: datetime
    reply_to: str | None = None


def kept(text: str) -> str:
    """Return the text as X keeps it. Only ASCII blanks go: French no-break spaces belong to the text."""
    return unicodedata.normalize("NFC", text).strip(" \t\r\n")


def cashtags(text: str) -> int:
    """Return how many cashtags ($ABC) the text holds."""
    return len(_CASHTAG.findall(text))


def next_id(now: datetime, last: int) -> int:
    """Return an id that tells the time and is greater than the last one."""
    return max(((int(now.timestamp() * 1000) - EPOCH) << 22), last + 1)


def shown(post: Post, fields: Collection[str], authors: dict[str, str], conversation: str) -> dict[str, object]:
    """Return the post as the API shows it, with the fields asked for; `authors` are user ids by post id."""
    text, urls = _rewritten(post)
    everything: dict[str, object] = {
        "id": post.id,
        "text": html.escape(text, quote=False),
        "edit_history_tweet_ids": [post.id],
        "author_id": post.author,
        "created_at": stamp(post.at),
        "conversation_id": conversation,
    }
    if urls:
        everything["entities"] = {"urls": urls}
    if post.reply_to:
        everything["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
        everything["in_reply_to_user_id"] = authors[post.reply_to]
    return {name: value for name, value in everything.items() if name in DEFAULT_FIELDS or name in fields}


def stamp(at: datetime) -> str:
    """Return an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _rewritten(post: Post) -> tuple[str, list[dict[str, object]]]:
    """Replace each link by its t.co address; return the text and the entities that tell what stood there."""
    text, urls, position = "", [], 0
    for number, (begin, end) in enumerate(links.find(post.text)):
        text, found = text + post.text[position:begin], post.text[begin:end]
        short = f"https://t.co/{_code(int(post.id) + number)}"
        expanded = found if "://" in found else f"http://{found}"
        display = expanded.partition("://")[2].removeprefix("www.")
        start, text = len(text), text + short
        urls.append({"start": start, "end": len(text), "url": short, "expanded_url": expanded, "display_url": display[:27]})
        position = end
    return text + post.text[position:], urls


def _code(number: int) -> str:
    letters = []
    for _ in range(10):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)
