"""What a person does in the place of a channel that sends nothing: the exact text at its time, and what becomes of it (delivery.md §4).

Everything up to the claim is as on any other channel. There the delivery goes to its people instead of to a call, without an attempt:
nothing is called, so that nothing can be in doubt.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from publisher.adapters.base import WITHDRAW, Handover, HandsOver, Receipt, Step
from publisher.adapters.registry import Channel
from publisher.errors import Refused
from publisher.i18n import N_, _
from publisher.models import Actor, Audit, Delivery, DeliveryStep, Pause, Person, audit
from publisher.models.channel import EVERYTHING
from publisher.models.moves import Outrun, move, note
from publisher.models.people import SERVICE
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import content, manifest, precedence, schedule, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import shown
from publisher.pipeline.reasons import Reason, told
from publisher.pipeline.tenure import Tenure

LONGEST = 2_000
"""Characters of an address."""


GIVEN_BACK = "delivery.given-back"
"""The act of the audit by which somebody said that whoever had the text did not publish it."""

_NOBODY_ASKED = N_("%(id)s: nobody was asked to publish it by hand.")

WITH_PEOPLE = Q(state=DeliveryState.HELD) & (Q(reason=Reason.BY_HAND) | Q(taken_by__isnull=False))
"""Of deliveries: those that wait for somebody to take them, and those that somebody has in hand."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a person.

    `trouble` says what stands against it by now, and `is_late` that the time for it is over: nobody shall publish it then. `holder`
    has had the text since `since`; None while it waits for somebody to take it. `may_be_out`: somebody has it, or a copy of the data
    directory, or a run that is over, may have known who.
    """

    step: str
    asks: Handover
    takes_off: bool
    trouble: str
    is_late: bool
    holder: Person | None
    since: datetime | None
    may_be_out: bool

    @property
    def may_go_on(self) -> bool:
        """Whether somebody may take the text, or publish the one that they took."""
        return not self.trouble and not self.is_late


def reason(desk: Desk, delivery: Delivery) -> Reason:
    """Return why a delivery whose time has come is held: it waits for a person to publish it, or its text cannot be completed."""
    try:
        step = _filled(desk, delivery, _row(delivery))
    except Refused as error:
        return Reason(error.code)
    return Reason.SLOT_UNFILLED if slots.is_empty(step) else Reason.BY_HAND


def task(desk: Desk, delivery: Delivery) -> Task | None:
    """Return what a person is asked to do for the delivery, or may still say that they did; None if that is not what it waits for."""
    channel = _served(desk, delivery)
    if not is_with_people(delivery) or (channel is None and not is_in_hand(delivery)):
        return None
    row = _row(delivery)
    trouble = _trouble(desk, delivery, channel) if channel else told(Reason.CHANNEL_MISSING)
    try:
        step = _filled(desk, delivery, row)
    except Refused as error:
        step, trouble = content.sealed_step(delivery, row), trouble or _(error.sentence) % error.params
    late = delivery.state == DeliveryState.MISSED or (delivery.not_after is not None and delivery.not_after < desk.now())
    holder = delivery.taken_by if is_in_hand(delivery) else None
    return Task(
        row.step,
        channel.adapter.handover(step) if channel and isinstance(channel.adapter, HandsOver) else Handover(""),
        row.effect == WITHDRAW,
        trouble,
        late,
        holder,
        delivery.taken_at,
        holder is not None or not is_handed_over(delivery),
    )


def is_handed_over(delivery: Delivery) -> bool:
    """Tell whether the delivery waits for a person to publish it, or to say that they did."""
    return delivery.state == DeliveryState.HELD and delivery.reason == Reason.BY_HAND


def is_in_hand(delivery: Delivery) -> bool:
    """Tell whether somebody has the text, so that it may be out."""
    return delivery.state == DeliveryState.HELD and delivery.taken_by_id is not None


def is_with_people(delivery: Delivery) -> bool:
    """Tell whether a person has to do with it: it was handed over, and is held for that, or was missed or held for something else since."""
    if is_handed_over(delivery) or is_in_hand(delivery):
        return True
    if delivery.state not in (DeliveryState.MISSED, DeliveryState.HELD):
        return False
    acts = Audit.objects.filter(subject=delivery.id, action=f"delivery.{DeliveryState.HELD}")
    return any(act.detail.get("reason") == Reason.BY_HAND for act in acts)


def take(desk: Desk, actor: Actor, delivery: Delivery) -> Handover:
    """Give the text to one person, who publishes it; nobody else gets it until they answer. Raises Refused, Outrun."""
    asks = to_take(desk, actor, delivery)
    note(delivery, taken_by=actor.person, taken_at=desk.now())
    audit.record(actor, "delivery.taken", delivery.id, desk.now())
    return asks


def to_take(desk: Desk, actor: Actor, delivery: Delivery) -> Handover:
    """Return what this person would get if they took it now. Raises Refused."""
    asked = task(desk, delivery)
    if asked is None:
        raise Refused("not-by-hand", _NOBODY_ASKED, id=delivery.id)
    if asked.holder:
        sentence = N_("“%(name)s” has had this text in hand since %(since)s: ask them whether they published it.")
        since = shown(desk, asked.since or desk.now())
        raise Refused("in-hand", sentence, name=asked.holder.name, since=since)
    if not asked.may_go_on or not is_handed_over(delivery):
        sentence = N_("%(id)s must not be published now. %(why)s")
        why = asked.trouble or told(Reason.TOO_LATE if asked.is_late else delivery.reason)
        raise Refused("not-to-publish", sentence, id=delivery.id, why=why)
    _refuse_both(actor, delivery)
    return asked.asks


def _refuse_both(actor: Actor, delivery: Delivery) -> None:
    """Refuse the text to whoever gave it back in another's place: one person alone would publish what may be out. Raises Refused."""
    last = Audit.objects.filter(subject=delivery.id, action=GIVEN_BACK).order_by("sequence").last()
    if last and last.person == actor.person and last.detail["taken_by"] != actor.name:
        sentence = N_("You said that “%(name)s” did not publish this text: now another person takes it, who looks once more.")
        raise Refused("another-takes", sentence, name=last.detail["taken_by"])


