"""How a person answers a held delivery: it is online, I published it, send it again (two people), drop it, or take the single text."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from publisher import crashpoints, storage
from publisher.adapters.base import Handover, Withdraws
from publisher.adapters.registry import Channel
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Delivery, DeliveryStep, Kind, Person, Role, audit
from publisher.models.moves import move, note
from publisher.models.states import AttemptState, DeliveryState, StepState
from publisher.pipeline import handover, manifest, newcomers, outcome, phases, schedule, sightings, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import RESUMABLE, Reason
from publisher.pipeline.schedule import named

_UNSETTLED = (StepState.PENDING, StepState.IN_DOUBT, StepState.FAILED)


def published(desk: Desk, actor: Actor, name: str, url: str, step: str | None = None) -> Delivery:
    """Keep that a step in doubt is online at this address; the rest goes on inside the agreed time. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        delivery, channel = _held(desk, name)
        row = _one_in_doubt(delivery, step)
        if row.effect == phases.WITHDRAW:
            sentence = N_("%(id)s takes back what is online: if it still is, try again with --send-again, or leave it online with --drop.")
            raise Refused("is-withdrawal", sentence, id=delivery.id)
        attempt = row.attempts.get(state=AttemptState.IN_DOUBT)
        receipt = sightings.receipt(channel, attempt, url, desk.now(), actor)
        move(attempt, AttemptState.FOUND, actor, desk.now(), look_at=None, outcome_at=desk.now())
        outcome.keep_receipt(row, receipt, actor, desk.now())
        _settled(desk, actor, delivery, channel)
    return delivery


def by_hand(desk: Desk, actor: Actor, name: str, url: str = "") -> Delivery:
    """Keep that a person has done what they were asked to do, and where it stands now, even if they say so too late. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        delivery = handover.meant(desk, name)
        row, receipt = handover.receipt(desk, actor, delivery, url)
        if delivery.state == DeliveryState.MISSED:
            move(delivery, DeliveryState.PLANNED, actor, desk.now(), reason="")
            move(delivery, DeliveryState.HELD, actor, desk.now(), reason=Reason.BY_HAND)
        audit.record(actor, "delivery.by-hand", delivery.id, desk.now(), {"url": receipt.url})
        outcome.keep_receipt(row, receipt, actor, desk.now())
        crashpoints.visit("by-hand.kept")
        _carry_on(desk, actor, delivery, desk.channels.get(delivery.channel))
    return delivery


def take(desk: Desk, actor: Actor, name: str) -> tuple[Delivery, Handover]:
    """Take what waits for somebody to publish it by hand, and return it with the text: nobody else gets it meanwhile. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        delivery = handover.meant(desk, name)
        asks = handover.take(desk, actor, delivery)
    return delivery, asks


def give_back(desk: Desk, actor: Actor, name: str, *, holder: str = "", since: str = "") -> Delivery:
    """Keep that whoever had the text did not publish it: it waits for somebody again, or is canceled if that was asked. Raises Refused.

    `holder` and `since` say whose, as in `handover.give_back`.
    """
    with storage.explained(desk.config), transaction.atomic():
        delivery = handover.meant(desk, name)
        handover.give_back(desk, actor, delivery, holder=holder, since=since)
        if delivery.reason == Reason.CANCELED_IN_HAND:
            outcome.cancel(delivery, actor, desk.now())
    return delivery


