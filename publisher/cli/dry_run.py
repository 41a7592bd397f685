"""What a dry run prints: the very calls that would be made, in order; nothing is stored and nothing is sent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.adapters.base import WITHDRAW, Call, Describes, Step
from publisher.adapters.registry import Channel
from publisher.cli.output import print_json
from publisher.i18n import _
from publisher.pipeline.preview import words

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Plan


def show(desk: "Desk", planned: "Plan", form: str) -> int:
    """Print the plan: as the JSON of a preview, or call by call."""
    from publisher.pipeline import preview

    if form == "json":
        print_json(preview.as_json(planned.rendering, desk.config))
        return 0
    for problem in planned.problems:
        print(_("Remark: %(message)s") % {"message": problem.message})
    print_plan(desk, planned)
    print()
    print_end()
    return 0


def print_plan(desk: "Desk", planned: "Plan", *, brief: bool = False) -> None:
    """Print each channel with its time and its calls; `brief`: what people see of them only."""
    for part in planned.parts:
        when = words.leaving(part.window.due_at, part.window.embargo_until, desk.config.town.zone)
        print()
        print(_("%(channel)s, %(when)s") % {"channel": words.channel(part.channel), "when": when})
        if brief:
            print(*(line for step in part.payload.steps for line in _brief(step)), sep="\n")
        else:
            print_calls(part.channel, part.payload.steps)


def _brief(step: Step) -> Iterator[str]:
    """Yield the name of the step, and of its content what a reader sees first."""
    from publisher.cli.lines import visible

    told = [step.content.get(key) for key in ("title", "subject", "text", "url")]
    first = next((str(value) for value in told if value), "")
    head, *more = visible(words.filled(first)).split("\n")
    yield f"  {words.step(step.id)}: {head}"
    yield from (f"    {line}".rstrip(" ") for line in more)


def print_calls(channel: Channel, steps: Iterable[Step]) -> None:
    """Print the call of each step."""
    for step in steps:
        print(*_lines(channel, step), sep="\n")


def print_end() -> None:
    """Say that it was not in earnest."""
    print(_("Dry run: nothing was stored, nothing was sent."))


def _lines(channel: Channel, step: Step) -> Iterator[str]:
    """Yield the name of the step, the call, then what it carries: a short value beside its key, a text below it."""
    from publisher.cli.lines import visible

    call = Call(step.effect, channel.name, step.content)
    # what makes room for a sealed alternative is named by its step alone
    if isinstance(channel.adapter, Describes) and (step.effect != WITHDRAW or "remote_id" in step.content):
        call = channel.adapter.describe(step)
    yield f"  {words.named_step(step.id)}: {call.method} {call.address}"
    for key, value in _flat(call.content):
        first, *more = visible(words.filled(value)).split("\n")
        if not more:
            yield f"    {key}: {first}"
            continue
        yield f"    {key}:"
        yield from (f"      {line}".rstrip(" ") for line in (first, *more))


def _flat(content: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value in the content, named by its whole path."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _flat(value, f"{key}.{name}" if key else str(name))
    elif isinstance(content, list | tuple):
        for number, value in enumerate(content):
            yield from _flat(value, f"{key}[{number}]")
    else:
        yield key, str(content)
