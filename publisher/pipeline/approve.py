"""Who must agree before anything leaves, and how they do: the visa, the author's D’accord, the refusal (delivery.md §3)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Min

from publisher import crashpoints, storage
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Actor, Announcement, Delivery, Kind, Manifest, Role, audit
from publisher.models.moves import move
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import manifest, newcomers, phases, schedule
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Window, shown
from publisher.pipeline.reasons import Reason
from publisher.pipeline.schedule import found

REJECTED = "announcement.rejected"
"""The act of the audit by which an announcement went back to its author."""

AWAITING = (DeliveryState.PLANNED, DeliveryState.HELD)
"""States in which a delivery can still be agreed to."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an approval led to: whether the manifest is now sealed, its hash, and, once it is, what leaves when.

    `due_at` is when the first of it leaves, `channels` are those on which anything does, `held` the deliveries, by channel, that
    somebody keeps back.
    """

    id: str
    sealed: bool
    hash: str
    due_at: datetime | None = None
    channels: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)


def approve(
    desk: Desk, actor: Actor, name: str, *, now: bool = False, at: str | None = None, as_queued: bool = False, seen: str | None = None
) -> Agreement:
    """Agree to all that the announcement still plans. Raises Refused, UsageError.

    When the planned time is past, the same act says `now`, or a new time `at`. `as_queued` agrees to the text as it was
    queued though the document has changed since. `seen` is the hash of the manifest that the person read: no other is agreed to.
    """
    with storage.explained(desk.config), transaction.atomic():
        announcement = found(name)
        waiting = _awaiting(desk, announcement)
        kind = _quality(actor, waiting)
        _refuse_newcomers(desk, actor, waiting, kind)
        if seen is not None and seen != waiting.hash:
            raise Refused("changed-since", N_("The announcement has changed since you opened this page: read it again before you agree."))
        if not as_queued and seen is None:
            _refuse_changed_file(waiting)
        waiting = _in_time(desk, actor, waiting, now=now, at=at)
        _quality(actor, waiting)  # the time may be theirs by now
        manifest.agree(actor, waiting, kind, desk.now())
        manifest.seal_if_agreed(actor, waiting, required := desk.config.approval.required, desk.now())
        sealed = manifest.is_sealed(waiting, required)
        crashpoints.visit("approve.pre")
    crashpoints.visit("approve.committed")
    return _led_to(waiting) if sealed else Agreement(announcement.id, sealed=False, hash=waiting.hash)


def _led_to(sealed: Manifest) -> Agreement:
    leaving = sealed.deliveries.filter(state=DeliveryState.PLANNED)
    held = sealed.deliveries.filter(state=DeliveryState.HELD).order_by("channel")
    return Agreement(
        sealed.announcement_id,
        sealed=True,
        hash=sealed.hash,
        due_at=leaving.aggregate(due=Min("due_at"))["due"],
        channels=frozenset(leaving.values_list("channel", flat=True)),
        held=dict(held.values_list("channel", "id")),
    )


def reject(desk: Desk, actor: Actor, name: str, reason: str) -> None:
    """Send the announcement back to its author: a draft again, of which nothing leaves. Raises Refused."""
    if not reason.strip():
        raise Refused("reason-missing", N_("Say why: the author needs the reason."))
    with storage.explained(desk.config), transaction.atomic():
        announcement = found(name)
        _awaiting(desk, announcement)  # what all have agreed to is canceled, not sent back
        _take_back(desk, actor, announcement, reason)
        audit.record(actor, REJECTED, announcement.id, desk.now(), {"reason": reason})


def _take_back(desk: Desk, actor: Actor, announcement: Announcement, reason: str) -> None:
    """Let no visa count for what has not ended for good, whoever agreed and when; where a part is out, a person decides about the rest."""
    unfinished = announcement.deliveries.exclude(state__in=[DeliveryState.DELIVERED, DeliveryState.CANCELED])
    for each in announcement.manifests.filter(pk__in=unfinished.values("manifest"), void_at=None).order_by("pk"):
        manifest.void(actor, each, desk.now(), reason)
    for delivery in unfinished.filter(state=DeliveryState.PLANNED):  # of what is being sent, the next claim says so
        if _is_partly_out(desk, delivery):
            move(delivery, DeliveryState.HELD, actor, desk.now(), reason=Reason.STOPPED_MIDWAY)


def _is_partly_out(desk: Desk, delivery: Delivery) -> bool:
    """Tell whether readers see a part of it, or may: of a channel that config.toml no longer has, nobody can say."""
    channel, sent = desk.channels.get(delivery.channel), delivery.steps.filter(state=StepState.SENT)
    return sent.exists() if channel is None else phases.something_online(sent, channel.adapter.traits)


def _awaiting(desk: Desk, announcement: Announcement) -> Manifest:
    """Return the manifest that awaits agreement, were it only because more people must agree now. Raises Refused: why there is none."""
    planned = announcement.deliveries.filter(state__in=AWAITING).values("manifest")
    drawn = list(announcement.manifests.filter(pk__in=planned).select_related("version__editor").order_by("-pk"))
    if not drawn:
        raise Refused("not-awaiting", N_("%(id)s has nothing that awaits a visa."), id=announcement.id)
    waiting = next((each for each in drawn if not manifest.is_sealed(each, desk.config.approval.required)), None)
    if waiting is None:
        raise Refused("already-sealed", N_("%(id)s is already approved."), id=announcement.id)
    if waiting.void_at:
        sentence = N_("%(id)s was sent back (%(reason)s): queue the corrected text.")
        raise Refused("voided", sentence, id=announcement.id, reason=waiting.void_reason)
    return waiting


def awaiting(desk: Desk, name: str) -> Manifest | None:
    """Return the manifest of the announcement that awaits agreement, if there is one. Raises Refused: there is no such announcement."""
    announcement = found(name)
    try:
        return _awaiting(desk, announcement)
    except Refused:
        return None


def may_agree(actor: Actor, waiting: Manifest) -> bool:
    """Tell whether this person's agreement to the manifest would count."""
    return quality(actor, waiting) is not None


