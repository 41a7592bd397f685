"""Freezes a plan: version, payloads, steps and manifest stored in one transaction; nothing that is planned changes afterwards."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from publisher import crashpoints, files, storage
from publisher.errors import Problem, Refused
from publisher.i18n import N_
from publisher.models import Actor, Announcement, Delivery, DeliveryStep, Person, Role, Version, audit
from publisher.models.states import AttemptState, DeliveryState, Purpose, StepState
from publisher.pipeline import absences, keeping, manifest, newcomers, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Plan, Planned, Source

LIVE = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DELIVERED, DeliveryState.HELD)
"""States in which a text is, or may come, before readers."""

QUEUED = "announcement.queued"
"""The act of the audit by which a plan was stored."""

_TEXT = ("type", "title", "place", "date", "standfirst", "body_markdown")
_OWN_TEXT = ("text", "posts", "title", "html")


@dataclass(frozen=True, slots=True)
class Queued:
    """What was stored; `sealed`: nobody needs to agree any more."""

    id: str
    deliveries: tuple[Delivery, ...]
    sealed: bool
    problems: tuple[Problem, ...]


def queue(desk: Desk, actor: Actor, plan: Plan, *, again: bool = False) -> Queued:
    """Store the plan, and seal it if config.toml asks for nobody's visa.

    Raises StorageError, Refused: nobody could give the visa; `already-queued`; `changed-meanwhile` if another round came first.
    """
    editor = actor.person
    if editor is None:
        raise Refused("no-editor", N_("An announcement needs an author: name an account with --as."))
    with storage.explained(desk.config):
        _keep(_sources(desk), plan.source.content)
        with transaction.atomic():
            _refuse_ungrantable(desk, editor)
            version = _version(plan, editor, desk.now())
            if not again and plan.follows is None:
                _refuse_repetition(plan, version)
            queued = _store(desk, actor, plan, version)
            crashpoints.visit("queue.pre")
            transaction.on_commit(partial(crashpoints.visit, "queue.committed"))  # it may be part of a larger transaction
    return queued


def document(desk: Desk, queued: Queued) -> dict[str, object]:
    """Return what was stored as `publisher.queue/1`."""
    zone = desk.config.town.zone
    deliveries = [
        {"id": row.id, "channel": row.channel, "due_at": row.due_at and row.due_at.astimezone(zone).isoformat()}
        for row in queued.deliveries
    ]
    problems = [{"severity": one.severity, "code": one.code, "message": one.message, "channel": one.channel} for one in queued.problems]
    return {"format": "publisher.queue/1", "id": queued.id, "sealed": queued.sealed, "deliveries": deliveries, "problems": problems}


def _refuse_ungrantable(desk: Desk, editor: Person) -> None:
    """Refuse to ask for a visa that nobody could give, nobody yet, or nobody who is there.

    Raises Refused: `nobody-to-agree`, `to-be-confirmed`, `nobody-yet`, `nobody-present`.
    """
    required = desk.config.approval.required
    able = (Role.APPROVER, Role.AUTHOR) if editor.role == Role.APPROVER else (Role.APPROVER,)
    others = list(Person.objects.filter(is_active=True, role__in=able).exclude(pk=editor.pk))
    if not manifest.enough([one.role for one in others], editor.role, required):
        sentence = N_(
            "Nobody could give the visa: besides “%(name)s” it needs the agreement of others (%(count)d), an approver among all of them. "
            "Ask an administrator to open their accounts."
        )
        raise Refused("nobody-to-agree", sentence, name=editor.name, count=required)
    ready = [one for one in others if newcomers.counts(desk, one, editor)]
    if not manifest.enough([one.role for one in ready], editor.role, required):
        raise newcomers.ungrantable(desk, [*others, editor])
    away = absences.now_away(desk)
    if not manifest.enough([one.role for one in ready if one.pk not in away], editor.role, required):
        missing = absences.told(away[one.pk] for one in ready if one.pk in away)
        sentence = N_(
            "Nobody who is present could give the visa (away: %(missing)s). "
            "Ask again once they are back, or have an absence taken back: whoever is away may still agree."
        )
        raise Refused("nobody-present", sentence, missing=missing)


def kept_source(desk: Desk, announcement: str) -> Source:
    """Return the document of an announcement's last version, as it was kept. Raises OSError."""
    version = Version.objects.filter(announcement=announcement).order_by("-number")[0]
    return Source(Path(version.source_path) if version.source_path else None, (_sources(desk) / version.source_sha256).read_bytes())


def _sources(desk: Desk) -> Path:
    return desk.config.storage.data_dir / "sources"


def _version(plan: Plan, editor: Person, now: datetime) -> Version:
    content = keeping.values(plan)
    withdrawn = plan.follows is not None and plan.follows.purpose is Purpose.WITHDRAW
    return Version(
        number=plan.follows.round if plan.follows else 1,
        title=plan.announcement.title,
        content=content,
        text_sha256=_sha256(json.dumps(_text_of(content), sort_keys=True).encode()),
        source_sha256=_sha256(plan.source.content),
        source_path="" if withdrawn or plan.source.path is None else str(plan.source.path.absolute()),
        editor=editor,
        created_at=now,
    )


