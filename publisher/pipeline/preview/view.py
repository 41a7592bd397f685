"""What there is to see of a rendering, whatever draws it: each step with its count and its problems, and what became of the text."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from publisher.adapters.base import PERMALINK, WITHDRAW, Adapter, Corrects, Estimates, Limits, Reaches, Step
from publisher.announcement import Announcement
from publisher.config import Config
from publisher.errors import ConfigError, Problem, Severity
from publisher.pipeline.render import Frozen, FrozenPart, Rendering
from publisher.pipeline.variants import OWN_TEXT, Variant


class Card(NamedTuple):
    """What platforms show of the page behind a link: its own title and summary, and the site it is on."""

    title: str
    summary: str
    host: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step; `count`, `limit` and `fold` (an index in the text) are there for a text that the channel limits."""

    id: str
    effect: str
    content: Mapping[str, object]
    after: str | None
    count: int | None
    limit: int | None
    fold: int | None
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """The text that leaves, slots unfilled."""
        return str(self.content.get("text", ""))

    @property
    def is_too_long(self) -> bool:
        """Whether the channel would refuse it."""
        return self.count is not None and self.limit is not None and self.count > self.limit


class ChannelView(NamedTuple):
    """One channel: its steps, those that stand by in their place, and the problems that belong to none of them.

    `label` and `after` are the names that people read, not yet translated; `handle` is how readers see the account, empty if
    they do not. `recipients` is None when there is no list yet, or when the channel does not go to named people (`reaches`);
    `cost` is in US dollars; `link_count` is what an address counts for here when that is not its length.
    """

    name: str
    kind: str
    label: str
    form: str
    account: str
    handle: str
    after: tuple[str, ...]
    digest: str
    steps: tuple[StepView, ...]
    alternative: tuple[StepView, ...]
    left_out: tuple[str, ...]
    added: tuple[str, ...]
    moved: tuple[str, ...]
    not_carried: tuple[str, ...]
    problems: tuple[Problem, ...]
    corrects: bool
    edits: bool
    reaches: bool
    recipients: int | None
    cost: Decimal | None
    link_count: int | None
    frozen: FrozenPart | None = None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Those of the channel and of its steps."""
        return self.problems + tuple(problem for step in self.steps + self.alternative for problem in step.problems)

    @property
    def is_as_announced(self) -> bool:
        """Whether the announcement's text leaves whole, in its order and in its own words."""
        if self.takes_back:
            return False
        by_hand = any(problem.code == OWN_TEXT for problem in self.problems)
        return not (by_hand or self.left_out or self.added or self.moved)

    @property
    def takes_back(self) -> bool:
        """Whether nothing is published here: what is online is taken back."""
        return bool(self.steps) and all(step.effect == WITHDRAW for step in self.steps)

    @property
    def is_in_order(self) -> bool:
        """Whether there is nothing to remark, a list of recipients that is missing or empty included."""
        return self.worst is None and (not self.reaches or bool(self.recipients))

    @property
    def worst(self) -> Severity | None:
        """The gravest severity among them, None when there is nothing to remark."""
        return min((problem.severity for problem in self.all_problems), key=list(Severity).index, default=None)


class View(NamedTuple):
    """A rendering made ready to be drawn; `title` is typeset.

    `general` are the problems of the announcement itself, `unused` the channels of config.toml without a variant. Of what was frozen
    none is unused: another delivery, or another round, may have gone there.
    """

    announcement: Announcement
    title: str
    summary: str
    problems: tuple[Problem, ...]
    general: tuple[Problem, ...]
    channels: tuple[ChannelView, ...]
    unused: tuple[str, ...]
    card: Card | None
    frozen: Frozen | None = None


def look(rendering: Rendering, config: Config, only: Collection[str] = ()) -> View:
    """Return what there is to see, of the channels named in `only` or of all."""
    labels = {variant.channel.name: variant.channel.adapter.traits.label for variant in rendering.variants}
    shown = [variant for variant in rendering.variants if not only or variant.channel.name in only]
    seen = [_as_frozen(_channel(variant, rendering.problems, labels), rendering) for variant in shown]
    names = {channel.name for channel in seen}
    lists = tuple(problem for channel in seen for problem in channel.problems if problem not in rendering.problems)
    problems = tuple(problem for problem in rendering.problems if problem.channel is None or problem.channel in names)
    return View(
        announcement=rendering.announcement,
        title=next((variant.message.title for variant in rendering.variants), rendering.announcement.title),
        summary=rendering.summary,
        problems=problems + lists,
        general=_gravest_first(problem for problem in problems if problem.channel is None),
        channels=tuple(seen),
        unused=() if rendering.frozen else _unused(config, names, only),
        card=_card(rendering, config),
        frozen=rendering.frozen,
    )


