"""The preview as JSON (`publisher.preview/1`), which scripts outside the project read."""

from collections.abc import Collection, Mapping
from datetime import datetime

from publisher.config import Config
from publisher.errors import Problem
from publisher.pipeline.preview.view import ChannelView, StepView, View, look
from publisher.pipeline.render import Rendering

FORMAT = "publisher.preview/1"


def as_json(rendering: Rendering, config: Config, only: Collection[str] = ()) -> dict[str, object]:
    """Return the JSON values of the preview, of all channels or of those named in `only`; instants are in the town's zone."""
    view = look(rendering, config, only)
    return {
        "format": FORMAT,
        "announcement": _announcement(view, config),
        "problems": [_problem(problem) for problem in view.problems],
        "channels": {channel.name: _channel(channel) | _delivery(channel, config) for channel in view.channels},
        **_frozen(view, config),
    }


def _frozen(view: View, config: Config) -> dict[str, object]:
    """Return which version is shown, if it is one that was queued."""
    if view.frozen is None:
        return {}
    frozen = view.frozen
    told = {"id": frozen.id, "version": frozen.version, "by": frozen.editor, "at": _iso(frozen.at, config)}
    return {"frozen": told}


def _delivery(channel: ChannelView, config: Config) -> dict[str, object]:
    """Return when the channel's text leaves and where that stands, if it was queued."""
    if channel.frozen is None:
        return {}
    part = channel.frozen
    times = {"due_at": _iso(part.due_at, config), "not_after": _iso(part.not_after, config)}
    return {"delivery": {"id": part.id, "state": part.state, "account": part.account, **times}}


def _iso(instant: datetime | None, config: Config) -> str | None:
    return instant.astimezone(config.town.zone).isoformat() if instant else None


def _announcement(view: View, config: Config) -> dict[str, object]:
    announcement = view.announcement
    return {
        "type": announcement.type,
        "title": announcement.title,
        "place": announcement.place,
        "date": announcement.date.isoformat() if announcement.date else None,
        "standfirst": announcement.standfirst,
        "summary": view.summary,
        "body_markdown": announcement.body_markdown,
        "contact": announcement.contact._asdict() if announcement.contact else None,
        "links": [link._asdict() for link in announcement.links],
        "media": [medium._asdict() for medium in announcement.media],
        "embargo_until": _iso(announcement.embargo_until, config),
        "language": announcement.language,
        "set_aside": list(announcement.set_aside),
    }


def _problem(problem: Problem) -> Mapping[str, object]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "channel": problem.channel,
        "step": problem.step,
    }


def _channel(channel: ChannelView) -> dict[str, object]:
    return {
        "kind": channel.kind,
        "digest": channel.digest,
        "left_out": list(channel.left_out),
        "added": list(channel.added),
        "moved": list(channel.moved),
        "not_carried": list(channel.not_carried),
        "steps": [_step(step, channel) for step in channel.steps],
        "alternative": [_step(step, channel) for step in channel.alternative],
        "cost_usd": str(channel.cost) if channel.cost is not None else None,
    }


def _step(step: StepView, channel: ChannelView) -> dict[str, object]:
    """Return the step with its content among its own keys, which win."""
    counted = {"count": step.count, "limit": step.limit} if step.count is not None else {}
    reached = {"recipients": channel.recipients} if channel.reaches else {}
    return {**step.content, "id": step.id, "effect": step.effect, **counted, "after": step.after, **reached}
