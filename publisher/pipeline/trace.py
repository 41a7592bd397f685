"""What became of one delivery, step by step: each call with its hour, its outcome and what the platform answered, word for word."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from publisher import storage
from publisher.adapters.base import Finds, Leads
from publisher.adapters.registry import Channel
from publisher.errors import Refused
from publisher.i18n import N_, _
from publisher.models import Attempt, Delivery, DeliveryStep, Receipt
from publisher.models.states import AttemptState, StepState
from publisher.pipeline import sheet, slots, standing
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason
from publisher.pipeline.schedule import named
from publisher.pipeline.sheet import Part, Sheet

SHORT = 1_500
"""Characters of an answer that are shown; the whole of it is kept."""

FEW = 100
"""How many recipients are named at most, and how many calls of one step are shown, the last ones."""

_TO_DECIDE = (StepState.IN_DOUBT, StepState.FAILED)


class Sight(StrEnum):
    """What was seen on the platform of a call whose end is not known."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when it was made and answered, what became of it, in words and in the platform's own; `is_cut`: there was more."""

    number: int
    at: datetime
    ended_at: datetime | None
    state: str
    told: str
    answer: str
    is_cut: bool
    dismissed_by: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody of whom a person must know: in doubt, or refused."""

    address: str
    name: str
    state: str
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step; of a mailing how many recipients stand where, and those in doubt or refused, of whom `unnamed` more are not listed."""

    step: str
    state: str
    at: datetime | None
    url: str | None
    calls: Sequence[Call]
    counts: Mapping[str, int]
    people: Sequence[Addressee]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A delivery with all that is known of it.

    `sight` is what was seen on the platform, None where there was nothing to look for; `alternative` is the text sealed for the case
    that the platform refuses a part. `account_page` is where a person can look at the account, empty if there is no such page.
    """

    delivery: Delivery
    sheet: Sheet
    rungs: Sequence[Rung]
    sight: Sight | None
    doubtful: Sequence[DeliveryStep]
    alternative: Sequence[Part]
    account_page: str


def of(desk: Desk, announcement: str, name: str) -> Trace:
    """Return what became of the delivery of this name. Raises Refused: the announcement has none such."""
    with storage.explained(desk.config):
        delivery = next((row for row in named(name) if (row.id, row.announcement_id) == (name, announcement)), None)
        if delivery is None:
            raise Refused("unknown-id", N_("There is no delivery “%(id)s” of this announcement."), id=name)
        doubtful = list(delivery.steps.filter(state=StepState.IN_DOUBT).order_by("position")[:FEW])
        sight = _sight(desk, delivery) if doubtful else None
        alternative = [*sheet.parts(slots.thaw(delivery.payload).alternative)]
        return Trace(
            delivery,
            replace(sheet.one(delivery), taken_off_at=standing.taken_off_at(delivery, named(announcement))),
            [*_rungs(delivery)],
            sight,
            doubtful,
            alternative,
            _account_page(desk.channels.get(delivery.channel), delivery),
        )


def _account_page(channel: Channel | None, delivery: Delivery) -> str:
    """Return where the account can be looked at for which the delivery is sealed: config.toml may name another one meanwhile."""
    if channel is None or not isinstance(channel.adapter, Leads) or channel.settings.account != delivery.account:
        return ""
    address = channel.adapter.account_page()
    return address if slots.host(address) else ""


def _sight(desk: Desk, delivery: Delivery) -> Sight:
    channel = desk.channels.get(delivery.channel)
    if delivery.reason == Reason.UNREADABLE:
        return Sight.UNREADABLE
    return Sight.ABSENT if channel and isinstance(channel.adapter, Finds) else Sight.BLIND


def _rungs(delivery: Delivery) -> Iterator[Rung]:
    """Yield the steps in their order; those for many people as one."""
    if delivery.recipients:
        yield from _mailings(delivery)
    rows = delivery.steps.filter(recipient="").select_related("receipt").prefetch_related("attempts__dismissed_by").order_by("position")
    for row in rows:
        receipt = getattr(row, "receipt", None)
        at, url = (receipt.at or receipt.recorded_at, receipt.url) if receipt else (None, None)
        yield Rung(row.step, row.state, at, url, _calls(row, receipt), {}, (), 0)


def _mailings(delivery: Delivery) -> Iterator[Rung]:
    told = delivery.steps.exclude(recipient="").order_by("position")
    for step in dict.fromkeys(told.values_list("step", flat=True)):
        counts = Counter(told.filter(step=step).values_list("state", flat=True))
        open_ = told.filter(step=step, state__in=_TO_DECIDE)
        people = [_addressee(row) for row in open_.prefetch_related("attempts__dismissed_by")[:FEW]]
        last = Receipt.objects.filter(step__delivery=delivery, step__step=step).order_by("-recorded_at").first()
        state = next(one for one in _GRAVEST_FIRST if counts[one])
        yield Rung(
            step, state, last.recorded_at if last else None, None, (), counts, people, sum(counts[s] for s in _TO_DECIDE) - len(people)
        )


_GRAVEST_FIRST = (StepState.IN_DOUBT, StepState.FAILED, StepState.PENDING, StepState.SENT, StepState.DROPPED)


def _addressee(row: DeliveryStep) -> Addressee:
    return Addressee(row.recipient, row.name, row.state, _calls(row, None))


def _calls(row: DeliveryStep, receipt: Receipt | None) -> list[Call]:
    attempts = sorted(row.attempts.all(), key=lambda attempt: attempt.number)[-FEW:]
    return [_call(attempt, receipt) for attempt in attempts]


def _call(attempt: Attempt, receipt: Receipt | None) -> Call:
    answer = _answer(attempt, receipt)
    return Call(
        number=attempt.number,
        at=attempt.intent_at,
        ended_at=attempt.outcome_at,
        state=attempt.state,
        told=_(attempt.sentence) % attempt.params if attempt.sentence else "",
        answer=answer[:SHORT],
        is_cut=len(answer) > SHORT,
        dismissed_by=attempt.dismissed_by.name if attempt.dismissed_by else "",
    )


def _answer(attempt: Attempt, receipt: Receipt | None) -> str:
    """Return what the platform said: status, headers and body of what went wrong, else what the receipt kept."""
    told = attempt.evidence
    lines = [str(told["status"])] if told.get("status") else []
    lines += [f"{name}: {value}" for name, value in dict(told.get("headers") or {}).items()]
    lines += ["", str(told["body"])] if told.get("body") else []
    if lines or receipt is None or attempt.state not in (AttemptState.ACCEPTED, AttemptState.FOUND):
        return "\n".join(lines).strip()
    return json.dumps(receipt.answer, ensure_ascii=False, indent=1) if receipt.answer else ""
