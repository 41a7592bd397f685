"""What is sealed: the manifest lists, to the byte, what will leave, where and when; the claim compares with it (delivery.md §3)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from publisher.adapters.base import Versioned
from publisher.adapters.registry import Channel
from publisher.models import Actor, Approval, Delivery, Kind, Manifest, Role, Version, audit, looks
from publisher.models.moves import note
from publisher.pipeline import slots
from publisher.pipeline.plan import INTERFACE
from publisher.pipeline.reasons import Reason

COUNTS = Q(manifest__sealed_at__isnull=False, manifest__void_at=None)
"""Of deliveries: those whose manifest counts, as `Manifest.counts` says of one."""

UNSEALED = Q(manifest__sealed_at=None, manifest__void_at=None)
"""Of deliveries: those whose manifest may still be agreed to."""

NEW_TIME = "new-time"
RESCHEDULED = "rescheduled"
REDRAWN = (NEW_TIME, RESCHEDULED)
"""Why another manifest of the same texts took the place of one, which nobody sent back."""


def draw_up(actor: Actor, version: Version, deliveries: Iterable[Delivery], now: datetime) -> Manifest:
    """Store the manifest of these deliveries of one version, which need not be stored yet."""
    announcement = version.announcement
    plan = [_entry(delivery) for delivery in sorted(deliveries, key=lambda delivery: delivery.channel)]
    content = {"announcement": announcement.id, "version": version.number, "deliveries": plan}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Manifest.objects.create(
        announcement=announcement, version=version, canonical=canonical, hash=_hash(canonical), created_at=now, drawn_by=actor.person
    )


def redraw(actor: Actor, deliveries: Sequence[Delivery], now: datetime, reason: str) -> Manifest:
    """Give altered deliveries of one version, and what else of it still awaits a visa, one new manifest: nobody agreed to it yet.

    What another version holds has another last editor, who may be the one that is to agree.
    """
    version = deliveries[0].version
    others = Delivery.objects.filter(UNSEALED, version=version)
    waiting = list(others.exclude(pk__in=[delivery.pk for delivery in deliveries]))
    for former in Manifest.objects.filter(version=version, sealed_at=None, void_at=None):
        void(actor, former, now, reason)
    manifest = draw_up(actor, version, [*deliveries, *waiting], now)
    for delivery in (*deliveries, *waiting):
        note(delivery, manifest=manifest)
    audit.record(actor, "manifest.drawn", version.announcement_id, now, {"hash": manifest.hash, "reason": reason})
    return manifest


def void(actor: Actor, manifest: Manifest, now: datetime, reason: str) -> None:
    """Let the manifest count no more."""
    Manifest.objects.filter(pk=manifest.pk, void_at=None).update(void_at=now, void_reason=reason)
    audit.record(actor, "manifest.voided", manifest.announcement_id, now, {"hash": manifest.hash, "reason": reason})


def is_sealed(manifest: Manifest, required: int) -> bool:
    """Tell whether the manifest counts: sealed, not void, and by as many people as are asked for now."""
    return manifest.counts and agreed(manifest, required)


def is_shown_sealed(manifest: Manifest, required: int) -> bool:
    """Tell the same to a page that shows many: from the approvals that were read with the manifest."""
    return manifest.counts and (not required or len([one for one in manifest.approvals.all() if one.person_id]) >= required)


def agreed(manifest: Manifest, required: int) -> bool:
    """Tell whether enough people agreed, as many as `required` besides the last editor.

    An approver is among all of them, because nobody else's agreement is kept (`Kind`): who they were then counts, so that whoever
    gets another role later takes back no visa, and gives none.
    """
    return not required or looks.agreed(manifest.pk) >= required


def enough(roles: Sequence[str], editor: str, required: int) -> bool:
    """Tell whether people of these roles, who are not the last editor, are enough together with the editor, whose role is the other."""
    return not required or (len(roles) >= required and Role.APPROVER in {*roles, editor})


def agree(actor: Actor, manifest: Manifest, kind: Kind, now: datetime) -> None:
    """Keep that somebody agreed to the manifest."""
    Approval.objects.create(
        manifest=manifest,
        editor=manifest.version.editor,
        person=None if kind is Kind.AUTOMATIC else actor.person,
        system_user=actor.system_user,
        kind=kind,
        hash=manifest.hash,
        at=now,
    )
    audit.record(actor, f"manifest.{kind}", manifest.announcement_id, now, {"hash": manifest.hash})


def seal_if_agreed(actor: Actor, manifest: Manifest, required: int, now: datetime) -> None:
    """Seal the manifest if enough people agreed, or if config.toml asks for nobody; what leaves “when approved” gets its time."""
    if not required:
        agree(actor, manifest, Kind.AUTOMATIC, now)
    if not agreed(manifest, required):
        return
    manifest.sealed_at = manifest.sealed_at or now  # the times that were agreed to count from the first seal
    Manifest.objects.filter(pk=manifest.pk).update(sealed_at=manifest.sealed_at)
    audit.record(actor, "manifest.sealed", manifest.announcement_id, now, {"hash": manifest.hash})
    for delivery in manifest.deliveries.filter(due_at=None):
        due = max(now, delivery.embargo_until or now)
        note(delivery, due_at=due, not_after=delivery.not_after or due + timedelta(minutes=delivery.late))


def recipients_hash(people: Iterable[tuple[str, str]]) -> str:
    """Return the hash of a list of addresses and names, in its order; empty for an empty list."""
    listed = [list(one) for one in people]
    return _hash(json.dumps(listed, ensure_ascii=False, separators=(",", ":"))) if listed else ""


def objection(delivery: Delivery, channel: Channel, required: int) -> Reason | None:
    """Return why the delivery is not what was agreed to, or None. Read with its manifest and version."""
    manifest = delivery.manifest
    if manifest.sealed_at is None or not is_sealed(manifest, required):
        return Reason.NOT_APPROVED
    if (channel.kind, channel.settings.account) != (delivery.kind, delivery.account):
        return Reason.ACCOUNT_CHANGED
    spoken = channel.adapter.interface if isinstance(channel.adapter, Versioned) else None
    if delivery.policies.get(INTERFACE, spoken) != spoken:
        return Reason.INTERFACE_CHANGED
    sealed = _sealed_entry(manifest, delivery.id)
    current = _entry(delivery) | {"digest": slots.thaw(delivery.payload).digest, "recipients": _frozen_recipients(delivery)}
    if sealed is None or any(sealed.get(key, "") != current[key] for key in current if key not in _TIMES):
        return Reason.ALTERED
    return None if _inside(sealed, delivery, manifest.sealed_at) else Reason.ALTERED


_TIMES = ("due_at", "not_after")


def _entry(delivery: Delivery) -> dict[str, object]:
    return {
        "delivery": delivery.id,
        "channel": delivery.channel,
        "kind": delivery.kind,
        "account": delivery.account,
        "digest": delivery.digest,
        "recipients": delivery.recipients,
        "after": delivery.after,
        "policies": delivery.policies,
        "due_at": _iso(delivery.due_at),
        "not_after": _iso(delivery.not_after),
        "late": delivery.late,
        "embargo_until": _iso(delivery.embargo_until),
    }


def _frozen_recipients(delivery: Delivery) -> str:
    """Return the hash of the recipients as their rows hold them; one who was dropped meanwhile still counts: fewer is no change."""
    if not delivery.recipients:
        return ""
    return recipients_hash(looks.recipients(delivery.pk))


def _sealed_entry(manifest: Manifest, delivery: str) -> dict[str, object] | None:
    """Return what was sealed for a delivery; None if the manifest is not what its hash says."""
    if _hash(manifest.canonical) != manifest.hash:
        return None
    entries = json.loads(manifest.canonical)["deliveries"]
    return next((entry for entry in entries if entry["delivery"] == delivery), None)


def _inside(sealed: dict[str, object], delivery: Delivery, sealed_at: datetime) -> bool:
    """Tell whether the times lie in the agreed window: later than agreed is allowed, as long as the end stays the same."""
    if delivery.due_at is None or delivery.not_after is None:
        return False
    earliest = _instant(sealed["due_at"]) or max(sealed_at, delivery.embargo_until or sealed_at)
    latest = _instant(sealed["not_after"]) or earliest + timedelta(minutes=delivery.late)
    return earliest <= delivery.due_at and delivery.not_after == latest


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _hash(canonical: str) -> str:
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
