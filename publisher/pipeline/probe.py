"""Reads before anything is written: who we are for the platform, whether our clocks agree, whether readers see the page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from publisher import storage
from publisher.adapters.base import Probe, Probes, Shows
from publisher.adapters.registry import Channel
from publisher.errors import Problem, Refused, SendError, Severity, Unauthorized
from publisher.i18n import N_, _
from publisher.models import Actor, Audit, ChannelState, Delivery, Receipt, audit, looks, rows
from publisher.models.channel import EVERYTHING
from publisher.models.moves import note
from publisher.models.people import SERVICE
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import access, guard, slots
from publisher.pipeline.alarms import stop_channel, telling
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure
from publisher.text import moments

FRESH = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)
AGAIN = timedelta(seconds=10)
LOOK_AGAIN = timedelta(seconds=5)
PATIENCE = timedelta(minutes=1)
"""How long whoever asks a platform by hand waits before it is asked by hand again."""

VERIFIED = "channel.verified"
"""The act of the audit by which a person asked a platform."""


class Verdict(NamedTuple):
    """What a platform told a person who asked: whether something could leave now, and all of it in one sentence or a few."""

    is_ready: bool
    sentence: str


def obstacle(channel: Channel, state: ChannelState | None, now: datetime) -> Reason | None:
    """Return why the channel is not ready, as its last probe found; an adapter that cannot be asked is ready."""
    if not isinstance(channel.adapter, Probes):
        return None
    if state is None or state.probed_at is None or not timedelta(0) <= now - state.probed_at <= FRESH:
        return Reason.NOT_READY
    return Reason(state.reason) if state.reason else None


def ahead(tenure: Tenure) -> bool:
    """Ask the channels of all that is due within a minute, unless they were asked just now; whether any was asked."""
    asked = False
    for channel in list(_soon(tenure)):
        asked = ask(tenure, channel) or asked
    return asked


def ask(tenure: Tenure, channel: Channel) -> bool:
    """Ask one channel, if its last answer is no longer good enough; whether it was asked."""
    adapter, now = channel.adapter, tenure.now()
    if not isinstance(adapter, Probes) or not _is_old(channel, now):
        return False
    known: dict[str, object] = {}
    try:
        found = guard.ask(adapter.probe)
        reason, known = _verdict(tenure, channel, found), {"ends_at": found.ends_at}
    except Unauthorized as error:
        stop_channel(channel.name, error, now)
        reason = Reason.UNAUTHORIZED
    except SendError:
        reason = Reason.NOT_READY
    ChannelState.objects.update_or_create(pk=channel.name, defaults={"probed_at": now, "reason": reason or "", **known})
    return True


def verify(desk: Desk, actor: Actor, name: str) -> Verdict:
    """Ask one channel because a person wants to know, by reads only, once a minute; a lost access stops it. Raises Refused.

    What the service itself was told stays as it is, so that it asks again when it must: only it has a watch to compare clocks with.
    """
    channel = desk.channel(name)
    adapter = _askable(channel)
    _refuse_haste(desk, name)
    told = _told(desk, channel, adapter)
    wrong = [each for each in told if isinstance(each, SendError) or each.severity is Severity.ERROR]
    with storage.explained(desk.config), transaction.atomic():
        ChannelState.objects.filter(pk=name).update(inspected_at=None)  # what was found before is looked at again, too
        audit.record(actor, VERIFIED, name, desk.now(), telling(wrong[0]) if wrong else {})
    answered = _("%(channel)s answers and takes us for its account; nothing was published.") % {"channel": name}
    first = [] if wrong else [answered]
    return Verdict(not wrong, " ".join([*first, *(_(each.sentence) % each.params for each in wrong or told)]))


def keep_end(name: str, found: Probe) -> None:
    """Keep when our access ends, as the platform tells it: people are told before it does."""
    if found.ends_at:
        ChannelState.objects.update_or_create(pk=name, defaults={"ends_at": found.ends_at})
    else:
        ChannelState.objects.filter(pk=name).update(ends_at=None)


def look(tenure: Tenure) -> bool:
    """Look, as a reader does, at the pages that others wait for; whether there was one to look at."""
    unseen = Delivery.objects.filter(state=DeliveryState.DELIVERED, seen_at=None, announcement__deliveries__state__in=OPEN).distinct()
    looked = False
    for delivery in unseen.filter(Q(retry_at=None) | Q(retry_at__lte=tenure.now())):
        channel = tenure.desk.channels.get(delivery.channel)
        if channel and isinstance(channel.adapter, Shows):
            looked = True
            _keep_sight(tenure, delivery, seen=_is_seen(delivery, channel.adapter))
    return looked


def _told(desk: Desk, channel: Channel, adapter: Probes) -> list[SendError | Problem]:
    """Return what a platform tells when it is asked now, or why it tells nothing; a lost access stops the channel."""
    try:
        found = guard.ask(adapter.probe)
        keep_end(channel.name, found)
        return [*access.problems(channel, found, desk.now(), desk.config.town.zone)]
    except Unauthorized as error:
        stop_channel(channel.name, error, desk.now())
        return [error]
    except SendError as error:
        return [error]


def _askable(channel: Channel) -> Probes:
    """Return the adapter of a channel that can be asked. Raises Refused."""
    if not channel.settings.enabled:
        raise Refused("channel-disabled", N_("config.toml has %(channel)s switched off: there is nobody to ask."), channel=channel.name)
    if not isinstance(channel.adapter, Probes):
        raise Refused(
            "cannot-be-asked", N_("%(channel)s publishes without asking anybody: there is nothing to verify."), channel=channel.name
        )
    return channel.adapter


def _refuse_haste(desk: Desk, name: str) -> None:
    """Leave a platform in peace that was asked by hand a moment ago: each question counts against what we may ask. Raises Refused."""
    with storage.explained(desk.config):
        last = Audit.objects.filter(subject=name, action=VERIFIED).order_by("-sequence").values_list("at", flat=True).first()
    if last is not None and timedelta(0) <= desk.now() - last < PATIENCE:
        sentence = N_("%(channel)s was asked less than a minute ago; its card shows the answer. It can be asked again from %(when)s on.")
        again = (last + PATIENCE + timedelta(seconds=59)).astimezone(desk.config.town.zone)
        raise Refused("asked-just-now", sentence, channel=name, when=moments.hour(again))


def _is_seen(delivery: Delivery, adapter: Shows) -> bool:
    steps = {step.id: step for step in slots.thaw(delivery.payload).steps}
    receipts = [receipt.value for receipt in Receipt.objects.filter(step__delivery=delivery).select_related("step")]
    try:
        return all(guard.ask(partial(adapter.visible, steps[receipt.step], receipt)) for receipt in receipts)
    except SendError:
        return False


def _keep_sight(tenure: Tenure, delivery: Delivery, *, seen: bool) -> None:
    if not seen:
        note(delivery, retry_at=tenure.now() + LOOK_AGAIN)
        return
    with transaction.atomic():
        note(delivery, seen_at=tenure.now())
        audit.record(SERVICE, "delivery.seen", delivery.id, tenure.now())


def _soon(tenure: Tenure) -> Iterator[Channel]:
    """Yield the channels of what is due soon; after a leap, and for an embargo, any channel may be asked whether the clock is right."""
    due = looks.soon(tenure.now() + AHEAD)
    unsure = not tenure.watch.trusted() or (any(embargo for _, embargo in due) and not tenure.watch.certain())
    wanted = {name for name, _ in due} | {name for name in tenure.desk.channels if due and unsure}
    stopped = looks.stops() if wanted else set()
    for name, channel in tenure.desk.channels.items():
        if name in wanted and channel.settings.enabled and not stopped.intersection((EVERYTHING, name)):
            yield channel


def _is_old(channel: Channel, now: datetime) -> bool:
    """Tell whether to ask again: a good answer lasts five minutes less the look-ahead, a bad one ten seconds."""
    state = rows.one(ChannelState, "name = %s", channel.name)
    if state is None or state.probed_at is None:
        return True
    age = now - state.probed_at
    return not timedelta(0) <= age < (AGAIN if state.reason else FRESH - AHEAD)


def _verdict(tenure: Tenure, channel: Channel, found: Probe) -> Reason | None:
    if found.clock is not None and not tenure.watch.compare(found.clock):
        return Reason.CLOCK_SUSPECT
    wanted = channel.settings.account
    if wanted and found.account.casefold() != wanted.casefold():
        return Reason.ACCOUNT_DIFFERS
    return None
