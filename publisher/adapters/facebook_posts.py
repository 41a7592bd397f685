"""Posts of a Facebook page: what they may hold, their ids, and the addresses under which people see them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from publisher.errors import Problem, Severity
from publisher.i18n import N_

LIMIT = 63_206  # characters of a post, as commonly reported; not in the official documentation
FOLD = 477  # what is seen before "see more", as commonly reported

_POST = re.compile("[0-9]{1,25}_[0-9]{1,25}")
_NUMBER = re.compile("[0-9]{1,25}")
_SHOWN = re.compile("[0-9]{1,25}|pfbid[A-Za-z0-9]{10,120}")  # a pfbid is a number that only Facebook can read
_HOST = re.compile(r"(?:[a-z0-9-]+\.)*facebook\.com")
_SCRIPTS = ("permalink.php", "story.php")


def utf16_length(text: str) -> int:
    """Count as browsers do, in UTF-16 units: never less than the characters, so that a text that fits here fits there."""
    return len(text.encode("utf-16-le")) // 2


def problems(step: str, text: str) -> Iterator[Problem]:
    """Yield what is wrong with the text of a post."""
    count = utf16_length(text)
    if count > LIMIT:
        sentence = N_("The text counts %(count)d characters; Facebook takes %(limit)d: shorten it.")
        yield Problem(Severity.ERROR, "too-long", sentence, {"count": count, "limit": LIMIT}, step=step)


def is_number(text: str) -> bool:
    """Tell whether it can be the number of a page."""
    return _NUMBER.fullmatch(text) is not None


def is_post(number: object) -> bool:
    """Tell whether it is the id of a post of a page, as the interface takes it."""
    return isinstance(number, str) and _POST.fullmatch(number) is not None


def address(site: str, post: str) -> str:
    """Return the address under which a post is seen, made from its id."""
    page, _, number = post.partition("_")
    return f"{site}/{page}/posts/{number}"


def shown_in(url: str, site: str) -> str | None:
    """Return what stands for the post in the address of a post, as browsers show it on facebook.com or on `site`; None: it is none."""
    own = url.startswith(f"{site}/")
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not own and (parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or "")):
        return None
    path = parts.path.removeprefix(urlsplit(site).path) if own else parts.path
    found = _post_in([part for part in path.split("/") if part], parse_qs(parts.query))
    return found if found and _SHOWN.fullmatch(found) else None


def _post_in(path: Sequence[str], query: Mapping[str, Sequence[str]]) -> str | None:
    """Return what stands for the post, read from the parts of a path: page/posts/post, page/posts/title/post, page_post, or a query."""
    match path:
        case [_, "posts", post] | [_, "posts", _, post]:
            return post
        case [script] if script in _SCRIPTS:
            return next(iter(query.get("story_fbid", ())), None)
        case [post] if is_post(post):
            return post.partition("_")[2]
    return None
