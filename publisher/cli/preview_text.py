"""The preview in a terminal: one panel per channel, as wide as there is room, in colours only where they can be seen."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from publisher.adapters.base import CORRECT, WITHDRAW
from publisher.cli import article
from publisher.cli.lines import visible, wrap
from publisher.config import Config
from publisher.errors import Problem, Severity
from publisher.i18n import _
from publisher.pipeline.preview import words
from publisher.pipeline.preview.view import ChannelView, StepView, View, look
from publisher.pipeline.render import Rendering

WIDEST = 100
"""Columns; a longer line tires the eye."""

FRAME = 4
GAP = 2
BULLET = "– "
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTICE: "bold cyan"}


def draw(rendering: Rendering, config: Config, only: Collection[str] = ()) -> None:
    """Print the preview, of all channels or of those named in `only`."""
    console = Console(highlight=False)
    view, width = look(rendering, config, only), min(console.width, WIDEST)
    for line in _head(view, config, width):
        console.print(line)
    for channel in view.channels:
        console.print()
        console.print(_panel(channel, config, width))
    if view.unused:
        console.print(_text(_("Not used for this announcement: %(channels)s.") % {"channels": ", ".join(view.unused)}, width))


def _text(text: str, width: int, style: str = "") -> Text:
    """Return the text broken into lines; a control character, which could command the terminal, becomes a mark."""
    return Text("\n".join(wrap(visible(text), max(width, 1))), style=style, no_wrap=True, overflow="fold")


def _head(view: View, config: Config, width: int) -> Iterator[Text]:
    announcement = view.announcement
    if not view.frozen and (blocked := words.blocked(view.problems)):
        yield _text(blocked, width, STYLES[Severity.ERROR])
    if example := words.example(config):
        yield _text(example, width, STYLES[Severity.WARNING])
    if frozen := words.frozen(view, config.town.zone):
        yield _text(frozen, width, "bold")
    facts = [_(words.TYPES[announcement.type]), announcement.place, announcement.date and words.day(announcement.date)]
    yield _text(" · ".join(fact for fact in facts if fact), width, "dim")
    yield _text(view.title, width, "bold")
    if announcement.embargo_until:
        until = words.instant(announcement.embargo_until, config.town.zone)
        yield _text(_("Under embargo until %(instant)s.") % {"instant": until}, width, "bold")
    yield from _problems(view.general, width)
    if announcement.set_aside:
        yield _text(_("Found in the document, and used nowhere"), width, "bold")
        yield from _verbatim(announcement.set_aside, width)


def _panel(channel: ChannelView, config: Config, width: int) -> Panel:
    inside = width - FRAME
    planned = [words.planned(channel.frozen, config.town.zone)] if channel.frozen else []
    lines: list[RenderableType] = [*(_text(line, inside, "dim") for line in planned), *_problems(channel.problems, inside)]
    for step in channel.steps:
        lines += [*_step(step, channel, inside), Text()]
    if channel.alternative:
        lines.append(_text(_("Instead, should the platform refuse what stands above"), inside, "bold"))
        for step in channel.alternative:
            lines += [*_step(step, channel, inside), Text()]
    lines += _became(channel, inside)
    title = Text(f"{_(channel.label)} · {words.contents(channel)}", style="bold")
    return Panel(Group(*lines), title=title, title_align="left", width=width)


def _step(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    yield from _EFFECTS.get(step.effect, _other)(step, channel, width)
    if step.effect != "message":  # whose text is long: they stand above it
        yield from _problems(step.problems, width)


def _page(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    del channel
    yield from _facts({_("Address:"): f"…/{step.content['slug']}/"}, width)
    yield Text()
    yield from article.drawn(words.filled(str(step.content["html"])), width)


def _post(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    del channel
    if step.count is not None and step.limit is not None:
        counted = words.counter(step.count, step.limit)
        yield _text(f"{words.step(step.id)} · {counted}", width, STYLES[Severity.ERROR] if step.is_too_long else "dim")
    if step.fold is None:
        yield _text(words.filled(step.text), width)
        return
    yield _text(words.filled(step.text[: step.fold]).rstrip("\n "), width)
    yield _text(f"┄┄ {_('folded from here on')} ┄┄", width, "dim")
    yield _text(words.filled(step.text[step.fold :]).lstrip("\n "), width)


def _publish(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    del step, channel
    yield _text(_("Then it is made public: until this step nobody sees it."), width, "dim")


def _message(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    content = step.content
    length = _("%(count)d characters") % {"count": len(str(content["subject"]))}
    facts = {
        _("Subject"): f"{content['subject']} ({length})",
        _("Shown in the inbox"): str(content["preheader"]),
        _("From"): str(content["from"]),
        _("Answers go to"): str(content["reply_to"]),
        _("Recipients"): words.recipients(channel.recipients),
    }
    yield from _facts(facts, width)
    yield from _problems(step.problems, width)
    yield Text()
    yield _text(words.filled(step.text), width)


def _withdraw(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    del channel
    yield _text(f"{words.step(step.id)} · {step.content.get('url') or step.content.get('remote_id') or ''}", width)


def _other(step: StepView, channel: ChannelView, width: int) -> Iterator[Text]:
    del channel
    yield _text(f"{words.step(step.id)} · {step.effect}", width, "dim")
    yield from _facts({name: words.filled(str(value)) for name, value in step.content.items()}, width)


_EFFECTS: dict[str, Callable[[StepView, ChannelView, int], Iterator[Text]]] = {
    "page": _page,
    "post": _post,
    CORRECT: _post,
    WITHDRAW: _withdraw,
    "publish": _publish,
    "message": _message,
}


def _became(channel: ChannelView, width: int) -> Iterator[Text]:
    """Yield what was done to the text, what can still be done, and the digest."""
    if channel.left_out:
        yield _text(_("Left out (%(count)d)") % {"count": len(channel.left_out)}, width, "bold")
        yield from _verbatim(channel.left_out, width)
    if channel.added:
        yield _text(_("Added"), width, "bold")
        yield from _verbatim(channel.added, width)
    if channel.moved:
        yield _text(_("Moved"), width, "bold")
        yield from _verbatim(map(words.moved, channel.moved), width)
    if channel.not_carried:
        yield _text(_("Never on this channel"), width, "bold")
        yield from _verbatim(channel.not_carried, width)
    if channel.is_as_announced:
        yield _text(_("Nothing is left out, added or moved."), width)
    cost = _("Estimated cost: %(cost)s.") % {"cost": words.cost(channel.cost)} if channel.cost is not None else ""
    if lasting := " ".join(filter(None, [words.lasting(channel), cost])):
        yield _text(lasting, width)
    yield _text(f"{_('Digest of this text')}  {channel.digest}", width, "dim")


def _problems(problems: Iterable[Problem], width: int) -> Iterator[Text]:
    for problem in problems:
        severity = _(words.SEVERITIES[problem.severity])
        text = _text(f"{severity}\u00a0– {problem.message}", width)
        text.stylize(STYLES[problem.severity], 0, len(severity))  # the sentence keeps the ink of the terminal, light or dark
        yield text


def _verbatim(texts: Iterable[str], width: int) -> Iterator[Text]:
    for text in texts:
        lines = _text(text, width - len(BULLET)).plain.split("\n")
        yield Text(BULLET + f"\n{' ' * len(BULLET)}".join(lines), no_wrap=True, overflow="fold")


def _facts(facts: Mapping[str, str], width: int) -> Iterator[Text]:
    """Yield the facts with their names beside them, or above them where the terminal is narrow."""
    room = max(map(cell_len, facts), default=0) + GAP
    beside = room <= width // 3
    for name, value in facts.items():
        if not beside:
            yield _text(name, width, "dim")
        lines = _text(value, width - room * beside).plain.split("\n")
        yield Text.assemble((set_cell_size(name, room) if beside else "", "dim"), f"\n{' ' * room * beside}".join(lines), no_wrap=True)
