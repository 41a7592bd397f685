"""How a delivery stands as people say it: its state, whether it was sent back, what it was for, and what a later round made of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from publisher.i18n import N_
from publisher.models import Delivery
from publisher.models.states import AnnouncementState, DeliveryState, Purpose
from publisher.pipeline.state_words import STATES

SENT_BACK = "sent-back"
TAKEN_BACK = "taken-back"

_DONE = {Purpose.CORRECT: N_("set right"), Purpose.WITHDRAW: N_("taken off")}
"""What it means that a round of this purpose is delivered."""

_TOLD = {Purpose.CORRECT: N_("correction sent"), Purpose.WITHDRAW: N_("withdrawal sent")}
"""The same where everybody has a copy of their own, which nobody sets right or takes off."""


def words(delivery: Delivery) -> str:
    """Return how the delivery stands, in English for translation. Read with its manifest."""
    if is_sent_back(delivery):
        return N_("sent back: does not leave")
    ended = _TOLD if delivery.recipients else _DONE
    done = ended.get(Purpose(delivery.purpose)) if delivery.state == DeliveryState.DELIVERED and not delivery.reason else None
    return done or STATES[delivery.state]


def announcement(state: AnnouncementState, deliveries: Iterable[Delivery]) -> str:
    """Return how the announcement stands, in English for translation."""
    if state is AnnouncementState.DRAFT:
        return N_("sent back")
    if state is AnnouncementState.CANCELED and any(map(is_withdrawn, deliveries)):
        return _DONE[Purpose.WITHDRAW]
    return STATES[state]


def code(delivery: Delivery) -> str:
    """Return the same as a word for style sheets."""
    return SENT_BACK if is_sent_back(delivery) else delivery.state


def is_sent_back(delivery: Delivery) -> bool:
    """Tell whether the delivery went back to its author before anything of it left. Read with its manifest."""
    return delivery.state == DeliveryState.PLANNED and delivery.manifest.void_at is not None


def latest(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return of each channel the last round, unless it was canceled or sent back. Read with their manifests."""
    found: dict[str, Delivery] = {}
    for row in sorted(deliveries, key=lambda row: row.round):
        if row.channel not in found or not (row.state == DeliveryState.CANCELED or is_sent_back(row)):
            found[row.channel] = row
    return list(found.values())


def taken_off_at(delivery: Delivery, deliveries: Iterable[Delivery]) -> datetime | None:
    """Return when a later round took off what this one put online, whole; None as long as it is there."""
    after = (one for one in deliveries if one.channel == delivery.channel and one.round > delivery.round)
    return next((one.delivered_at for one in after if is_withdrawn(one) and delivery.state == DeliveryState.DELIVERED), None)


def is_withdrawn(delivery: Delivery) -> bool:
    """Tell whether this round took off all that was online on its channel."""
    return delivery.purpose == Purpose.WITHDRAW and delivery.state == DeliveryState.DELIVERED and not delivery.reason


def is_online(deliveries: Sequence[Delivery]) -> bool:
    """Tell whether anything of an announcement is still where its readers see it."""
    out = [one for one in deliveries if one.state == DeliveryState.DELIVERED and not is_withdrawn(one)]
    return any(taken_off_at(one, deliveries) is None for one in out)
