"""What leaves of an announcement, as those read it who must agree: each text to the letter, where it goes, when, and to how many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.adapters.base import WITHDRAW, Payload, Step
from publisher.i18n import _
from publisher.models import Approval, Delivery, DeliveryStep
from publisher.models.states import DeliveryState
from publisher.pipeline import slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Plan, Window
from publisher.pipeline.preview import words
from publisher.pipeline.schedule import found, in_order

TEXTS = ("title", "subject", "text", "html")
"""What of a step people read, in this order; a text in HTML only where there is none without."""


_NAMES = ("url", "remote_id", "former")
"""What may name a thing that is taken back: its address or its id, or the text itself where it has neither."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that readers get: its heading, and its text as it leaves, with words in the places that are filled then."""

    step: str
    heading: str
    text: str
    is_markup: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one delivery carries."""

    delivery: Delivery
    parts: Sequence[Part]
    recipients: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves at one time, None for as soon as it is approved: the channels in their order, and how many people get mail."""

    at: datetime | None
    embargo_until: datetime | None
    channels: Sequence[str]
    recipients: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one channel would carry if a plan is stored."""

    channel: str
    window: Window
    parts: Sequence[Part]
    recipients: int


def of(desk: Desk, name: str) -> list[Sheet]:
    """Return what each delivery of the announcement carries, in the order in which they leave. Raises Refused."""
    return [one(delivery) for delivery in in_order(desk, found(name).deliveries.select_related("version"))]


def leaving(sheets: Iterable[Sheet]) -> list[Leaving]:
    """Return what is still to leave of these, in one line for each time."""
    together: dict[tuple[datetime | None, datetime | None], list[Sheet]] = {}
    for sheet in sheets:
        if sheet.delivery.state == DeliveryState.PLANNED:
            together.setdefault((sheet.delivery.due_at, sheet.delivery.embargo_until), []).append(sheet)
    return [
        Leaving(at, embargo, [each.delivery.channel for each in group], sum(each.recipients for each in group))
        for (at, embargo), group in together.items()
    ]


def planned(plan: Plan) -> list[Proposal]:
    """Return what each channel of a plan would carry, nothing of which is stored."""
    return [Proposal(part.channel.name, part.window, [*parts(part.payload.steps)], len(part.recipients)) for part in plan.parts]


def markup(name: str, delivery: str, step: str) -> str | None:
    """Return the page or mail that a step of a delivery carries, as its readers will see it; None if there is none. Raises Refused."""
    row = found(name).deliveries.filter(pk=delivery).first()
    payload = slots.thaw(row.payload) if row else Payload(())
    steps = (*payload.steps, *payload.alternative)
    return next((words.markup(one.content) for one in steps if one.id == step and one.content.get("html")), None)


def agreements(name: str) -> list[tuple[str, str, datetime]]:
    """Return who agreed, in which quality and when, the first one first. Raises Refused."""
    rows = Approval.objects.filter(manifest__announcement=found(name), manifest__void_at=None).select_related("person").order_by("at")
    return [(row.person.name if row.person else "", row.kind, row.at) for row in rows]


def one(delivery: Delivery) -> Sheet:
    """Return what a delivery carries."""
    payload = slots.thaw(delivery.payload)
    recipients = DeliveryStep.objects.filter(delivery=delivery).exclude(recipient="").count()
    return Sheet(delivery, [*parts(payload.steps)], recipients)


def parts(steps: Sequence[Step]) -> Iterator[Part]:
    """Yield what readers get of the steps; of what takes something back, what that is."""
    for step in steps:
        told = {key: str(step.content[key]) for key in TEXTS if step.content.get(key)}
        text = told.get("text") or told.get("html")
        if text:
            heading = told.get("subject") or told.get("title") or ""
            yield Part(step.id, heading, words.filled(text), is_markup="text" not in told)
        elif step.effect == WITHDRAW:
            taken = next((str(step.content[key]) for key in _NAMES if step.content.get(key)), "")
            yield Part(step.id, _("This is taken back"), taken, is_markup=False)
