"""The states of delivery.md §2, the same words in database, JSON and pages, and the only moves between them. No Django here."""

from collections.abc import Mapping
from enum import StrEnum


class AnnouncementState(StrEnum):
    """Derived from the deliveries and the manifest; kept nowhere."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    PLANNED = "planned"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTIAL = "partial"
    FAILED = "failed"
    HELD = "held"
    MISSED = "missed"
    CANCELED = "canceled"


class Purpose(StrEnum):
    """What a delivery is for."""

    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


class DeliveryState(StrEnum):
    """Where an announcement stands on one channel."""

    PLANNED = "planned"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"
    MISSED = "missed"
    CANCELED = "canceled"


class StepState(StrEnum):
    """Where one remote effect stands."""

    PENDING = "pending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    DROPPED = "dropped"


class AttemptState(StrEnum):
    """What became of one call."""

    INTENT = "intent"
    ACCEPTED = "accepted"
    FOUND = "found"
    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    DISMISSED = "dismissed"


ALIVE = (AttemptState.INTENT, AttemptState.IN_DOUBT, AttemptState.ACCEPTED, AttemptState.FOUND)
"""At most one attempt of a step is in one of these."""

OPEN = (DeliveryState.PLANNED, DeliveryState.SENDING)
"""The service works by itself on deliveries in one of these, and on no other."""

# A missed or failed delivery shows nothing to readers, so a person may plan it again, with a new visa; delivered and canceled are for good.
# Held goes to delivered and failed because the truth of a call under way wins over a hold that came during it.
DELIVERY_MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PLANNED: frozenset({DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.CANCELED}),
    DeliveryState.SENDING: frozenset(set(DeliveryState) - {DeliveryState.SENDING}),
    DeliveryState.HELD: frozenset(set(DeliveryState) - {DeliveryState.HELD, DeliveryState.MISSED}),
    DeliveryState.MISSED: frozenset({DeliveryState.PLANNED, DeliveryState.CANCELED}),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.FAILED: frozenset({DeliveryState.PLANNED, DeliveryState.CANCELED}),
    DeliveryState.CANCELED: frozenset(),
}

# A sent step is dropped only when it was taken back to make room for the alternative of its thread.
STEP_MOVES: Mapping[StepState, frozenset[StepState]] = {
    StepState.PENDING: frozenset({StepState.SENT, StepState.IN_DOUBT, StepState.FAILED, StepState.DROPPED}),
    StepState.IN_DOUBT: frozenset({StepState.SENT, StepState.PENDING, StepState.FAILED, StepState.DROPPED}),
    StepState.SENT: frozenset({StepState.DROPPED}),
    StepState.FAILED: frozenset({StepState.PENDING, StepState.DROPPED}),
    StepState.DROPPED: frozenset(),
}

# Never from intent to dismissed: what may have left is in doubt first.
ATTEMPT_MOVES: Mapping[AttemptState, frozenset[AttemptState]] = {
    AttemptState.INTENT: frozenset(
        {
            AttemptState.ACCEPTED,
            AttemptState.FOUND,
            AttemptState.NOT_SENT,
            AttemptState.REJECTED,
            AttemptState.IN_DOUBT,
        }
    ),
    AttemptState.IN_DOUBT: frozenset({AttemptState.FOUND, AttemptState.DISMISSED}),
    AttemptState.ACCEPTED: frozenset(),
    AttemptState.FOUND: frozenset(),
    AttemptState.NOT_SENT: frozenset(),
    AttemptState.REJECTED: frozenset(),
    AttemptState.DISMISSED: frozenset(),
}