def drop(desk: Desk, actor: Actor, name: str, step: str | None = None) -> Delivery:
    """Give up a step, with those that follow it, or all that is not out. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        delivery, channel = _held(desk, name)
        rows = _from(delivery, step).filter(state__in=_UNSETTLED)
        for row in rows:
            _dismiss(desk, actor, row, "dropped")
        outcome.drop(rows, actor, desk.now())
        undecided = delivery.steps.filter(state__in=_UNSETTLED).exists()
        if undecided or phases.something_online(delivery.steps.all(), channel.adapter.traits):
            _settled(desk, actor, delivery, channel)
        else:
            move(delivery, DeliveryState.FAILED, actor, desk.now(), reason=Reason.DROPPED)
    return delivery


def send_again(desk: Desk, actor: Actor, name: str) -> bool:
    """Say that what is in doubt or refused is not online, and shall be sent now; False while another person must say so too.

    Two people, one of them an approver, and as many as config.toml asks for besides the last editor. Raises Refused.
    """
    with storage.explained(desk.config), transaction.atomic():
        delivery, _ = _held(desk, name)
        caller = _caller(actor, delivery)
        note(delivery, send_again=[*delivery.send_again, caller.pk])
        audit.record(actor, "delivery.send-again", delivery.id, desk.now(), {"count": len(delivery.send_again)})
        callers = list(Person.objects.filter(pk__in=delivery.send_again))
        if len(callers) < 2 or not _reseal(desk, actor, delivery, callers):  # noqa: PLR2004 - two people
            return False
        for row in delivery.steps.filter(state__in=[StepState.IN_DOUBT, StepState.FAILED]):
            _dismiss(desk, actor, row, "send again: " + ", ".join(caller.name for caller in callers))
            move(row, StepState.PENDING, actor, desk.now())
        move(delivery, DeliveryState.SENDING, actor, desk.now(), reason="", retry_at=None, tries=0, crashes=0, send_again=[])
    return True


def alternative(desk: Desk, actor: Actor, name: str) -> Delivery:
    """Take back the parts that are out and send the single text that was sealed for this case. Raises Refused."""
    with storage.explained(desk.config), transaction.atomic():
        delivery, channel = _held(desk, name)
        refuse_to_replace(delivery, channel)
        single = slots.thaw(delivery.payload).alternative
        sent = delivery.steps.filter(state=StepState.SENT).order_by("-position")
        out = [row for row in sent if not phases.is_unseen(row.effect, channel.adapter.traits)]
        for row in delivery.steps.filter(state__in=[StepState.PENDING, StepState.FAILED]):
            move(row, StepState.DROPPED, actor, desk.now())
        _append(delivery, [DeliveryStep(step=f"withdraw-{row.step}", effect=phases.WITHDRAW, takes_back=row.step) for row in out])
        _append(delivery, [DeliveryStep(step=s.id, effect=s.effect, after=s.after or "", alternative=True) for s in single])
        audit.record(actor, "delivery.alternative", delivery.id, desk.now())
        _carry_on(desk, actor, delivery, channel)
    return delivery


def seen_by_people(delivery: Delivery) -> QuerySet[DeliveryStep]:
    """Return the rows in doubt that somebody may have seen; what takes back leaves nothing to see."""
    return delivery.steps.filter(state=StepState.IN_DOUBT).exclude(effect=phases.WITHDRAW).order_by("position")


def refuse_to_send_again(actor: Actor, delivery: Delivery) -> None:
    """Refuse what cannot be sent again, or not by this person. Raises Refused: `nothing-to-send`, `never-sent`, `second-person`."""
    _caller(actor, delivery)


def refuse_to_replace(delivery: Delivery, channel: Channel) -> None:
    """Refuse to replace what has no single text, or where a part is in doubt. Raises Refused: `no-alternative`, `in-doubt`."""
    single = slots.thaw(delivery.payload).alternative
    if not single or not isinstance(channel.adapter, Withdraws) or delivery.steps.filter(alternative=True).exists():
        sentence = N_("%(id)s has no single text that could replace what is out: leave it so (--drop), or take it back by hand.")
        raise Refused("no-alternative", sentence, id=delivery.id)
    if delivery.steps.filter(state=StepState.IN_DOUBT).exists():
        sentence = N_("%(id)s: nobody knows yet whether a part was published; settle that first.")
        raise Refused("in-doubt", sentence, id=delivery.id)


def meant(desk: Desk, name: str) -> Delivery:
    """Return the one delivery of this id, or of this announcement, about which there is something to decide. Raises Refused.

    What was missed by hand is meant where nothing is held: somebody may have published it all the same.
    """
    with storage.explained(desk.config):
        known = named(name)
        late = [] if any(one.state == DeliveryState.HELD for one in known) else [one for one in known if handover.is_with_people(one)]
        return late[0] if len(late) == 1 else _decidable(desk, name)[0]


def _held(desk: Desk, name: str) -> tuple[Delivery, Channel]:
    """Return the one held delivery that is meant, with its channel, unless a person has its text in hand. Raises Refused."""
    delivery, channel = _decidable(desk, name)
    schedule.refuse_in_hand(delivery)
    return delivery, channel


def _decidable(desk: Desk, name: str) -> tuple[Delivery, Channel]:
    """Return the one held delivery that is meant, with its channel; while a call is under way there is no decision. Raises Refused."""
    held = [delivery for delivery in named(name) if delivery.state == DeliveryState.HELD]
    if len(held) != 1:
        sentence = N_("%(id)s: there is nothing to decide.") if not held else N_("%(id)s: several are held; name one of them: %(held)s.")
        raise Refused("not-held", sentence, id=name, held=", ".join(delivery.id for delivery in held))
    channel = desk.channel(held[0].channel)
    schedule.refuse_during_call(held[0], desk.now())
    return held[0], channel


def _caller(actor: Actor, delivery: Delivery) -> Person:
    """Return the person who says that it is not online; each says so once. Raises Refused."""
    if not delivery.steps.filter(state__in=_UNSETTLED).exists():
        raise Refused("nothing-to-send", N_("%(id)s has nothing left that could be sent."), id=delivery.id)
    if not delivery.steps.filter(attempts__isnull=False).exists():
        raise Refused("never-sent", N_("%(id)s was never sent: “publisher resume” lets it go on at its time."), id=delivery.id)
    if actor.person is None or actor.person.pk in delivery.send_again:
        raise Refused("second-person", N_("Another person must confirm that %(id)s is not online."), id=delivery.id)
    return actor.person


def _called(delivery: Delivery, step: str | None) -> QuerySet[DeliveryStep]:
    """Return the rows that a person means by the name of a step or the address of a recipient; all, if they name none. Raises Refused."""
    if step is None:
        return delivery.steps.all()
    rows = delivery.steps.filter(Q(step=step) | Q(recipient__iexact=step, recipient__gt=""))
    if not rows.exists():
        raise Refused("unknown-step", N_("%(id)s has no step “%(step)s”."), id=delivery.id, step=step)
    return rows


def _from(delivery: Delivery, step: str | None) -> QuerySet[DeliveryStep]:
    """Return what is meant, and what follows it in a thread: nothing goes on after what was given up. Raises Refused."""
    rows = _called(delivery, step)
    first = rows.filter(recipient="").first()
    return rows if first is None else delivery.steps.filter(position__gte=first.position)


def _one_in_doubt(delivery: Delivery, step: str | None) -> DeliveryStep:
    """Return the step in doubt that is meant. Raises Refused."""
    rows = list(_called(delivery, step).filter(state=StepState.IN_DOUBT))
    if len(rows) != 1:
        raise Refused("not-in-doubt", N_("%(id)s: name one step that is in doubt (--step)."), id=delivery.id)
    return rows[0]


def _dismiss(desk: Desk, actor: Actor, row: DeliveryStep, why: str) -> None:
    """End the doubt about a step by a person's word."""
    for attempt in row.attempts.filter(state=AttemptState.IN_DOUBT):
        move(attempt, AttemptState.DISMISSED, actor, desk.now(), look_at=None, dismissed_by=actor.person, dismissed_why=why)


