"""The simulators' pages: what readers of a platform would see, and the calls it received; no script, drawn anew every few seconds."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from publisher import i18n
from publisher.i18n import _
from publisher.testing.platform import Answer, Platform, Shown
from publisher.testing.simulated import Simulated

_FOLDER = Path(__file__).parent / "templates"
STYLE = (_FOLDER / "style.css").read_bytes()

_environment = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.globals["_"] = _

_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)»])")
_LINK = Markup('<a href="{0}" rel="noreferrer">{0}</a>')


def index(platforms: Iterable[Simulated]) -> Answer:
    """Return the page that lists the platforms."""
    return render("index.html.j2", title=_("Simulators"), platforms=list(platforms))


def page(platform: Platform, path: str) -> Answer | None:
    """Return the platform's page at a path below its own: the timeline, also as the account's, the log, one thread; None: not a page."""
    if path == "/log":
        return render("log.html.j2", title=_("Calls received"), platform=platform, calls=_calls(platform))
    threads = _threads(platform.timeline())
    if path != "/":
        threads = [thread for thread in threads if any(f"/{shown.path}/".startswith(f"{path}/") for shown in thread)]
        if not threads:
            return None
    return render("timeline.html.j2", title=platform.label, platform=platform, threads=threads)


def render(template: str, **values: object) -> Answer:
    """Return a page in the reader's language, which may show only itself, in its own style and frames."""
    text = _environment.get_template(template).render(language=i18n.current(), local=_local, linked=_linked, readable=_readable, **values)
    return answer(text.encode(), "text/html", "default-src 'none'; style-src 'self'; frame-src 'self'")


def answer(body: bytes, kind: str, policy: str) -> Answer:
    """Return a text that nothing keeps, and what it may fetch."""
    return Answer(
        HTTPStatus.OK,
        body,
        {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


def _local(at: datetime | str) -> datetime:
    """Return the instant in the machine's zone, for people."""
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone()


def _linked(text: str) -> Markup:
    """Return the text, escaped, with its addresses as links."""
    pieces = _ADDRESS.split(text)
    return Markup("").join(_LINK.format(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _readable(body: str) -> str:
    """Return JSON with its letters as people write them; anything else as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body


def _threads(timeline: Sequence[Shown]) -> list[list[Shown]]:
    """Group what continues something with it; newest thread first, oldest part first within."""
    threads: dict[str, list[Shown]] = {}
    for shown in timeline:
        thread = threads.get(shown.reply_to or "", [])
        thread.append(shown)
        threads[shown.id] = thread
    unique = {id(thread): thread for thread in threads.values()}
    return list(reversed(unique.values()))


def _calls(platform: Platform) -> list[dict[str, object]]:
    """Pair the requests with their answers, newest first; a request that was given no answer has none."""
    answers = {entry["request"]: entry for entry in platform.entries("answer")}
    return [{**request, "answer": answers.get(request["number"])} for request in reversed(platform.requests)]
