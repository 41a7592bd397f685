"""The exact content of one call: the sealed step, its slots filled with values that are kept with the attempt."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from publisher.adapters.base import PERMALINK, Receipt, Step
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Delivery, DeliveryStep, rows
from publisher.models import Receipt as StoredReceipt
from publisher.pipeline import phases, precedence, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.precedence import Standing
from publisher.pipeline.reasons import Reason


def sealed_step(delivery: Delivery, row: DeliveryStep) -> Step:
    """Return the step as it was approved, slots unfilled; taking back has only the name of what is taken back."""
    if row.takes_back:
        return Step(row.step, phases.WITHDRAW, {"step": row.takes_back})
    payload = slots.thaw(delivery.payload)
    return next(step for step in (payload.alternative if row.alternative else payload.steps) if step.id == row.step)


def slot_values(desk: Desk, delivery: Delivery, step: Step, now: datetime) -> Mapping[str, str | None]:
    """Return what fills the step's slots; None: the visa says to go without the link. Raises Refused with a Reason as its code."""
    if PERMALINK not in slots.used((step,)):
        return {}
    found = precedence.standing(desk, delivery, now)
    if not precedence.may_go(delivery, found):
        raise Refused(Reason.WEBSITE_FAILED, N_("The page was taken back at this very moment."))
    if found is not Standing.OUT:
        return {PERMALINK: None}
    address = precedence.permalink(desk, delivery, now)
    if address is None:
        raise Refused(Reason.LINK_REFUSED, N_("The page has no address on a host of the town."))
    return {PERMALINK: address}


def shared_values(desk: Desk, delivery: Delivery, step: Step, now: datetime) -> Mapping[str, str | None]:
    """Return what fills the slots that all recipients of a mailing share; the date is that of the due time. Raises Refused."""
    due = (delivery.due_at or now).astimezone(desk.config.town.zone)
    return {**slot_values(desk, delivery, step, now), slots.DATE: format_datetime(due)}


def refuse_orphan(row: DeliveryStep, receipts: Mapping[str, Receipt]) -> None:
    """Refuse a step whose predecessor has no known id: it would stand alone. Raises Refused with a Reason as its code."""
    before = receipts.get(row.after) if row.after else None
    if row.after and (before is None or before.remote_id is None):
        raise Refused(Reason.PARENT_UNKNOWN, N_("The id of the part before is not known."))


def receipts(delivery: Delivery) -> dict[str, Receipt]:
    """Return what the platform acknowledged so far, by step."""
    stored = rows.found_with(StoredReceipt, "step", "publisher_deliverystep.delivery_id = %s", delivery.pk)
    return {receipt.step.step: receipt.value for receipt in stored}