def _store(desk: Desk, actor: Actor, plan: Plan, version: Version) -> Queued:
    now, purpose = version.created_at, plan.follows.purpose if plan.follows else Purpose.PUBLISH
    announcement = version.announcement = _announcement(plan, now)
    version.save()
    deliveries = tuple(_delivery(desk, version, part, purpose) for part in plan.parts)
    drawn = manifest.draw_up(actor, version, deliveries, now)
    for delivery, part in zip(deliveries, plan.parts, strict=True):
        delivery.manifest = drawn
        delivery.save()
        DeliveryStep.objects.bulk_create(_steps(delivery, part))
    detail: dict[str, object] = {"title": version.title, "hash": drawn.hash, "deliveries": [delivery.id for delivery in deliveries]}
    why = {"purpose": plan.follows.purpose, "reason": plan.follows.reason} if plan.follows else {}
    audit.record(actor, QUEUED, announcement.id, now, detail | why)
    manifest.seal_if_agreed(actor, drawn, desk.config.approval.required, now)
    return Queued(announcement.id, deliveries, drawn.sealed_at is not None, plan.problems)


def _announcement(plan: Plan, now: datetime) -> Announcement:
    """Return the announcement that the plan makes or goes on with. Raises Refused if it is no longer as it was when planned."""
    if plan.follows is None:
        return Announcement.objects.create(created_at=now)
    announcement = Announcement.objects.get(pk=plan.follows.announcement)
    if next_round(announcement.id) != plan.follows.round:
        sentence = N_("%(id)s has changed at this very moment: look at it again with “publisher status”.")
        raise Refused("changed-meanwhile", sentence, id=announcement.id)
    return announcement


def next_round(announcement: str) -> int:
    """Return the number of the next round of an announcement, which is also that of its next version."""
    return 1 + (Version.objects.filter(announcement=announcement).aggregate(last=Max("number"))["last"] or 0)


def _delivery(desk: Desk, version: Version, part: Planned, purpose: Purpose) -> Delivery:
    window, settings = part.window, part.channel.settings
    return Delivery(
        announcement=version.announcement,
        version=version,
        purpose=purpose,
        round=version.number,
        channel=part.channel.name,
        kind=part.channel.kind,
        recipients=manifest.recipients_hash([(one.address, one.name) for one in part.recipients]),
        account=settings.account,
        payload=slots.freeze(part.payload),
        digest=part.payload.digest,
        after=list(part.after),
        policies=dict(part.policies),
        due_at=window.due_at,
        not_after=window.not_after,
        late=settings.not_after,
        embargo_until=window.embargo_until,
        wall=window.wall,
        zone=desk.config.town.zone.key,
    )


def _steps(delivery: Delivery, part: Planned) -> list[DeliveryStep]:
    """Return one row per step; where the channel sends to people one by one, one row per recipient of each."""
    people = list(_personal(delivery, part)) if part.recipients else [{}]
    steps = [(step, personal) for step in part.payload.steps for personal in people]
    return [
        DeliveryStep(delivery=delivery, position=position, step=step.id, effect=step.effect, after=step.after or "", **personal)
        for position, (step, personal) in enumerate(steps)
    ]


def _personal(delivery: Delivery, part: Planned) -> Iterator[dict[str, str]]:
    """Yield what makes the row of each recipient theirs: chosen once, kept before anything is sent, the same at each call.

    The token stays the same in all rounds of an announcement, so that a correction answers the message that it corrects.
    """
    earlier = DeliveryStep.objects.filter(delivery__announcement=delivery.announcement_id, delivery__channel=delivery.channel)
    known = dict(earlier.values_list("recipient", "token"))
    domain = delivery.account.rpartition("@")[2].encode("idna").decode("ascii")
    for one in part.recipients:
        token = known.get(one.address) or secrets.token_hex(8)
        yield {"recipient": one.address, "name": one.name, "token": token, "message_id": f"<{delivery.id}.{token}@{domain}>"}


def repetition(version: Version, digests: Mapping[str, str]) -> Delivery | None:
    """Return what already stands, or will stand, on one of these channels: the same text, or a payload equal to the byte.

    What was sent back will stand nowhere, unless a part of it is out, or may be.
    """
    same = Q()
    for channel, digest in digests.items():
        same |= Q(channel=channel) & (Q(version__text_sha256=version.text_sha256) | Q(digest=digest))
    out = Q(state__in=[StepState.SENT, StepState.IN_DOUBT]) | Q(attempts__state=AttemptState.INTENT)
    begun = DeliveryStep.objects.filter(out, delivery=OuterRef("pk"))
    live = Delivery.objects.filter(same, Q(manifest__void_at=None) | Exists(begun), state__in=LIVE)
    return live.exclude(announcement=version.announcement_id).order_by("-announcement__created_at").first()


def _refuse_repetition(plan: Plan, version: Version) -> None:
    found = repetition(version, {part.channel.name: part.payload.digest for part in plan.parts})
    if found:
        sentence = N_("This text is already planned or published on %(channel)s (%(id)s): cancel that one first, or say --again.")
        raise Refused("already-queued", sentence, id=found.announcement_id, channel=found.channel)


def _text_of(content: Mapping[str, Any]) -> dict[str, object]:
    """Return what readers would recognise as the same text, whenever and wherever it is published."""
    channels = {name: {key: own[key] for key in _OWN_TEXT} for name, own in content["channels"].items()}
    return {key: content[key] for key in _TEXT} | {"channels": channels}


def _keep(folder: Path, content: bytes) -> None:
    """Keep the document under its hash; what is there already is the same."""
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        files.sync(folder.parent)
    path = folder / _sha256(content)
    if not path.exists():
        files.write_whole(path, content, mode=0o600)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
