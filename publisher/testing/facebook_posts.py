"""Posts as Facebook keeps and shows them, and what its Graph API makes of a request's parameters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from publisher.testing.facebook_words import Refusal, error, no_field
from publisher.testing.platform import Request

FIRST = 122_100_000_000_000_000  # the numbers of posts count from here
LARGEST_PAGE = 100
USUAL_PAGE = 25

FIELDS = frozenset({"id", "message", "created_time", "updated_time", "permalink_url", "is_published", "link"})
USUAL_FIELDS = ("created_time", "message", "id")


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the page; `published` is when readers could first see it, None: they cannot. `ours`: by our application."""

    id: str
    message: str
    link: str | None
    created: datetime
    updated: datetime
    published: datetime | None = None
    ours: bool = True

    @property
    def path(self) -> str:
        """Where it is seen, below the site."""
        return self.id.replace("_", "/posts/")


def shown(post: Post, fields: Sequence[str], site: str) -> dict[str, object]:
    """Return the post as the API shows it, with the fields asked for; the id always comes."""
    everything: dict[str, object] = {
        "message": post.message,
        "created_time": stamp(post.created),
        "updated_time": stamp(post.updated),
        "permalink_url": f"{site}/{post.path}",
        "is_published": post.published is not None,
        "link": post.link,
        "id": post.id,
    }
    return {name: everything[name] for name in (*fields, "id") if everything[name] is not None}


def stamp(at: datetime) -> str:
    """Return an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parameters(request: Request) -> dict[str, str]:
    """Return all that the request gives, in its address and in its form."""
    form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True) if request.method == "POST" else []
    return dict([*request.query, *form])


def flag(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Return a parameter that is true or false. Raises Refusal."""
    text = given.get(name, str(default)).lower()
    if text not in {"true", "false", "1", "0"}:
        raise Refusal(error(100, f"(#100) Param {name} must be a boolean"))
    return text in {"true", "1"}


def fields(given: Mapping[str, str], known: Collection[str], usual: Sequence[str], node: str) -> Sequence[str]:
    """Return the fields that are asked for. Raises Refusal for one that the node does not have."""
    asked = [name for name in given.get("fields", "").split(",") if name]
    for name in asked:
        if name not in known:
            raise Refusal(no_field(name, node))
    return asked or usual


def page(posts: Sequence[Post], given: Mapping[str, str]) -> tuple[Sequence[Post], dict[str, object]]:
    """Return one page of a list, and the cursors around it. Raises Refusal."""
    size, after = given.get("limit", str(USUAL_PAGE)), given.get("after", "c0")
    if not size.isdecimal() or not 0 < int(size) <= LARGEST_PAGE:
        raise Refusal(error(100, f"(#100) The parameter limit must be between 1 and {LARGEST_PAGE}"))
    if not (after[:1] == "c" and after[1:].isdecimal()):
        raise Refusal(error(100, "(#100) Invalid cursors values"))
    start = int(after[1:])
    part = posts[start : start + int(size)]
    if not part:
        return part, {}
    cursors = {"cursors": {"before": f"c{start}", "after": f"c{start + len(part)}"}}
    return part, {"paging": {**cursors, **({"next": "…"} if start + len(part) < len(posts) else {})}}