def _settled(desk: Desk, actor: Actor, delivery: Delivery, channel: Channel) -> None:
    """Let a delivery whose doubt is over end or go on; what somebody stopped for another reason still waits for “resume”."""
    if delivery.reason not in RESUMABLE or not delivery.steps.filter(state__in=_UNSETTLED).exists():
        _carry_on(desk, actor, delivery, channel)


def _carry_on(desk: Desk, actor: Actor, delivery: Delivery, channel: Channel | None) -> None:
    """Let a settled delivery end or go on; it stays held while something is in doubt, or when it is too late."""
    open_steps = list(delivery.steps.filter(state__in=_UNSETTLED))
    if not open_steps and channel:
        outcome.go_on(delivery, channel, actor, desk.now())
    elif not open_steps:
        outcome.end(delivery, actor, desk.now())
    elif any(row.state != StepState.PENDING for row in open_steps):
        if delivery.recipients and not any(row.state == StepState.IN_DOUBT for row in open_steps):
            note(delivery, reason=Reason.SOME_REFUSED)
    elif delivery.not_after and desk.now() > delivery.not_after:
        note(delivery, reason=Reason.LATE)
    else:
        move(delivery, DeliveryState.SENDING, actor, desk.now(), reason="", retry_at=None, tries=0, crashes=0)


def _append(delivery: Delivery, rows: list[DeliveryStep]) -> None:
    last = delivery.steps.aggregate(last=Max("position"))["last"]
    for position, row in enumerate(rows, start=last + 1):
        row.delivery, row.position = delivery, position
        row.save()


def _reseal(desk: Desk, actor: Actor, delivery: Delivery, callers: list[Person]) -> bool:
    """Seal the delivery anew for now, with the callers' agreement; False if they are not enough."""
    editor, required, now = delivery.version.editor, desk.config.approval.required, desk.now()
    others = [caller for caller in callers if caller != editor]
    agreeing = [(caller, kind) for caller in others if (kind := _kind(caller, editor))]
    if len(agreeing) < required or not manifest.enough([caller.role for caller in others], editor.role, required):
        return False
    due = max(now, delivery.embargo_until or now)
    note(delivery, due_at=due, not_after=due + timedelta(minutes=delivery.late))
    drawn = manifest.draw_up(actor, delivery.version, [delivery], now)
    note(delivery, manifest=drawn)
    for caller, kind in agreeing:
        newcomers.refuse(desk, kind, caller, editor)
        manifest.agree(Actor(caller, actor.system_user), drawn, kind, now)
    manifest.seal_if_agreed(actor, drawn, required, now)
    return True


def _kind(caller: Person, editor: Person) -> Kind | None:
    """Return in which quality somebody's word is an agreement; None if it is none: what is kept counts, whatever is asked for later."""
    if caller.role == Role.APPROVER:
        return Kind.VISA
    return Kind.ACCORD if caller.role == Role.AUTHOR and editor.role == Role.APPROVER else None
