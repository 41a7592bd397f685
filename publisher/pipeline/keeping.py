"""An announcement as the JSON values that its version keeps, with what the preview showed beside it; and back. Pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from publisher.announcement import Announcement, ChannelText, Link, Medium, PressContact
from publisher.errors import Problem, Severity
from publisher.pipeline.plan import Plan

SHOWN = "shown"
"""Where the values hold what the preview showed beside the announcement and the payloads: typeset title, summary, problems."""


def values(plan: Plan) -> dict[str, Any]:
    """Return the announcement of a plan as JSON values."""
    kept = _tree(plan.announcement)
    del kept["problems"]
    title = next((variant.message.title for variant in plan.rendering.variants), plan.announcement.title)
    problems = [
        problem._asdict() | {"params": {name: _plain(value) for name, value in problem.params.items()}} for problem in plan.problems
    ]
    kept[SHOWN] = {"title": title, "summary": plan.rendering.summary, "problems": problems}
    written: dict[str, Any] = json.loads(json.dumps(kept, default=_as_text))
    return written


def announcement(kept: Mapping[str, Any]) -> Announcement:
    """Return the announcement that the values hold, with its facts and its texts; what only a correction needs is not brought back."""
    plain = {name: kept[name] for name in ("title", "body_markdown", "type", "place", "standfirst", "subject", "summary", "language")}
    return Announcement(
        **plain,
        date=date.fromisoformat(kept["date"]) if kept["date"] else None,
        contact=PressContact(**kept["contact"]) if kept["contact"] else None,
        links=tuple(Link(**link) for link in kept["links"]),
        media=tuple(Medium(**medium) for medium in kept["media"]),
        hashtags=tuple(kept["hashtags"]),
        embargo_until=_instant(kept["embargo_until"]),
        not_after=_instant(kept["not_after"]),
        channels={name: _channel_text(own) for name, own in kept["channels"].items()},
        set_aside=tuple(kept["set_aside"]),
    )


def problems(kept: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return the problems that the preview showed; a version of an earlier release kept none."""
    return tuple(Problem(**{**one, "severity": Severity(one["severity"])}) for one in kept.get(SHOWN, {}).get("problems", ()))


def _channel_text(own: Mapping[str, Any]) -> ChannelText:
    return ChannelText(**{**own, "posts": own["posts"] and tuple(own["posts"]), "at": _instant(own["at"])})


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _tree(value: Any) -> Any:
    """Return values within values as mappings; JSON would make lists of them."""
    if hasattr(value, "_asdict"):
        return {name: _tree(part) for name, part in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: _tree(part) for name, part in value.items()}
    return [_tree(part) for part in value] if isinstance(value, tuple) else value


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _as_text(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an announcement")
