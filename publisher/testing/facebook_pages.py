"""The list of a person's pages, as the simulated Graph API gives it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from publisher.testing.facebook_posts import fields
from publisher.testing.platform import Answer, json_answer

USUAL = ("access_token", "category", "name", "id", "tasks")


def accounts(given: Mapping[str, str], switches: Mapping[str, Any], token: str) -> Answer:
    """Return the pages of the person, so many at a time as are asked for. Raises Refusal."""
    own = int(switches["page"])
    pages = [_page(str(own + number), number, switches, token) for number in range(int(switches["pages"]))]
    start, size = int(given.get("after", "c0").removeprefix("c")), int(given.get("limit", 25))
    part = pages[start : start + size]
    asked = fields(given, (*USUAL, "picture"), USUAL, "Page")
    data = [{name: page[name] for name in (*asked, "id")} for page in part]
    paging: dict[str, Any] = {"cursors": {"before": f"c{start}", "after": f"c{start + len(part)}"}}
    if start + len(part) < len(pages):
        paging["next"] = "https://graph.facebook.com/…"
    return json_answer(HTTPStatus.OK, {"data": data, "paging": paging} if part else {"data": []})


def _page(number: str, place: int, switches: Mapping[str, Any], token: str) -> dict[str, Any]:
    """Return one page: ours is the first; the others are of the same person, and their tokens open nothing here."""
    return {
        "access_token": token if place == 0 else f"{token}-{place}",
        "category": "City Hall",
        "name": switches["name"] if place == 0 else f"Association n° {place}",
        "id": number,
        "tasks": list(switches["tasks"]),
        "picture": {"data": {"height": 50, "width": 50, "is_silhouette": False, "url": f"https://scontent.example/{number}.jpg"}},
    }