def give_back(desk: Desk, actor: Actor, delivery: Delivery, *, holder: str = "", since: str = "") -> None:
    """Keep that whoever had the text did not publish it. Raises Refused, Outrun.

    `holder` names who had it, and `since` is the moment at which they took it, as whoever says so saw them: what somebody took
    meanwhile is not given back. Without either it is one's own.
    """
    taker, taken_at = delivery.taken_by, delivery.taken_at
    if taker is None or taken_at is None or not is_in_hand(delivery):
        raise Refused("not-in-hand", N_("Nobody has the text of %(id)s in hand."), id=delivery.id)
    if since != taken_at.isoformat() if since else taker.name != (holder or actor.name):
        on_page = N_("“%(name)s” has had this text in hand since %(since)s: ask them, then say so once more.")
        typed = N_("“%(name)s” has had this text in hand since %(since)s: ask them, then say “--give-back %(name)s”.")
        raise Refused("in-other-hands", on_page if since else typed, name=taker.name, since=shown(desk, taken_at))
    audit.record(actor, GIVEN_BACK, delivery.id, desk.now(), {"taken_by": taker.name})
    note(delivery, taken_by=None, taken_at=None)


def meant(desk: Desk, name: str) -> Delivery:
    """Return the one delivery of this id, or of this announcement, that a person has. Raises Refused."""
    found = [one for one in schedule.named(name) if is_in_hand(one) or (_served(desk, one) and is_with_people(one))]
    held = [delivery for delivery in found if delivery.state == DeliveryState.HELD] or found
    if len(held) != 1:
        several = N_("%(id)s: several are to be published by hand; name one of them: %(held)s.")
        raise Refused("not-by-hand", several if held else _NOBODY_ASKED, id=name, held=", ".join(delivery.id for delivery in held))
    return held[0]