def quality(actor: Actor, waiting: Manifest) -> Kind | None:
    """Return in which quality this person may agree to the manifest, None if they may not."""
    try:
        return _quality(actor, waiting)
    except Refused:
        return None


def overdue(desk: Desk, waiting: Manifest) -> datetime | None:
    """Return the planned time that is past, so that whoever agrees must say “now” or another one; None if there is none."""
    past = _past(_agreeable(waiting), desk.now())
    return (past[0].due_at or past[0].not_after) if past else None


def _quality(actor: Actor, waiting: Manifest) -> Kind:
    """Return in which quality the person may agree. Raises Refused: `author-alone`, `already-agreed`, `time-of-another`, `role-missing`."""
    person, editor = actor.person, waiting.version.editor
    if person is None or person == editor:
        sentence = N_("“%(name)s” wrote the last version: somebody else must agree to it.")
        raise Refused("author-alone", sentence, name=actor.name)
    if waiting.approvals.filter(person=person).exists():
        raise Refused("already-agreed", N_("“%(name)s” has already agreed; another person is needed."), name=person.name)
    if person.role == Role.APPROVER:
        return Kind.VISA
    if person.role == Role.AUTHOR and editor.role == Role.APPROVER:
        schedule.refuse_time_of_another(waiting)
        return Kind.ACCORD
    sentence = N_("“%(name)s” has the role %(role)s; this needs the role %(needed)s.")
    raise Refused("role-missing", sentence, name=person.name, role=person.role, needed=Role.APPROVER)


def _refuse_newcomers(desk: Desk, actor: Actor, waiting: Manifest, kind: Kind) -> None:
    """Refuse an agreement of people of whom one was given the role a short while ago. Raises Refused (`account-new`)."""
    if actor.person:
        newcomers.refuse(desk, kind, actor.person, waiting.version.editor)


def _refuse_changed_file(waiting: Manifest) -> None:
    """Refuse when the document is still where it was and no longer the same: the person may have read the other text."""
    version = waiting.version
    try:
        content = Path(version.source_path).read_bytes()
    except OSError:
        return
    if hashlib.sha256(content).hexdigest() != version.source_sha256:
        sentence = N_("%(path)s has changed since it was queued: queue the new file, or approve what was queued with --as-queued.")
        raise Refused("file-changed", sentence, path=version.source_path)


def _in_time(desk: Desk, actor: Actor, waiting: Manifest, *, now: bool, at: str | None) -> Manifest:
    """Return the manifest to agree to: a new one if its time was past and the person gives another. Raises Refused, UsageError."""
    past = _past(deliveries := _agreeable(waiting), desk.now())
    if not past:
        if at is not None or (now and any(delivery.due_at for delivery in deliveries)):
            raise Refused("not-late", N_("The planned time is not past: “publisher reschedule” changes it."))
        return waiting
    if not now and at is None:
        when = shown(desk, past[0].due_at or past[0].not_after or desk.now())
        sentence = N_("The planned time (%(when)s) is past: approve with --now, or with a new time (--at).")
        raise Refused("due-past", sentence, when=when)
    for delivery in past:
        # “now” is when enough people have agreed: with two of them, the first one's “now” is past for the second
        wanted = schedule.window(desk, delivery, at) if at is not None else Window(None, None, delivery.embargo_until)
        schedule.set_window(delivery, wanted)
    return manifest.redraw(actor, deliveries, desk.now(), manifest.NEW_TIME)


def _agreeable(waiting: Manifest) -> list[Delivery]:
    return list(waiting.deliveries.filter(state__in=AWAITING))


def _past(deliveries: Iterable[Delivery], now: datetime) -> list[Delivery]:
    return [delivery for delivery in deliveries if _is_past(delivery, now)]


def _is_past(delivery: Delivery, now: datetime) -> bool:
    """Tell whether the delivery can no longer leave when it was meant to."""
    if delivery.due_at:
        return delivery.due_at < now
    return delivery.not_after is not None and delivery.not_after <= max(now, delivery.embargo_until or now)
