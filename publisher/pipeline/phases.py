"""What a step's effect means for doubt: what nobody sees may be made again, what names its object may be called again."""

from collections.abc import Iterable

from publisher.adapters import base
from publisher.adapters.base import Idempotency, Traits
from publisher.models import DeliveryStep
from publisher.models.states import StepState

MEDIA = "media"
PUBLISH = "publish"
CORRECT = base.CORRECT
WITHDRAW = base.WITHDRAW


def is_unseen(effect: str, traits: Traits) -> bool:
    """Tell whether only the account sees the effect: an upload, or what a second phase makes public."""
    return effect == MEDIA or (traits.idempotency is Idempotency.TWO_PHASE and effect not in {PUBLISH, CORRECT, WITHDRAW})


def is_repeatable(effect: str, traits: Traits) -> bool:
    """Tell whether the same call a second time does nothing more: the second phase, setting right, and taking back."""
    return effect in {CORRECT, WITHDRAW} or (traits.idempotency is Idempotency.TWO_PHASE and effect == PUBLISH)


def something_online(steps: Iterable[DeliveryStep], traits: Traits) -> bool:
    """Tell whether readers see any of it."""
    return any(step.state == StepState.SENT and not step.takes_back and not is_unseen(step.effect, traits) for step in steps)