def receipt(desk: Desk, actor: Actor, delivery: Delivery, url: str) -> tuple[DeliveryStep, Receipt]:
    """Return the step that a person has done, and its receipt: the address, who says so, and the text that they had. Raises Refused."""
    asked = task(desk, delivery)
    if asked is None:
        raise AssertionError(f"{delivery} is not with people")
    row, address = _row(delivery), url.strip()
    if asked.takes_off:
        return row, Receipt(row.step, None, None, desk.now(), {"done_by": actor.name})
    if address or asked.asks.has_address:
        _refuse_bad(desk, _served(desk, delivery), address)
    kept = {"done_by": actor.name, "text": asked.asks.text}
    return row, Receipt(row.step, None, address or None, desk.now(), kept)


def lapse(tenure: Tenure) -> bool:
    """Take back from people what nobody took in its time; whether there was any.

    It is planned again, so that the claim finds it too late, as it would find any other. What somebody has in hand may be out: it
    stays held until they say so.
    """
    handed = Delivery.objects.filter(state=DeliveryState.HELD, reason=Reason.BY_HAND, taken_by=None)
    late = handed.filter(not_after__lt=tenure.now())
    names = list(late.values_list("pk", flat=True)) if tenure.watch.trusted() else []
    for name in names:
        with suppress(Outrun), transaction.atomic():
            delivery = late.filter(pk=name).first()
            if delivery and tenure.lasts():
                move(delivery, DeliveryState.PLANNED, SERVICE, tenure.now(), reason="")
    return bool(names)


def _served(desk: Desk, delivery: Delivery) -> Channel | None:
    """Return the channel, as long as it is one that people serve: since the text was handed over config.toml may have changed."""
    channel = desk.channels.get(delivery.channel)
    return channel if channel and isinstance(channel.adapter, HandsOver) else None


def _trouble(desk: Desk, delivery: Delivery, channel: Channel) -> str:
    """Return what has come to stand against it since it was handed over: all that a claim would look at; empty for nothing."""
    if delivery.state == DeliveryState.HELD and delivery.reason != Reason.BY_HAND:
        return told(delivery.reason)
    objection = manifest.objection(delivery, channel, desk.config.approval.required)
    if objection:
        return told(objection)
    try:
        schedule.not_overtaken([delivery])
    except Refused as error:
        return _(error.sentence) % error.params
    if Pause.objects.filter(channel__in=[EVERYTHING, delivery.channel], ended_at=None).exists():
        return told(Reason.PAUSED)
    if not channel.settings.enabled:
        return told(Reason.CHANNEL_DISABLED)
    found = precedence.standing(desk, delivery, desk.now())
    return "" if precedence.may_go(delivery, found) else told(precedence.WHY[found])


def _row(delivery: Delivery) -> DeliveryStep:
    """Return the step whose turn it is."""
    return delivery.steps.filter(state=StepState.PENDING).order_by("position")[0]


def _filled(desk: Desk, delivery: Delivery, row: DeliveryStep) -> Step:
    """Return the step as it is to be published now. Raises Refused with a Reason as its code."""
    sealed = content.sealed_step(delivery, row)
    return slots.fill(sealed, content.slot_values(desk, delivery, sealed, desk.now()))


def _refuse_bad(desk: Desk, channel: Channel | None, address: str) -> None:
    """Refuse what is no address that readers can be sent to. Raises Refused."""
    host = slots.host(address)
    if host is None or not slots.leads_to(address, {host}) or not address.startswith("https://") or len(address) > LONGEST:
        sentence = N_("“%(url)s” is not an address: open what you published, and copy its address from the browser (https://…).")
        raise Refused("not-an-address", sentence, url=address)
    if channel and channel.adapter.traits.permalink and not slots.leads_to(address, precedence.hosts(desk, channel.name)):
        sentence = N_("“%(url)s” is not on the town's website (site_url), and the other channels may not link to elsewhere: check it.")
        raise Refused("link-refused", sentence, url=address)
