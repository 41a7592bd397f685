"""A rehearsal: an act is carried out in full, looked at, and undone; nothing of it is stored."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from publisher import storage
from publisher.adapters.base import Step
from publisher.models import Delivery
from publisher.models.states import OPEN, StepState
from publisher.pipeline import content
from publisher.pipeline.desk import Desk


@contextmanager
def undone(desk: Desk) -> Iterator[None]:
    """Undo at its end whatever the block writes to the database. Raises StorageError."""
    with storage.explained(desk.config), transaction.atomic():
        yield
        transaction.set_rollback(True)


def ahead(delivery: Delivery) -> list[Step]:
    """Return the steps that the service would now send of a delivery, in order, slots unfilled."""
    if delivery.state not in OPEN:
        return []
    return [content.sealed_step(delivery, row) for row in delivery.steps.filter(state=StepState.PENDING).order_by("position")]
