"""The report on one announcement: what left where and when, to whom, who agreed, what was set right since. Reads only."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher import storage
from publisher.i18n import _
from publisher.models import Approval, Delivery, DeliveryStep
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import rounds, standing, status
from publisher.pipeline.desk import Desk
from publisher.pipeline.schedule import found, in_order

FEW = 200
"""How many recipients are named at most for each delivery."""

_FOR_A_PERSON = (StepState.IN_DOUBT, StepState.FAILED)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody about whom a person must do something: no one knows whether they have it, or they were refused."""

    address: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """One channel: how it stands and why, when it left or is to leave, at which addresses, and how many recipients stand where.

    `stands` is the state as people say it, in English; `taken_off_at` is when a later round took off what this one put online.
    `unnamed` recipients wait for a person beside those who are named.
    """

    delivery: str
    channel: str
    label: str
    state: str
    stands: str
    reason: str
    due_at: datetime | None
    delivered_at: datetime | None
    taken_off_at: datetime | None
    urls: Sequence[str]
    counts: Mapping[str, int]
    people: Sequence[Addressee]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed, in which quality, when; without a name config.toml asks for nobody."""

    name: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """A publication, correction or withdrawal: who wrote it, when and why, who agreed, and its channels."""

    purpose: str
    title: str
    editor: str
    at: datetime
    reason: str
    agreements: Sequence[Agreement]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it, at the instant `at`; `stands` is its state as people say it, in English."""

    id: str
    title: str
    state: str
    stands: str
    at: datetime
    rounds: Sequence[Round]


def of(desk: Desk, name: str) -> Report:
    """Return the report on the announcement of this name. Raises Refused."""
    with storage.explained(desk.config):
        announcement = found(name)
        deliveries = in_order(desk, announcement.deliveries.select_related("version__editor", "manifest__version__editor"))
        numbered: dict[int, list[Delivery]] = {}
        for row in deliveries:
            numbered.setdefault(row.round, []).append(row)
        told = [_round(desk, rows, rounds.reasons(announcement.id), deliveries) for rows in numbered.values()]
        state = status.state(deliveries, desk.config.approval.required)
        stands = standing.announcement(state, deliveries)
        return Report(announcement.id, deliveries[-1].version.title, state, stands, desk.now(), told)


def _round(desk: Desk, rows: Sequence[Delivery], reasons: Mapping[str, str], all_of_them: Sequence[Delivery]) -> Round:
    first = rows[0]
    return Round(
        purpose=first.purpose,
        title=first.version.title,
        editor=first.version.editor.name,
        at=first.version.created_at,
        reason=reasons.get(first.id, ""),
        agreements=[*_agreements(rows)],
        lines=[_line(desk, row, standing.taken_off_at(row, all_of_them)) for row in rows],
    )


def _agreements(rows: Sequence[Delivery]) -> Iterator[Agreement]:
    """Yield who agreed to what is valid of it; a manifest that was voided since counts no more."""
    given = Approval.objects.filter(manifest__in={row.manifest_id for row in rows}, manifest__void_at=None)
    for row in given.select_related("person").order_by("at", "pk"):
        yield Agreement(row.person.name if row.person else "", row.kind, row.at)


def _line(desk: Desk, row: Delivery, taken_off_at: datetime | None) -> Line:
    channel = desk.channels.get(row.channel)
    steps = row.steps.order_by("position").select_related("receipt")
    sent = [step for step in steps.filter(recipient="", state=StepState.SENT) if not step.takes_back]
    counts = Counter(row.steps.exclude(recipient="").values_list("state", flat=True))
    people = [_addressee(step) for step in steps.exclude(recipient="").filter(state__in=_FOR_A_PERSON)[:FEW]]
    return Line(
        delivery=row.id,
        channel=row.channel,
        label=_(channel.adapter.traits.label) if channel else row.kind,
        state=row.state,
        stands=standing.words(row),
        reason=row.reason,
        due_at=row.due_at,
        delivered_at=row.delivered_at if row.state == DeliveryState.DELIVERED else None,
        taken_off_at=taken_off_at,
        urls=list(dict.fromkeys(step.receipt.url for step in sent if step.receipt.url)),
        counts=counts,
        people=people,
        unnamed=sum(counts[state] for state in _FOR_A_PERSON) - len(people),
    )


def _addressee(step: DeliveryStep) -> Addressee:
    return Addressee(step.recipient, step.name, step.state)
