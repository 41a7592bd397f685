"""The preview drawn by what each step does (its effect): as one HTML page that needs nothing else, or channel by channel."""

import base64
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publisher import i18n
from publisher.config import Config
from publisher.config.colour import legible
from publisher.pipeline import html
from publisher.pipeline.preview import words
from publisher.pipeline.preview.view import StepView, View, look
from publisher.pipeline.render import Rendering

TEMPLATES = Path(__file__).parent / "templates"
PAPER, DARK_PAPER = "#f4f3f0", "#1c1d20"
"""Of the papers in the style sheet, those on which the town's colour stands out least."""

_INITIALS = 2
_SMALL_WORDS = {"ville", "mairie", "commune", "de", "du", "des", "la", "le", "les", "d", "l", "et", "sur", "sous", "en"}


class Stretch(NamedTuple):
    """A part of a text as it is drawn; `fold`: the platform hides what comes before behind a link, just in front of this one."""

    words: str
    is_slot: bool = False
    fold: bool = False


class Parts(NamedTuple):
    """What there is to remark about the announcement itself, and to see of each channel by its name."""

    remarks: str
    sections: Mapping[str, str]


Frame = Callable[[str, StepView], str]
"""Where the markup of a step is served by itself: the address for the name of its channel, and the step."""


def as_page(rendering: Rendering, config: Config, only: Collection[str] = ()) -> str:
    """Return the page, of all channels or of those named in `only`."""
    values = {**_values(look(rendering, config, only), config), **_accents(config), "frame": None}
    return _environment().get_template("page.html.j2").render(values)


def as_parts(rendering: Rendering, config: Config, frame: Frame) -> Parts:
    """Return the parts for another page; markup stands in frames of its own."""
    view, templates = look(rendering, config), _environment().get_template
    shared = {**_values(view, config), "frame": frame, "marks": templates("marks.html.j2").module}
    section = templates("channel.html.j2")
    sections = {channel.name: section.render(shared, channel=channel) for channel in view.channels}
    return Parts(templates("remarks.html.j2").render(shared), sections)


def markup(rendering: Rendering, channel: str, step: str) -> str | None:
    """Return the HTML that a step of a channel carries, its slots in words; None if there is none."""
    payloads = (variant.payload for variant in rendering.variants if variant.channel.name == channel)
    found = (one.content for payload in payloads for one in (*payload.steps, *payload.alternative) if one.id == step)
    content = next((content for content in found if "html" in content), None)
    return words.markup(content) if content else None


def colours(config: Config) -> str:
    """Return the colours as CSS, the town's own made legible."""
    return _environment().get_template("style/colours.css.j2").render(_accents(config))


def styles() -> str:
    """Return the CSS of the channels, of what each step does, and of the marks on them."""
    return "\n".join((TEMPLATES / "style" / name).read_text("utf-8") for name in ("marks.css", "channels.css", "effects.css"))


def _values(view: View, config: Config) -> dict[str, Any]:
    zone = config.town.zone
    return {
        "view": view,
        "language": i18n.current(),
        "town": config.town,
        "initials": _initials(config.town.name),
        "logo": logo(config),
        "embargo": words.instant(view.announcement.embargo_until, zone) if view.announcement.embargo_until else "",
        "frozen": words.frozen(view, zone),
        "planned": {one.name: words.planned(one.frozen, zone) for one in view.channels if one.frozen},
        "example": words.example(config),
    }


def _accents(config: Config) -> dict[str, str]:
    return {"accent": legible(config.town.colour, PAPER), "accent_dark": legible(config.town.colour, DARK_PAPER)}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"_": i18n._, "words": words, "stretches": stretches}
    environment.filters |= {"filled": words.filled, "sanitised": html.sanitised, "translated": i18n._}
    return environment


def stretches(step: StepView) -> Iterator[Stretch]:
    """Yield the text of a step: its slots in words, and the place where the platform folds it."""
    seen, folded = (step.text, "") if step.fold is None else (step.text[: step.fold], step.text[step.fold :])
    yield from (Stretch(part.words, part.is_slot) for part in words.parts(seen))
    yield from (Stretch(part.words, part.is_slot, fold=not place) for place, part in enumerate(words.parts(folded)))


def logo(config: Config) -> str:
    """Return the town's logo as an address that holds the image itself; empty if there is none."""
    return _picture(config.town.logo) if config.town.logo else ""


@cache
def _picture(path: Path) -> str:
    """Return the address that holds an image; read once, because it is on every page and in every preview."""
    kind = "svg+xml" if path.suffix.lower() == ".svg" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _initials(name: str) -> str:
    found = re.findall(r"[^\W\d_]+", name)
    strong = [word for word in found if word.lower() not in _SMALL_WORDS] or found
    return "".join(word[0].upper() for word in strong[:_INITIALS])
