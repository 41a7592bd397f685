"""What the preview says in words, the same on the page and in the terminal, in the language of the reader."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from publisher.adapters.base import CORRECT, WITHDRAW
from publisher.adapters.registry import Channel
from publisher.config import Config
from publisher.errors import Problem, Severity
from publisher.i18n import N_, _, current, ngettext
from publisher.pipeline import slots
from publisher.pipeline.preview.view import ChannelView, View
from publisher.pipeline.render import FrozenPart
from publisher.pipeline.state_words import STATES
from publisher.text.wording import day_in_words, instant_in_words

SEVERITIES = {Severity.ERROR: N_("Error"), Severity.WARNING: N_("Warning"), Severity.NOTICE: N_("Notice")}
TYPES = {
    "communique": N_("Press release"),
    "invitation": N_("Press invitation"),
    "alerte": N_("Alert"),
    "rectificatif": N_("Correction"),
}
STEPS = {
    "page": N_("page"),
    "post": N_("post"),
    "single": N_("single post"),
    "publish": N_("publication"),
    "message": N_("e-mail"),
    "correct": N_("correction"),
    "correction": N_("correction"),
    "text": N_("text"),
    "withdraw-text": N_("withdrawal of the text"),
    "withdraw-page": N_("withdrawal of the page"),
    "withdraw-post": N_("withdrawal of post"),
    "withdraw-single": N_("withdrawal of the single post"),
    "withdraw-publish": N_("withdrawal of the post"),
    "withdraw-correction": N_("withdrawal of the correction"),
    "withdraw-correct": N_("withdrawal of the post"),
}
"""The names of steps, for people; those of a series have their number behind, as post-2."""

_BRIEF = 800  # characters that half a screen shows

_SERIES = re.compile(r"(.+)-(\d+)")
_MOVED = re.compile(r"paragraph (\d+) before (\d+)")
_CENT = Decimal("0.01")


class Part(NamedTuple):
    """A stretch of a text, or the words that stand for a slot in it."""

    words: str
    is_slot: bool = False


def parts(text: str) -> Iterator[Part]:
    """Yield the text stretch by stretch, its slots in words."""
    end = 0
    for match in slots.ANY.finditer(text):
        if match.start() > end:
            yield Part(text[end : match.start()])
        yield Part(slot(match), is_slot=True)
        end = match.end()
    if text[end:]:
        yield Part(text[end:])


def slot(match: re.Match[str]) -> str:
    """Return the words for a slot, between marks that no communiqué uses."""
    return f"‹{_(slots.SLOTS[match[0]])}›"


def is_brief(content: object) -> bool:
    """Return whether a text or HTML is so short that a frame for it needs little room."""
    return len(str(content)) <= _BRIEF


def filled(text: str) -> str:
    """Return the text or HTML with words in its slots."""
    return slots.ANY.sub(slot, text)


def markup(content: Mapping[str, object]) -> str:
    """Return the HTML that a step carries, the whole page where it knows one, with words in its slots."""
    return filled(str(content.get("document", content["html"])))


def step(name: str) -> str:
    """Return the words for the name of a step; one that only its adapter knows stays as it is."""
    series = _SERIES.fullmatch(name)
    if series and series[1] in STEPS:
        return f"{_(STEPS[series[1]])}\u00a0{series[2]}"
    return _(STEPS[name]) if name in STEPS else name


def named_step(name: str) -> str:
    """Return the words for a step, and the name that scripts and other steps give it."""
    said = step(name)
    return name if said == name else f"{said} ({name})"


def channel(one: Channel) -> str:
    """Return the words for a channel, and its name in config.toml where it says more."""
    label = _(one.adapter.traits.label)
    return label if label.casefold() == one.name.casefold() else f"{label} ({one.name})"


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """Return an aware instant in words, in the town's zone."""
    local = moment.astimezone(zone)
    return instant_in_words(local) if current() == "fr" else f"{local:%A %d %B %Y, %H:%M} ({zone.key})"


def leaving(due: datetime | None, embargo: datetime | None, zone: ZoneInfo) -> str:
    """Return when something leaves: at its time, or as soon as it is approved, but never before the end of its embargo."""
    if due:
        return instant(due, zone)
    if embargo:
        return _("as soon as it is approved, but not before %(instant)s") % {"instant": instant(embargo, zone)}
    return _("as soon as it is approved")


def frozen(view: View, zone: ZoneInfo) -> str:
    """Return which text is shown, if it is one that was queued; empty for a file."""
    if view.frozen is None:
        return ""
    place = {"id": view.frozen.id, "version": view.frozen.version, "name": view.frozen.editor, "when": instant(view.frozen.at, zone)}
    return _("Frozen text: version %(version)d of %(id)s, as %(name)s queued it on %(when)s; nothing is rendered anew.") % place


