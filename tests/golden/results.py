"""What the twelve communiqués become with the shipped configuration, as files that a press officer can read.

No-break spaces are made visible: ␣ stands for U+00A0, ⎵ for the narrow U+202F.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from publisher import shipped
from publisher.adapters import registry
from publisher.config import load
from publisher.errors import Problem
from publisher.pipeline import intake
from publisher.pipeline.preview.view import ChannelView, StepView, View, look
from publisher.pipeline.render import render

FOLDER = Path(__file__).parent
KINDS = sorted(path.parent.name for path in FOLDER.glob("*/communique.md"))
TODAY = date(2026, 11, 23)

_VISIBLE = str.maketrans({"\u00a0": "␣", "\u202f": "⎵"})


@cache
def results(kind: str) -> dict[str, str]:
    """Return the expected files of a kind: name → content."""
    view = _view(kind)
    files = {"problems.txt": _problems(view)}
    for channel in view.channels:
        suffix = "html" if any("document" in step.content for step in channel.steps) else "txt"
        files[f"{channel.name}.{suffix}"] = "\n".join(_channel(channel))
    return {f"expected.{name}": text.translate(_VISIBLE).strip("\n") + "\n" for name, text in files.items()}


def _view(kind: str) -> View:
    config = load(shipped.example_config(), {})
    announcement = intake.read_file(FOLDER / kind / "communique.md", config.town.zone, TODAY)
    return look(render(announcement, config, registry.configure(config, secrets=False)), config)


def _problems(view: View) -> str:
    return "\n".join([*map(_problem, view.problems), *_listed("set aside", view.announcement.set_aside)])


def _problem(problem: Problem) -> str:
    place = " ".join(filter(None, [problem.channel, problem.step]))
    return f"{problem.severity.value} {problem.code}{f' ({place})' if place else ''}: {problem.message}"


def _channel(channel: ChannelView) -> Iterator[str]:
    for step in channel.steps:
        yield from _step(step)
    for step in channel.alternative:
        yield "======== instead, if the platform refuses ========\n"
        yield from _step(step)
    for name, texts in (("left out", channel.left_out), ("added", channel.added), ("moved", channel.moved)):
        yield from _listed(name, texts)


def _step(step: StepView) -> Iterator[str]:
    """Yield what a reader sees of the step; the page as its article, the mail as its text."""
    counted = f": {step.count} of {step.limit}" if step.count is not None else ""
    yield f"======== {step.id}{counted} ========\n"
    for name in ("slug", "summary", "subject", "preheader"):
        if name in step.content:
            length = f" ({len(str(step.content[name]))})" if name == "subject" else ""
            yield f"{name}{length}: {step.content[name]}\n"
    yield f"{step.content.get('text') or step.content.get('html') or ''}\n"


def _listed(name: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield f"======== {name} ========\n"
        yield from (f"- {text}" for text in texts)
        yield ""
