"""Freezes a plan: version, payloads, steps and manifest stored in one transaction; nothing that is planned changes afterwards."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from publisher import storage
from publisher.adapters.base import as_json
from publisher.errors import Problem, Refused
from publisher.i18n import N_
from publisher.models import Actor, Announcement, Delivery, DeliveryStep, Person, Version, audit
from publisher.models.states import DeliveryState
from publisher.pipeline import manifest
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Plan, Planned

LIVE = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DELIVERED, DeliveryState.HELD)
"""States in which a text is, or may come, before readers."""

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
    """Store the plan, and seal it if config.toml asks for nobody's visa. Raises Refused (`already-queued`), StorageError."""
    editor = actor.person
    if editor is None:
        raise Refused("no-editor", N_("An announcement needs an author: name an account with --as."))
    with storage.explained(desk.config):
        _keep(desk.config.storage.data_dir / "sources", plan.source.content)
        with transaction.atomic():
            version = _version(plan, editor, desk.now())
            if not again:
                _refuse_repetition(plan, version)
            return _store(desk, actor, plan, version)


def _version(plan: Plan, editor: Person, now: datetime) -> Version:
    content = _values(plan)
    return Version(
        number=1,
        title=plan.announcement.title,
        content=content,
        text_sha256=_sha256(json.dumps(_text_of(content), sort_keys=True).encode()),
        source_sha256=_sha256(plan.source.content),
        source_path=str(plan.source.path.absolute()),
        editor=editor,
        created_at=now,
    )


def _store(desk: Desk, actor: Actor, plan: Plan, version: Version) -> Queued:
    now = version.created_at
    announcement = Announcement.objects.create(created_at=now)
    version.announcement = announcement
    version.save()
    deliveries = tuple(_delivery(desk, version, part) for part in plan.parts)
    drawn = manifest.draw_up(announcement, version, deliveries, now)
    for delivery, part in zip(deliveries, plan.parts, strict=True):
        delivery.manifest = drawn
        delivery.save()
        DeliveryStep.objects.bulk_create(_steps(delivery, part))
    detail = {"title": version.title, "hash": drawn.hash, "deliveries": [delivery.id for delivery in deliveries]}
    audit.record(actor, "announcement.queued", announcement.id, now, detail)
    manifest.seal_if_agreed(actor, drawn, desk.config.approval.required, now)
    return Queued(announcement.id, deliveries, drawn.sealed_at is not None, plan.problems)


def _delivery(desk: Desk, version: Version, part: Planned) -> Delivery:
    window, settings = part.window, part.channel.settings
    return Delivery(
        announcement=version.announcement,
        version=version,
        channel=part.channel.name,
        kind=part.channel.kind,
        account=settings.account,
        payload={"steps": as_json(part.payload.steps), "alternative": as_json(part.payload.alternative)},
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
    return [
        DeliveryStep(delivery=delivery, position=position, step=step.id, effect=step.effect, after=step.after or "")
        for position, step in enumerate(part.payload.steps)
    ]


def _refuse_repetition(plan: Plan, version: Version) -> None:
    """Refuse what already stands, or will stand, on the same channel: the same text, or a payload equal to the byte."""
    same = Q()
    for part in plan.parts:
        same |= Q(channel=part.channel.name) & (Q(version__text_sha256=version.text_sha256) | Q(digest=part.payload.digest))
    found = Delivery.objects.filter(same, state__in=LIVE, manifest__void_at=None).order_by("-announcement__created_at").first()
    if found:
        sentence = N_("This text is already planned or published on %(channel)s (%(id)s): cancel that one first, or say --again.")
        raise Refused("already-queued", sentence, id=found.announcement_id, channel=found.channel)


def _text_of(content: Mapping[str, Any]) -> dict[str, object]:
    """Return what readers would recognise as the same text, whenever and wherever it is published."""
    channels = {name: {key: own[key] for key in _OWN_TEXT} for name, own in content["channels"].items()}
    return {key: content[key] for key in _TEXT} | {"channels": channels}


def _values(plan: Plan) -> dict[str, Any]:
    """Return the announcement as JSON values; its problems are shown, not kept."""
    values = asdict(plan.announcement)
    del values["problems"]
    kept: dict[str, Any] = json.loads(json.dumps(values, default=_as_text))
    return kept


def _as_text(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an announcement")


def _keep(folder: Path, content: bytes) -> None:
    """Keep the document under its hash; what is there already is the same."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / _sha256(content)
    if path.exists():
        return
    draft = folder / f".{path.name}.{secrets.token_hex(4)}"
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
