"""What a person may decide about a held delivery in this very case: each decision asks the act itself whether it would be refused."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from publisher import storage
from publisher.errors import Refused
from publisher.models import Actor, Delivery, Person
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import handover, hold, phases, resolve, schedule
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason

_STUCK = (StepState.IN_DOUBT, StepState.FAILED)


class Decision(StrEnum):
    """What can be decided, in the order in which it is offered."""

    TAKE = "take"
    BY_HAND = "by-hand"
    GIVE_BACK = "give-back"
    PUBLISHED = "published"
    SEND_AGAIN = "send-again"
    REPLACE = "replace"
    RESUME = "resume"
    MOVE = "move"
    DROP = "drop"


OF_PEOPLE = (Decision.TAKE, Decision.BY_HAND, Decision.GIVE_BACK)
"""What is said of a text that people publish."""

LETS_LEAVE = frozenset(Decision) - {Decision.DROP, Decision.TAKE}
"""After these decisions something may leave."""


def offered(desk: Desk, actor: Actor, delivery: Delivery) -> list[Decision]:
    """Return what this person may decide about the delivery now; nothing while the service still finds out what became of a call."""
    if delivery.state == DeliveryState.MISSED or handover.is_in_hand(delivery):
        return [decision for decision in OF_PEOPLE if _is_open(_CHECKS[decision], desk, actor, delivery)]
    if delivery.state != DeliveryState.HELD or delivery.reason == Reason.CANCEL_REQUESTED:
        return []
    with storage.explained(desk.config):
        return [decision for decision, check in _CHECKS.items() if _is_open(check, desk, actor, delivery)]


def can_resume(desk: Desk, name: str) -> bool:
    """Tell whether all that is held of an announcement may simply go on. Raises Refused (`unknown-id`)."""
    with storage.explained(desk.config):
        held = [delivery for delivery in schedule.named(name) if delivery.state == DeliveryState.HELD]
        return bool(held) and all(_is_open(_resume, desk, Actor(), delivery) for delivery in held)


def said_before(delivery: Delivery) -> list[Person]:
    """Return who has already said that it is not online and shall be sent now."""
    return list(Person.objects.filter(pk__in=delivery.send_again).order_by("name"))


def is_partly_out(desk: Desk, delivery: Delivery) -> bool:
    """Tell whether readers see a part of it, which a person who gives up the rest leaves out there."""
    channel = desk.channels.get(delivery.channel)
    return channel is not None and phases.something_online(delivery.steps.all(), channel.adapter.traits)


_Check = Callable[[Desk, Actor, Delivery], bool]
"""Tells whether a decision is open; what the act itself refuses is not."""


def _is_open(check: _Check, desk: Desk, actor: Actor, delivery: Delivery) -> bool:
    try:
        schedule.refuse_during_call(delivery, desk.now())
        return check(desk, actor, delivery)
    except Refused:
        return False


def _by_hand(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    return handover.task(desk, delivery) is not None


def _take(desk: Desk, actor: Actor, delivery: Delivery) -> bool:
    handover.to_take(desk, actor, delivery)
    return True


def _give_back(_desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    return handover.is_in_hand(delivery)


def _published(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    desk.channel(delivery.channel)
    return resolve.seen_by_people(delivery).exists()


def _send_again(desk: Desk, actor: Actor, delivery: Delivery) -> bool:
    desk.channel(delivery.channel)
    resolve.refuse_to_send_again(actor, delivery)
    return delivery.steps.filter(state__in=_STUCK).exists()


def _replace(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    resolve.refuse_to_replace(delivery, desk.channel(delivery.channel))
    return True


def _resume(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    schedule.not_overtaken([delivery])
    hold.refuse_to_resume(desk, delivery)
    return True


def _move(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    return bool(schedule.open_to_move(desk, delivery.id))


def _drop(desk: Desk, _actor: Actor, delivery: Delivery) -> bool:
    desk.channel(delivery.channel)
    return True


_CHECKS: Mapping[Decision, _Check] = {
    Decision.TAKE: _take,
    Decision.BY_HAND: _by_hand,
    Decision.GIVE_BACK: _give_back,
    Decision.PUBLISHED: _published,
    Decision.SEND_AGAIN: _send_again,
    Decision.REPLACE: _replace,
    Decision.RESUME: _resume,
    Decision.MOVE: _move,
    Decision.DROP: _drop,
}