def _unused(config: Config, names: Collection[str], only: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in config.channels if name not in names and (not only or name in only))


def _as_frozen(view: ChannelView, rendering: Rendering) -> ChannelView:
    """Return the view with the account, the order and the recipients that were frozen, in place of those that config.toml names today."""
    if rendering.frozen is None:
        return view
    part = rendering.frozen.parts[view.name]
    return view._replace(
        account=part.account,
        handle=view.handle and view.handle.replace(view.account, part.account),
        after=part.after,
        problems=tuple(problem for problem in view.problems if problem in rendering.problems),
        recipients=part.recipients if view.reaches else None,
        frozen=part,
    )


def _channel(variant: Variant, problems: tuple[Problem, ...], labels: Mapping[str, str]) -> ChannelView:
    channel, payload, adapter = variant.channel, variant.payload, variant.channel.adapter
    own = [problem for problem in problems if problem.channel == channel.name]
    steps = tuple(_step(step, adapter.limits, own) for step in payload.steps)
    alternative = tuple(_step(step, adapter.limits, own) for step in payload.alternative)
    placed = {step.id for step in steps + alternative}
    recipients, broken = _recipients(adapter, channel.name)
    return ChannelView(
        name=channel.name,
        kind=channel.kind,
        label=adapter.traits.label,
        form=adapter.traits.form.value,
        account=channel.settings.account,
        handle=adapter.traits.handle.format(account=channel.settings.account) if channel.settings.account else "",
        after=tuple(labels.get(name, name) for name in channel.settings.after),
        digest=payload.digest,
        steps=steps,
        alternative=alternative,
        left_out=payload.left_out,
        added=payload.added,
        moved=payload.moved,
        not_carried=payload.not_carried,
        problems=_gravest_first((*(problem for problem in own if problem.step not in placed), *broken)),
        corrects=isinstance(adapter, Corrects),
        edits=adapter.traits.edits,
        reaches=isinstance(adapter, Reaches),
        recipients=recipients,
        cost=adapter.estimate(payload) if isinstance(adapter, Estimates) and not payload.takes_back else None,
        link_count=_link_count(adapter.limits),
    )


def _step(step: Step, limits: Limits, problems: list[Problem]) -> StepView:
    text = step.content.get("text")
    counted = isinstance(text, str) and limits.text is not None
    return StepView(
        id=step.id,
        effect=step.effect,
        content=step.content,
        after=step.after,
        count=limits.count(str(text)) if counted else None,
        limit=limits.text if counted else None,
        fold=_fold(str(text), limits) if counted else None,
        problems=_gravest_first(problem for problem in problems if problem.step == step.id),
    )


def _gravest_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: list(Severity).index(problem.severity)))


def _fold(text: str, limits: Limits) -> int | None:
    """Return the index before which the text is seen unfolded, at the end of a word; None if all of it is."""
    if limits.fold is None or limits.count(text) <= limits.fold:
        return None
    reached = bisect_right(range(len(text)), limits.fold, key=lambda end: limits.count(text[:end])) - 1
    return max(text.rfind(" ", 0, reached), text.rfind("\n", 0, reached)) + 1 or reached


def _recipients(adapter: Adapter, name: str) -> tuple[int | None, tuple[Problem, ...]]:
    """Return how many people the channel reaches; a list that cannot be read is a problem to show, not an end."""
    if not isinstance(adapter, Reaches):
        return None, ()
    try:
        found = adapter.recipients()
    except ConfigError as error:
        return None, (Problem(Severity.ERROR, error.code, error.sentence, error.params, channel=name),)
    return None if found is None else len(found), ()


def _link_count(limits: Limits) -> int | None:
    count = limits.count(PERMALINK)
    return count if limits.text is not None and count != len(PERMALINK) else None


def _card(rendering: Rendering, config: Config) -> Card | None:
    pages = (step for variant in rendering.variants if variant.channel.adapter.traits.permalink for step in variant.payload.steps)
    page = next((step.content for step in pages if "title" in step.content), None)
    if page is None:
        return None
    host = (config.town.site_url or "").partition("//")[2].partition("/")[0]
    return Card(str(page["title"]), str(page.get("summary", "")), host)
