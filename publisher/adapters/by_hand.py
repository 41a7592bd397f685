"""Channel kind "by-hand": any place that a person must serve, such as a light board, a town's app or a closed website."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from publisher.adapters.base import (
    CORRECT,
    PERMALINK,
    WITHDRAW,
    Call,
    Form,
    Handover,
    Idempotency,
    Limits,
    Message,
    Payload,
    Readback,
    Receipt,
    Step,
    Traits,
    taking_back,
)
from publisher.adapters.settings import ChannelSettings
from publisher.config import Config as Configuration
from publisher.config import between, rules
from publisher.errors import NotSent, Problem, Severity
from publisher.i18n import N_
from publisher.text.threads import arrange

ADDRESS_ROOM = "a" * 120
"""Stands for the address of a page where characters are counted: the engine fills it in later, and it must fit, too."""

TEXT = "text.txt.j2"
DOCUMENT = "document.txt.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(ChannelSettings):
    """The keys of [channels.NAME] with adapter = "by-hand"."""

    name: rules.Line = ""
    """What people call the place."""
    where: rules.Address | None = None
    """Where the text is pasted."""
    how: rules.Line = ""
    """How that is done, in a sentence."""
    maximum: Annotated[int, between(1, 100_000)] | None = None
    """The largest number of characters."""
    carries: Literal["document", "paragraphs", "sentences"] = "paragraphs"
    link: bool = True
    """Whether the text may end with the address of the page."""
    has_address: bool = True
    """`false`: readers see it at no address, as on a light board."""
    permalink: bool = False
    """Whether its address is the page to which the other channels link."""
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 4 * 60

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Configuration) -> Mapping[str, object]:
        """Let nothing be linked to that has no address."""
        table = super(Config, cls).complete(table, config)
        return {**table, "permalink": False} if table.get("has_address") is False else table

    def facts(self) -> dict[str, object]:
        """Tell the templates whether a link has its place there."""
        return {"account": self.account, "link": self.link}


class ByHand:
    """A place that a person serves."""

    kind: ClassVar[str] = "by-hand"
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # nothing is ever called, so that nothing can be in doubt
    traits: Traits = Traits(
        label=N_("By hand"),
        form=Form.PARAGRAPHS,
        templates="by-hand",
        parts={"text": TEXT},
        idempotency=Idempotency.NONE,
        readback=Readback.NONE,
        edits=True,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits(text=config.maximum, count=count)
        form = Form(config.carries)
        parts = {Form.DOCUMENT: {"text": DOCUMENT}, Form.PARAGRAPHS: {"text": TEXT}, Form.SENTENCES: {}}[form]
        label = config.name or self.traits.label
        self.traits = self.traits._replace(label=label, form=form, parts=parts, permalink=config.permalink)

    def prepare(self, message: Message) -> Payload:
        """Seal the exact text."""
        return self._sealed("text", "text", message)

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the corrected text, with what it replaces."""
        return self._sealed("correct", CORRECT, message, **_standing(former[-1]))

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal what is to be taken off."""
        del message
        step = taking_back(former[-1])
        return Payload((Step(step.id, WITHDRAW, _standing(former[-1])),))

    def handover(self, step: Step) -> Handover:
        """Return the text, and what the person does with it."""
        told = step.content
        return Handover(
            text=str(told.get("text", "")),
            address=self.config.where or "",
            how=self.config.how,
            former=str(told.get("former") or ""),
            former_url=str(told.get("url") or ""),
            has_address=self.config.has_address,
        )

    def describe(self, step: Step) -> Call:
        """Tell that a person does it, and where."""
        return Call("by hand", self.config.where or self.traits.label, step.content)

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Send nothing. Raises NotSent."""
        del step, receipts
        raise NotSent("by-hand", N_("Nothing is sent to this channel: a person publishes there."))

    def _sealed(self, name: str, effect: str, message: Message, **more: object) -> Payload:
        text, left_out = self._text(message)
        step = Step(name, effect, {"text": text, **more})
        return Payload((step,), left_out=left_out, problems=tuple(self._problems(name, text)))

    def _text(self, message: Message) -> tuple[str, tuple[str, ...]]:
        """Return the one text, and what found no room in it: sentences only can be left out here."""
        if message.posts:
            return "\n\n".join(message.posts), ()
        if not message.units:
            return message.parts["text"], ()
        link = message.link_line if self.config.link else ""
        closing = "\n".join(filter(None, (link, " ".join(message.hashtags))))
        whole = "".join(unit.joint + unit.text for unit in message.units) + (f"\n{closing}" if closing else "")
        if self.config.maximum is None or count(whole) <= self.config.maximum:
            return whole, ()
        arranged = arrange(message.units, limit=self.config.maximum, count=count, maximum=1, closing=closing)
        return (arranged.posts[0], arranged.left_out) if len(arranged.posts) == 1 and not arranged.overflow else (whole, ())

    def _problems(self, step: str, text: str) -> Iterator[Problem]:
        if not text.strip():
            yield Problem(Severity.ERROR, "empty-text", N_("The text is empty: write one for this channel."), step=step)
        if self.config.maximum is not None and count(text) > self.config.maximum:
            sentence = N_("The text counts %(count)d characters; this channel takes %(limit)d: write a shorter one for it.")
            yield Problem(Severity.ERROR, "too-long", sentence, {"count": count(text), "limit": self.config.maximum}, step=step)


def count(text: str) -> int:
    """Return how many characters the text has, its slots counted as the longest address that may fill them."""
    return len(text.replace(PERMALINK, ADDRESS_ROOM))


def _standing(former: Receipt) -> dict[str, object]:
    """Return what is out: as `taking_back` names it, and the text itself, which is all that a place without addresses knows."""
    return {**taking_back(former).content, "former": former.answer.get("text", "")}
