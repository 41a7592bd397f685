"""The rounds of an announcement: a later one, a correction or a withdrawal, says who asks for what, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.models import Audit, Delivery
from publisher.models.states import OPEN, DeliveryState, Purpose
from publisher.pipeline import standing
from publisher.pipeline.queue import QUEUED


@dataclass(frozen=True, slots=True)
class Asked:
    """What the last round asks for: to set right what is out, or to take it off; who wrote it, when, and why."""

    purpose: str
    by: str
    at: datetime
    reason: str


def last(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries of the last round; none of nothing."""
    number = max((row.round for row in deliveries), default=0)
    return [row for row in deliveries if row.round == number]


def asked(deliveries: Sequence[Delivery]) -> Asked | None:
    """Return what the last round asks for as long as any of it is still to be done; None for a first publication.

    Read with their manifests, versions and editors.
    """
    rows = [row for row in last(deliveries) if row.purpose != Purpose.PUBLISH]
    if not any(row.state in (*OPEN, DeliveryState.HELD) and not standing.is_sent_back(row) for row in rows):
        return None
    version = rows[0].version
    return Asked(rows[0].purpose, version.editor.name, version.created_at, reasons(rows[0].announcement_id).get(rows[0].pk, ""))


def reasons(announcement: str) -> Mapping[str, str]:
    """Return why each later round was made, by its deliveries."""
    acts = Audit.objects.filter(action=QUEUED, subject=announcement).order_by("sequence")
    return {str(delivery): str(act.detail.get("reason", "")) for act in acts for delivery in act.detail["deliveries"]}