def example(config: Config) -> str:
    """Return that the example's settings stand in for a config.toml that was not found; empty where there is one."""
    if config.path is not None:
        return ""
    return _("There is no config.toml here: name, addresses, accounts and channels are those of the example.")


def planned(part: FrozenPart, zone: ZoneInfo) -> str:
    """Return when the frozen text of a channel leaves, and where that stands."""
    when = leaving(part.due_at, part.embargo_until, zone)
    return _("%(state)s (%(id)s); due: %(when)s.") % {"state": _(STATES[part.state]).capitalize(), "id": part.id, "when": when}


def day(when: date) -> str:
    """Return a day in words that stay on one line."""
    return (day_in_words(when) if current() == "fr" else f"{when.day} {when:%B %Y}").replace(" ", "\u00a0")


def moved(remark: str) -> str:
    """Return in words what was moved."""
    match = _MOVED.fullmatch(remark)
    if not match:
        return remark
    return _("Paragraph %(later)s comes before paragraph %(earlier)s.") % {"later": match[1], "earlier": match[2]}


def number(value: int) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,}".replace(",", "\u202f" if current() == "fr" else ",")


def counter(count: int, limit: int) -> str:
    """Return how much of the room a text takes."""
    return _("%(count)s of %(limit)s characters") % {"count": number(count), "limit": number(limit)}


def cost(amount: Decimal) -> str:
    """Return an amount in US dollars, to the cent or as finely as it comes."""
    exact = amount.normalize()
    shown = f"{exact if exact.as_tuple().exponent < -2 else amount.quantize(_CENT):f}"  # type: ignore[operator]  # noqa: PLR2004 - cents
    return _("%(amount)s US dollars") % {"amount": shown.replace(".", ",") if current() == "fr" else shown}


def contents(channel: ChannelView) -> str:
    """Return what leaves on the channel, counted."""
    effects = Counter(step.effect for step in channel.steps)
    said = []
    if effects["page"]:
        said.append(ngettext("%(count)d page", "%(count)d pages", effects["page"]) % {"count": effects["page"]})
    if effects["post"]:
        said.append(ngettext("%(count)d post", "%(count)d posts", effects["post"]) % {"count": effects["post"]})
    if effects["text"]:
        said.append(ngettext("%(count)d text", "%(count)d texts", effects["text"]) % {"count": effects["text"]})
    if effects["message"]:
        said.append(ngettext("%(count)d e-mail", "%(count)d e-mails", effects["message"]) % {"count": effects["message"]})
    if effects[CORRECT]:
        said.append(ngettext("%(count)d correction", "%(count)d corrections", effects[CORRECT]) % {"count": effects[CORRECT]})
    if effects[WITHDRAW]:
        said.append(ngettext("%(count)d withdrawal", "%(count)d withdrawals", effects[WITHDRAW]) % {"count": effects[WITHDRAW]})
    return ", ".join([*said, *([recipients(channel.recipients)] if channel.reaches else [])])


def recipients(count: int | None) -> str:
    """Return how many people will get it."""
    if count is None:
        return _("no list of recipients yet")
    return ngettext("%(count)d recipient", "%(count)d recipients", count) % {"count": count}


def remarks(problems: Iterable[Problem]) -> str:
    """Return how many problems there are of each severity; empty if there is none."""
    found = Counter(problem.severity for problem in problems)
    said = []
    if found[Severity.ERROR]:
        said.append(ngettext("%(count)d error", "%(count)d errors", found[Severity.ERROR]) % {"count": found[Severity.ERROR]})
    if found[Severity.WARNING]:
        said.append(ngettext("%(count)d warning", "%(count)d warnings", found[Severity.WARNING]) % {"count": found[Severity.WARNING]})
    if found[Severity.NOTICE]:
        said.append(ngettext("%(count)d notice", "%(count)d notices", found[Severity.NOTICE]) % {"count": found[Severity.NOTICE]})
    return ", ".join(said)


def blocked(problems: Iterable[Problem]) -> str:
    """Return that errors keep the announcement from being queued; empty if there is none."""
    count = sum(problem.severity is Severity.ERROR for problem in problems)
    if not count:
        return ""
    return ngettext(
        "This announcement cannot be queued: %(count)d error.", "This announcement cannot be queued: %(count)d errors.", count
    ) % {"count": count}


def lasting(channel: ChannelView) -> str:
    """Return what can be done about a mistake once the channel's text is out; nothing is, if it is taken back."""
    if channel.takes_back:
        return ""
    if channel.corrects and channel.edits:
        return _("Can be corrected in place after publication.")
    if channel.corrects:
        return _("Cannot be edited after publication: a correction is published in addition.")
    return _("Cannot be changed any more after publication.")
