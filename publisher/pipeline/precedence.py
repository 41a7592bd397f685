"""Website first: whether the channels that must be out before a delivery are, and the address that they give it."""

from datetime import datetime, timedelta
from enum import StrEnum

from publisher.adapters.base import Shows
from publisher.models import Delivery, Receipt, rows
from publisher.models.states import DeliveryState, Purpose
from publisher.pipeline import slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import WEBSITE_FAILS, WITHOUT_LINK
from publisher.pipeline.reasons import Reason

SEEN_WITHIN = timedelta(minutes=10)
"""How long readers may not see a published page before its dependents are held, or go without the link."""

_LOST = (DeliveryState.FAILED, DeliveryState.CANCELED, DeliveryState.MISSED)
_TAKING_BACK = (DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.DELIVERED)
_BEFORE = """
announcement_id = %s AND id <> %s AND channel IN ({channels}) AND (round <= %s OR (purpose = %s AND (state IN (%s, %s, %s) OR (
  state = %s AND due_at <= %s AND manifest_id IN (SELECT id FROM publisher_manifest WHERE sealed_at IS NOT NULL AND void_at IS NULL)
)))) ORDER BY round, id
"""


class Standing(StrEnum):
    """Where what must be first stands; the later in this list, the worse."""

    OUT = "out"
    WAITING = "waiting"
    UNSEEN = "unseen"
    NEVER_SEEN = "never-seen"
    LOST = "lost"


WHY = {
    Standing.WAITING: Reason.WAITING_FOR_CHANNEL,
    Standing.UNSEEN: Reason.WAITING_FOR_READERS,
    Standing.NEVER_SEEN: Reason.WEBSITE_UNSEEN,
    Standing.LOST: Reason.WEBSITE_FAILED,
}
"""Why a delivery does not leave for what must be out first."""


def standing(desk: Desk, delivery: Delivery, now: datetime) -> Standing:
    """Return the worst standing of the channels that the delivery waits for."""
    found = {other.channel: other for other in _before(delivery, now)}
    order = list(Standing)
    return max((_standing(desk, found.get(name), now) for name in delivery.after), key=order.index, default=Standing.OUT)


def may_go(delivery: Delivery, found: Standing) -> bool:
    """Tell whether the delivery may leave: what must be first is out, or was lost and the visa says “without link”."""
    if delivery.policies.get(WEBSITE_FAILS) == WITHOUT_LINK:
        return found in {Standing.OUT, Standing.NEVER_SEEN, Standing.LOST}
    return found is Standing.OUT


def permalink(desk: Desk, delivery: Delivery, now: datetime) -> str | None:
    """Return the address that fills the delivery's permalink slot: on a host of the town, and seen by readers; None without one."""
    for other in reversed(_before(delivery, now)):
        channel = desk.channels.get(other.channel)
        if channel is None or not channel.adapter.traits.permalink or other.state != DeliveryState.DELIVERED:
            continue
        for receipt in Receipt.objects.filter(step__delivery=other):
            if slots.leads_to(receipt.url, hosts(desk, other.channel)):
                return receipt.url
    return None


def _before(delivery: Delivery, now: datetime) -> list[Delivery]:
    """Return the deliveries of the channels that must be out first, of this round or of those before, the latest round last.

    What takes them back counts in whichever round: what leaves now would lead to a page that is gone.
    """
    if not delivery.after:
        return []
    channels = ", ".join(["%s"] * len(delivery.after))
    taking_back = (Purpose.WITHDRAW, *_TAKING_BACK, DeliveryState.PLANNED, now)
    told = (delivery.announcement_id, delivery.pk, *delivery.after, delivery.round, *taking_back)
    return rows.found(Delivery, _BEFORE.format(channels=channels), *told)


def _standing(desk: Desk, other: Delivery | None, now: datetime) -> Standing:
    if other is None or other.state in _LOST or (other.purpose == Purpose.WITHDRAW and other.state == DeliveryState.DELIVERED):
        return Standing.LOST
    if other.state != DeliveryState.DELIVERED:
        return Standing.WAITING
    channel = desk.channels.get(other.channel)
    if other.seen_at or channel is None or not isinstance(channel.adapter, Shows):
        return Standing.OUT
    looked = other.retry_at is not None and other.retry_at > now  # just now: whoever resumes a dependent has put the website right
    return Standing.NEVER_SEEN if looked and now - (other.delivered_at or now) >= SEEN_WITHIN else Standing.UNSEEN


def hosts(desk: Desk, channel: str) -> set[str]:
    """Return the hosts that a link may lead to: the town's website, and the address that the channel itself is configured with."""
    addresses = (desk.config.town.site_url, getattr(desk.channels[channel].settings, "url", None))
    return {host for address in addresses if address and (host := slots.host(address))}
