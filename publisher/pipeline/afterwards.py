"""After publication: a correction or a withdrawal, planned as another round of the announcement; it goes the way of every delivery."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from publisher import storage
from publisher.adapters.base import CORRECT, WITHDRAW, Chooses, Corrects, Message, Payload, Receipt, Recipient, Retracts, Way
from publisher.adapters.registry import Channel
from publisher.announcement import Announcement, ChannelText, Correction
from publisher.errors import IntakeError, Problem, Refused, Severity, Unsupported
from publisher.i18n import N_
from publisher.models import Delivery, DeliveryStep
from publisher.models.states import DeliveryState, Purpose, StepState
from publisher.pipeline import embargo, intake, keeping, phases, planning, queue, slots, written
from publisher.pipeline.desk import Desk
from publisher.pipeline.intake import decoding
from publisher.pipeline.plan import Follows, Online, Plan, Request, Source
from publisher.pipeline.render import render
from publisher.pipeline.schedule import found
from publisher.pipeline.written import Fields

UNSETTLED = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.HELD)
"""States of an earlier delivery in which nobody can say what is out."""

_UNABLE: Mapping[Purpose, str] = {
    Purpose.CORRECT: N_("%(channel)s: Publisher cannot correct what is out there; do it by hand."),
    Purpose.WITHDRAW: N_("%(channel)s: Publisher cannot take back what is out there; do it by hand."),
}


def correction(desk: Desk, name: str, path: Path, reason: str, request: Request) -> Plan:
    """Plan what sets an announcement right that is out, with the corrected document; stores nothing.

    Raises Refused, UsageError, IntakeError, RenderError, ConfigError.
    """
    follows = _follows(desk, name, Purpose.CORRECT, reason, request)
    return _plan(desk, follows, Source(path, intake.contents(path)), request)


def rewriting(desk: Desk, name: str, text: str, reason: str, request: Request) -> Plan:
    """Plan the same with the whole corrected document as somebody typed it; stores nothing. Raises as `correction`."""
    follows = _follows(desk, name, Purpose.CORRECT, reason, request)
    return _plan(desk, follows, Source(None, text.replace("\r\n", "\n").encode()), request)


def kept_text(desk: Desk, name: str) -> str:
    """Return the document of the last version, to be corrected. Raises Refused, IntakeError, StorageError."""
    with storage.explained(desk.config):
        source = queue.kept_source(desk, found(name).id)
    return decoding.decode(source.content, source.name)[0]


def kept_fields(desk: Desk, name: str) -> Fields | None:
    """Return the last version in the fields of the editor, to be corrected there; None if they would not hold all of it. Raises Refused."""
    with storage.explained(desk.config):
        known = keeping.announcement(found(name).versions.latest("number").content)
    fields, zone = written.of(known._replace(embargo_until=None, not_after=None)), desk.config.town.zone
    try:
        again = intake.read(written.document(fields, desk.channels), Source(None, b"").name, zone)
    except IntakeError:
        return None
    return fields if _facts(again) == _facts(known) else None


def _facts(announcement: Announcement) -> Announcement:
    """Return what a correction takes over: not the times, which are over, nor what was remarked."""
    texts = {name: text for name, one in announcement.channels.items() if (text := one._replace(at=None)) != ChannelText()}
    bare = announcement._replace(channels=texts, hour=None, embargo_until=None, not_after=None)
    return bare._replace(correction=None, set_aside=(), problems=())


def withdrawal(desk: Desk, name: str, reason: str, request: Request) -> Plan:
    """Plan what takes an announcement, or one delivery of it, back; stores nothing.

    Raises Refused, UsageError, RenderError, ConfigError.
    """
    follows = _follows(desk, name, Purpose.WITHDRAW, reason, request)
    with storage.explained(desk.config):
        return _plan(desk, follows, queue.kept_source(desk, follows.announcement), request)


def _follows(desk: Desk, name: str, purpose: Purpose, reason: str, request: Request) -> Follows:
    if not reason.strip():
        raise Refused("reason-missing", N_("Say why: the others need the reason."))
    with storage.explained(desk.config):
        announcement = found(name).id
        online = _online(desk, name, request.channels)
        _refuse_unknown_ways(desk, request.ways, online)
        return Follows(announcement, queue.next_round(announcement), purpose, reason.strip(), online, request.ways)


def ways(desk: Desk, online: Collection[str]) -> Mapping[str, Sequence[Way]]:
    """Return the ways to correct what is out, first the one that counts unless another is chosen, for the channels that have several."""
    adapters = {name: channel.adapter for name, channel in desk.channels.items() if name in online}
    return {name: adapter.ways() for name, adapter in adapters.items() if isinstance(adapter, Chooses)}


def _refuse_unknown_ways(desk: Desk, chosen: Mapping[str, str], online: Collection[str]) -> None:
    """Refuse a way that the channel does not have, or of a channel on which nothing is corrected. Raises Refused."""
    known = ways(desk, online)
    for channel, way in chosen.items():
        names = [one.name for one in known.get(channel, ())]
        if way not in names:
            sentence = N_("%(channel)s cannot be corrected in the way “%(way)s”; its ways are: %(known)s.")
            raise Refused("unknown-way", sentence, channel=channel, way=way, known=", ".join(names) or "–")


def _plan(desk: Desk, follows: Follows, source: Source, request: Request) -> Plan:
    zone, now = desk.config.town.zone, desk.now()
    able, problems = _able(desk, follows, request.channels)
    announcement = intake.read(source.content, source.name, zone, now.astimezone(zone).date())
    announcement = _for_now(desk, announcement, follows, able)
    rendering = render(announcement, desk.config, desk.channels, lambda channel, message: _sealed(channel, message, follows))
    if follows.purpose is Purpose.CORRECT and not request.as_written:
        planning.refuse_wrong_dates(rendering)
    beside = _beside(desk, follows)
    timed = announcement._replace(embargo_until=None) if follows.purpose is Purpose.WITHDRAW else announcement
    parts = planning.parts(desk, timed, request, rendering, beside, lambda channel: follows.online[channel.name].recipients)
    if follows.purpose is Purpose.WITHDRAW:  # what could be better in a text that is taken back is of no use to anybody
        rendering = rendering._replace(problems=tuple(one for one in rendering.problems if one.severity is not Severity.NOTICE))
    return Plan(source, announcement, parts, (*rendering.problems, *problems), rendering, follows)


def _for_now(desk: Desk, announcement: Announcement, follows: Follows, able: Collection[str]) -> Announcement:
    """Return the announcement with what is said of its correction, on the able channels only, under what is left of its embargo.

    The other times of its publication are over.
    """
    slug = next((online.slug for online in follows.online.values() if online.slug), "")
    correction = Correction(follows.reason, desk.now().astimezone(desk.config.town.zone), slug)
    texts = {name: text._replace(at=None) for name, text in announcement.channels.items()}
    if follows.purpose is Purpose.WITHDRAW:
        texts |= {name: texts.get(name, ChannelText())._replace(enabled=True) for name in able}
    until = _embargo(desk, announcement, follows)
    announcement = announcement._replace(channels=texts, correction=correction, embargo_until=until, not_after=None)
    return planning.muted(announcement, desk, able)


def _embargo(desk: Desk, announcement: Announcement, follows: Follows) -> datetime | None:
    """Return the embargo that is, or may be, still ahead: the one that the document states, else that of the version that is out."""
    with storage.explained(desk.config):
        out = Delivery.objects.filter(announcement=follows.announcement, state=DeliveryState.DELIVERED).select_related("version")
        former = out.latest("round").version
        until = announcement.embargo_until or keeping.announcement(former.content).embargo_until
        is_ahead = until and embargo.is_ahead(desk, follows.announcement, until)
    return until.astimezone(desk.config.town.zone) if until and is_ahead else None


def _sealed(channel: Channel, message: Message, follows: Follows) -> Payload:
    """Return the steps of one channel. Raises Unsupported."""
    adapter, receipts = channel.adapter, follows.online[channel.name].receipts
    if follows.purpose is Purpose.CORRECT and isinstance(adapter, Corrects):
        way = follows.ways.get(channel.name)
        corrector = adapter.by(way) if way and isinstance(adapter, Chooses) else adapter
        return corrector.correction(message, receipts)
    if follows.purpose is Purpose.WITHDRAW and isinstance(adapter, Retracts):
        return adapter.withdrawal(message, receipts)
    raise Unsupported("unable", _UNABLE[follows.purpose], channel=channel.name)


def _able(desk: Desk, follows: Follows, wanted: Collection[str]) -> tuple[Collection[str], tuple[Problem, ...]]:
    """Return the channels that can do it, and a warning for each other one on which it is out. Raises Refused if one was named."""
    power = Corrects if follows.purpose is Purpose.CORRECT else Retracts
    unable = [name for name in follows.online if not isinstance(desk.channels[name].adapter, power)]
    sentence = _UNABLE[follows.purpose]
    for name in unable:
        if name in wanted or len(unable) == len(follows.online):
            raise Refused("unable", sentence, channel=name)
    problems = tuple(Problem(Severity.WARNING, "unable", sentence, {"channel": name}, channel=name) for name in unable)
    return [name for name in follows.online if name not in unable], problems


def _beside(desk: Desk, follows: Follows) -> Mapping[str, Channel]:
    """Return the channels that a correction can wait for and link to: all on which the announcement is out. Withdrawals wait for none."""
    if follows.purpose is Purpose.WITHDRAW:
        return {}
    out = Delivery.objects.filter(announcement=follows.announcement, state=DeliveryState.DELIVERED).values_list("channel", flat=True)
    return {name: channel for name, channel in desk.channels.items() if name in set(out)}


def _online(desk: Desk, name: str, wanted: Collection[str]) -> Mapping[str, Online]:
    """Return what is out of the announcement, by channel, only on those that are wanted. Raises Refused."""
    rows = Delivery.objects.filter(announcement=found(name)).order_by("round", "pk")
    channels = set(wanted or rows.values_list("channel", flat=True)).intersection(_meant(name, rows.values_list("pk", "channel")))
    rounds = {channel: list(rows.filter(channel=channel)) for channel in sorted(channels)}
    for delivery in (delivery for deliveries in rounds.values() for delivery in deliveries if delivery.state in UNSETTLED):
        sentence = N_(
            "%(channel)s (%(id)s) is not settled: see it through, cancel it or decide about it, or name other channels (--channel)."
        )
        raise Refused("not-settled", sentence, channel=delivery.channel, id=delivery.id)
    settled = {channel: [row for row in rows if row.state == DeliveryState.DELIVERED] for channel, rows in rounds.items()}
    online = {channel: out for channel, deliveries in settled.items() if (out := _out(deliveries)).receipts}
    if not online:
        raise Refused("nothing-online", N_("%(id)s has nothing online that could be corrected or withdrawn."), id=name)
    for channel in online:
        desk.channel(channel)
    return {channel: online[channel] for channel in desk.channels if channel in online}


def standing(desk: Desk, name: str) -> Mapping[str, Online]:
    """Return what readers still have of an announcement, by channel, whatever state its deliveries are in. Raises Refused."""
    with storage.explained(desk.config):
        rounds: dict[str, list[Delivery]] = {}
        for row in found(name).deliveries.order_by("round", "pk"):
            rounds.setdefault(row.channel, []).append(row)
        return {channel: online for channel, rows in rounds.items() if (online := _out(rows, desk.channels.get(channel))).receipts}


def remedy(desk: Desk, name: str, online: Mapping[str, Online]) -> Request | None:
    """Return what to ask of `withdrawal` for all that can be taken back now of what is `standing`; None if nothing can. Raises Refused."""
    with storage.explained(desk.config):
        rows = found(name).deliveries
        unsettled = set(rows.filter(state__in=UNSETTLED).values_list("channel", flat=True))
        settled = set(rows.filter(state=DeliveryState.DELIVERED).values_list("channel", flat=True)) - unsettled
    able = tuple(channel for channel in online if channel in settled and channel in desk.channels)
    if not able:
        return None
    return Request(channels=able if unsettled or len(able) < len(online) else ())


def _meant(name: str, deliveries: Iterable[tuple[str, str]]) -> set[str]:
    """Return the channel of the delivery that is named, or those of all deliveries of the announcement that is."""
    by_id = dict(deliveries)
    return {by_id[name]} if name in by_id else set(by_id.values())


def _out(rounds: Iterable[Delivery], channel: Channel | None = None) -> Online:
    """Return what the rounds of one channel left: what was taken back later is out no more; of a channel, only what its readers see."""
    receipts: dict[str | None, Receipt] = {}
    people: dict[str, Recipient] = {}
    slug = ""
    for delivery in rounds:
        content = {step.id: step.content for step in slots.thaw(delivery.payload).steps}
        slug = next((str(facts["slug"]) for facts in content.values() if "slug" in facts), slug)
        sent = delivery.steps.filter(state=StepState.SENT).order_by("position").select_related("receipt")
        people |= {row.recipient: Recipient(row.recipient, row.name) for row in sent if row.recipient}
        for row in sent[:1] if delivery.recipients else sent:  # one message tells of all: they differ by their recipient only
            if channel is None or not phases.is_unseen(row.effect, channel.adapter.traits):
                _count(row, content, receipts)
    return Online(tuple(receipts.values()), tuple(people.values()), slug)


def _count(row: DeliveryStep, content: Mapping[str, Mapping[str, object]], receipts: dict[str | None, Receipt]) -> None:
    """Add what a step put out, or remove what it took back; what has the same id is the same thing, as the step left it last.

    What sets right something that it names by its address, and stands elsewhere now, took its place.
    """
    receipt, told = row.receipt.value, content.get(row.step, {})
    if row.effect in {CORRECT, WITHDRAW} and not row.takes_back and {"remote_id", "url"} <= told.keys():
        former = told["remote_id"] or told["url"]
        receipts.pop(str(former) if former else None, None)
    if row.effect != WITHDRAW:
        receipts[receipt.remote_id or receipt.url] = receipt
