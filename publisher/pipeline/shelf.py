"""The announcements as a list tells them: title, state, hour, author, and where each channel stands. Reads only, in few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from publisher.i18n import N_
from publisher.models import Announcement, Approval, Delivery, Version
from publisher.models.states import OPEN, AnnouncementState, DeliveryState
from publisher.pipeline import manifest, standing, status
from publisher.pipeline.approve import AWAITING
from publisher.pipeline.desk import Desk
from publisher.pipeline.schedule import in_order

SELECTIONS: Mapping[str, tuple[str, Q]] = {
    "visa": (N_("Awaiting a visa"), manifest.UNSEALED & Q(state__in=AWAITING)),
    "prevues": (N_("Planned"), manifest.COUNTS & Q(state__in=OPEN)),
    "a-regler": (N_("To be settled"), Q(state__in=[DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.FAILED])),
}
"""What is asked for often, as an address names it: its label, and the deliveries of which it has one at least."""


@dataclass(frozen=True, slots=True)
class Line:
    """An announcement; `at` is when the first of it leaves or left, None before it has a time, `by` who wrote its last version.

    `stands` is its state as people say it, in English; `deliveries` are those of each channel's last round that counts, and `purpose`
    is what the last round is for.
    """

    id: str
    title: str
    state: AnnouncementState
    stands: str
    at: datetime | None
    by: str
    purpose: str
    deliveries: Sequence[Delivery]


def names(words: str = "", selection: str = "") -> QuerySet[Announcement, str]:
    """Return the ids of the announcements, the newest first: those whose title holds the words, of a selection if it is known."""
    rows = status.names(words)
    if selection not in SELECTIONS:
        return rows
    return rows.filter(pk__in=Delivery.objects.filter(SELECTIONS[selection][1]).values("announcement"))


def lines(desk: Desk, names: Sequence[str]) -> list[Line]:
    """Return these announcements, in this order."""
    last = {version.announcement_id: version for version in _versions(names)}
    deliveries = defaultdict(list)
    for delivery in _deliveries(names):
        deliveries[delivery.announcement_id].append(delivery)
    return [_line(desk, last[name], deliveries[name]) for name in names]


def _line(desk: Desk, version: Version, deliveries: Sequence[Delivery]) -> Line:
    rows = in_order(desk, deliveries)
    at = min((row.due_at for row in rows if row.due_at), default=None)
    state = status.state(rows, desk.config.approval.required)
    purpose = max(rows, key=lambda row: row.round).purpose
    stands, latest = standing.announcement(state, rows), in_order(desk, standing.latest(rows))
    return Line(version.announcement_id, version.title, state, stands, at, version.editor.name, purpose, latest)


def _versions(names: Sequence[str]) -> QuerySet[Version]:
    return Version.objects.filter(announcement__in=names).select_related("editor").defer("content").order_by("number")


def _deliveries(names: Sequence[str]) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(announcement__in=names).select_related("manifest").defer("payload")
    return rows.prefetch_related(Prefetch("manifest__approvals", Approval.objects.exclude(person=None)))
