"""What a glance must tell: what is asked of somebody, what is held, what leaves next, what went out last. Reads only, and few rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from publisher.adapters.base import HandsOver
from publisher.i18n import _
from publisher.models import Actor, Audit, Delivery, Manifest, Role, Trouble, Version
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import approve, handover, manifest
from publisher.pipeline.desk import Desk
from publisher.pipeline.drafts import TAKEN_UP
from publisher.pipeline.people import WRITERS
from publisher.pipeline.schedule import in_order

AHEAD = timedelta(hours=48)
FEW = 20
CHANNELS = 8
"""How many deliveries are read for each line at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """An announcement with those of its deliveries that stand alike: since or from when, and why."""

    announcement: str
    title: str
    at: datetime | None
    reason: str
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery that waits for a person to publish it, what is asked of them, and whether who looks may take it, or say what was done.

    `is_mine`: who looks has the text in hand.
    """

    delivery: Delivery
    task: handover.Task
    may_say: bool
    is_mine: bool


def handovers(desk: Desk, actor: Actor) -> list[Handed]:
    """Return what waits for somebody to publish it, or to take it off, by hand: the oldest first."""
    rows = Delivery.objects.filter(handover.WITH_PEOPLE).select_related("version", "manifest", "taken_by", "announcement")
    return [one for row in rows.order_by("due_at", "pk")[:FEW] if (one := handed(desk, actor, row))]


def handed(desk: Desk, actor: Actor, delivery: Delivery) -> Handed | None:
    """Return what is asked of people for a delivery, late or not; None if nothing is."""
    task = handover.task(desk, delivery)
    if task is None:
        return None
    may_say = actor.person is not None and actor.person.role in WRITERS
    return Handed(delivery, task, may_say, is_mine=task.holder is not None and task.holder == actor.person)


def asked_of(actor: Actor) -> list[Version]:
    """Return the versions that await this person's agreement, the one that leaves first on top: at `first`, None for when approved."""
    unsealed = Delivery.objects.filter(manifest.UNSEALED, state__in=approve.AWAITING)
    drawn = Manifest.objects.filter(pk__in=unsealed.values("manifest")).select_related("version__editor")
    waiting = [each for each in drawn.order_by("-pk")[: 5 * FEW] if approve.may_agree(actor, each)]
    rows = Delivery.objects.filter(version=OuterRef("pk"))
    due = rows.filter(due_at__isnull=False).order_by("due_at").values("due_at")[:1]
    purpose = Subquery(rows.order_by("pk").values("purpose")[:1])
    versions = Version.objects.filter(pk__in=[each.version_id for each in waiting]).annotate(first=Subquery(due), purpose=purpose)
    return list(versions.select_related("editor").defer("content").order_by(F("first").asc(nulls_last=True), "pk")[:FEW])


def returned_to(actor: Actor) -> list[tuple[Version, str]]:
    """Return what was sent back to this person, who has not taken it up again yet, with the word that came with it; the last on top."""
    back = Delivery.objects.filter(state=DeliveryState.PLANNED, manifest__void_at__isnull=False, version__editor=actor.person)
    versions = {one.announcement_id: one for one in Version.objects.filter(pk__in=back.values("version")).defer("content")}
    words: dict[str, str] = {}
    for act in Audit.objects.filter(subject__in=versions, action__in=(approve.REJECTED, TAKEN_UP)).order_by("-sequence"):
        words.setdefault(act.subject, str(act.detail["reason"]) if act.action == approve.REJECTED else "")
    return [(versions[name], word) for name, word in words.items() if word][:FEW]


def held(desk: Desk) -> list[Line]:
    """Return what waits for a person's decision, the oldest first; not what is in their hands."""
    by_hand = [name for name, channel in desk.channels.items() if isinstance(channel.adapter, HandsOver)]
    in_hands = handover.WITH_PEOPLE & (Q(channel__in=by_hand) | Q(taken_by__isnull=False))
    rows = Delivery.objects.filter(state=DeliveryState.HELD).exclude(in_hands)
    return _lines(desk, rows.order_by("due_at", "pk"), "due_at")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would keep an announcement from leaving on a channel, and before when it is to be settled."""

    announcement: str
    title: str
    channel: str
    before: datetime
    told: str


def troubles(desk: Desk, actor: Actor) -> list[Ahead]:
    """Return what was found before its time and is not settled: all of it for administrators, an author's own; the most urgent first."""
    rows = Trouble.objects.filter(closed_at=None).order_by("before", "pk")[: 5 * FEW]
    latest = {row.announcement_id: row for row in _versions(row.announcement_id for row in rows)}
    is_administrator = actor.person is not None and actor.person.role == Role.ADMINISTRATOR
    mine = [
        Ahead(row.announcement_id, version.title, row.channel, row.before, sentence(desk, row))
        for row in rows
        if (version := latest[row.announcement_id]) and (is_administrator or version.editor == actor.person)
    ]
    return mine[:FEW]


def sentence(desk: Desk, trouble: Trouble) -> str:
    """Return what was found, in the current language."""
    return str(_(str(trouble.told["sentence"])) % desk.titled(trouble.told["params"]))


def _versions(announcements: Iterable[str]) -> QuerySet[Version]:
    """Return the versions of announcements, the last one of each at the end."""
    rows = Version.objects.filter(announcement__in=set(announcements)).select_related("editor")
    return rows.defer("content").order_by("announcement", "number")


def coming(desk: Desk) -> list[Line]:
    """Return what leaves within two days, the earliest first."""
    agreed = Delivery.objects.filter(manifest.COUNTS, state__in=OPEN)
    return _lines(desk, agreed.filter(due_at__lte=desk.now() + AHEAD).order_by("due_at", "pk"), "due_at")


def out(desk: Desk) -> list[Line]:
    """Return what went out last, the latest first."""
    delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED, delivered_at__isnull=False)  # as its index knows them
    return _lines(desk, delivered.order_by("-delivered_at", "pk"), "delivered_at")


def _lines(desk: Desk, rows: QuerySet[Delivery], time: str) -> list[Line]:
    """Bring together what belongs to one round of an announcement and stands alike, in the order of the first of them."""
    found: dict[tuple[str, int, str], list[Delivery]] = {}
    for row in rows.select_related("version").defer("payload", "version__content")[: FEW * CHANNELS]:
        found.setdefault((row.announcement_id, row.round, row.reason), []).append(row)
    lines = ((key, in_order(desk, group), getattr(group[0], time)) for key, group in found.items())
    return [Line(key[0], group[0].version.title, at, key[2], group) for key, group, at in lines][:FEW]
