"""What leaves of an announcement, as those read it who must agree: each text to the letter, where it goes, when, and to how many."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from publisher.adapters.base import WITHDRAW, Payload, Step
from publisher.i18n import _
from publisher.models import Approval, Delivery, DeliveryStep, looks
from publisher.models.states import DeliveryState
from publisher.pipeline import rounds, slots, standing
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Plan, Window
from publisher.pipeline.preview import words
from publisher.pipeline.schedule import found, in_order

FEW = 500
"""How many recipients are named at most."""

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
    """What one delivery carries; `taken_off_at` is when a later round took off what it had put online."""

    delivery: Delivery
    parts: Sequence[Part]
    recipients: int
    taken_off_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """Addresses and names of those to whom a channel sends, in the order of its list; `unnamed` more are not listed."""

    channel: str
    people: Sequence[tuple[str, str]]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where readers find what is out, or what went wrong there; `is_gone`: it was taken off since."""

    channel: str
    url: str
    error: str
    is_gone: bool


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
    rows = in_order(desk, found(name).deliveries.select_related("version__editor", "manifest"))
    return [replace(one(row), taken_off_at=standing.taken_off_at(row, rows)) for row in rows]


def leaving(sheets: Iterable[Sheet]) -> list[Leaving]:
    """Return what is still to leave of these, in one line for each time."""
    together: dict[tuple[datetime | None, datetime | None], list[Sheet]] = {}
    for sheet in sheets:
        if sheet.delivery.state == DeliveryState.PLANNED and not standing.is_sent_back(sheet.delivery):
            together.setdefault((sheet.delivery.due_at, sheet.delivery.embargo_until), []).append(sheet)
    return [
        Leaving(at, embargo, [each.delivery.channel for each in group], sum(each.recipients for each in group))
        for (at, embargo), group in together.items()
    ]


def at_once(desk: Desk, sheets: Iterable[Sheet]) -> list[str]:
    """Return the channels of what leaves in the very moment in which the last visa that it needs is given."""
    rows = [sheet.delivery for sheet in sheets if sheet.delivery.state == DeliveryState.PLANNED and sheet.delivery.due_at is None]
    ahead = (row for row in rows if not standing.is_sent_back(row) and not row.manifest.sealed_at)
    return [row.channel for row in ahead if row.embargo_until is None or row.embargo_until <= desk.now()]


def recipients(sheets: Iterable[Sheet]) -> list[Mailing]:
    """Return to whom the mailings of the last round go, by name: for those who decide about it."""
    rows = rounds.last([sheet.delivery for sheet in sheets])
    return [Mailing(row.channel, people[:FEW], max(0, len(people) - FEW)) for row in rows if (people := looks.recipients(row.pk))]


def places(told: Mapping[str, Any], sheets: Iterable[Sheet]) -> list[Place]:
    """Return each address once, by channel, and what went wrong, of what `status.one` tells."""
    gone = {sheet.delivery.pk for sheet in sheets if sheet.taken_off_at or standing.is_withdrawn(sheet.delivery)}
    found: dict[tuple[str, str], Place] = {}
    for delivery in told["deliveries"]:
        for step in delivery["steps"]:
            is_gone = delivery["id"] in gone
            if step["url"]:
                found[delivery["channel"], step["url"]] = Place(delivery["channel"], step["url"], "", is_gone)
            if step["error"]:
                found[delivery["channel"], step["id"]] = Place(delivery["channel"], "", step["error"], is_gone)
    return list(found.values())


def planned(plan: Plan) -> list[Proposal]:
    """Return what each channel of a plan would carry, nothing of which is stored."""
    return [Proposal(part.channel.name, part.window, [*parts(part.payload.steps)], len(part.recipients)) for part in plan.parts]


def markup(name: str, delivery: str, step: str) -> str | None:
    """Return the page or mail that a step of a delivery carries, as its readers will see it; None if there is none. Raises Refused."""
    row = found(name).deliveries.filter(pk=delivery).first()
    payload = slots.thaw(row.payload) if row else Payload(())
    steps = (*payload.steps, *payload.alternative)
    return next((words.markup(one.content) for one in steps if one.id == step and one.content.get("html")), None)


def agreements(sheets: Iterable[Sheet]) -> list[tuple[str, str, datetime]]:
    """Return who agreed to the last round, in which quality and when, the first one first; not to what is void by now."""
    manifests = {row.manifest_id for row in rounds.last([sheet.delivery for sheet in sheets])}
    rows = Approval.objects.filter(manifest__in=manifests, manifest__void_at=None).select_related("person").order_by("at")
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
