"""Tells other programs what became of deliveries, by signed calls; nothing that publishes waits for it, or knows of it.

What is to be told stands in the audit already, in the transaction of what it tells. A row here says how far each program was told:
each event in its order, again until it is taken, at least once.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction

from publisher.adapters.settings import WireSettings
from publisher.config import Config, Secret, Webhook, Where, read
from publisher.errors import ConfigError, SendError
from publisher.i18n import _
from publisher.models import Audit, Delivery, Hook, audit
from publisher.models.audit import Head
from publisher.models.people import SERVICE
from publisher.pipeline.desk import Desk
from publisher.pipeline.tenure import Tenure

SIGNATURE = "Publisher-Signature"

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""How long after each failure; the last one again and again."""

GIVEN_UP = timedelta(days=1)
"""After so long an event is told no more, and the next one has its turn."""

TIMEOUT = 5.0  # seconds without a sign of life; twice as many for a whole call

FAR = 1000
"""Rows of the audit without anything to tell after which it is noted that they were read."""

HASH = 16
"""Digits of its hash by which an event is told from another one at the same place."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A program that is told, with what signs the calls and the way to it."""

    hook: Webhook
    secret: Secret
    settings: WireSettings


def receivers(config: Config) -> tuple[Receiver, ...]:
    """Return the programs of config.toml that can be told; one without its secret is named in the log, and keeps nothing else back."""
    table = WireSettings.complete({"adapter": "webhook", "timeout": TIMEOUT}, config)
    settings = read(WireSettings, table, Where(str(config.path or ""), "[webhooks]", config.folder))
    signing = ((hook, _secret(hook, config)) for hook in config.webhooks)
    return tuple(Receiver(hook, secret, settings) for hook, secret in signing if secret)


def _secret(hook: Webhook, config: Config) -> Secret | None:
    try:
        return hook.secret(config.secrets)
    except ConfigError as error:
        log.warning(_("Webhook %(name)s is told nothing: %(reason)s"), {"name": hook.name, "reason": error})
        return None


def tell(tenure: Tenure, to: Sequence[Receiver]) -> None:
    """Tell each program what it was not told yet, until there is nothing more, it fails, or the service ends."""
    for receiver in to:
        while not tenure.ending.is_set() and _told(tenure.desk, receiver):
            pass


def signature(secret: Secret, body: bytes, at: datetime) -> str:
    """Return what stands in the header: the second at which it was signed, and the HMAC-SHA256 of that second, a point, and the body."""
    second = int(at.timestamp())
    return f"t={second},v1={hmac.new(secret.reveal().encode(), f'{second}.'.encode() + body, hashlib.sha256).hexdigest()}"


def name_of(event: Audit) -> str:
    """Return what names an event, however often it is told: its place in the audit, and a part of its hash.

    A database that was put back counts on from an earlier place; what happens then must not be taken for what was told before.
    """
    return f"{event.sequence}-{event.hash[:HASH]}"


def _told(desk: Desk, receiver: Receiver) -> bool:
    """Tell the next event; whether there may be another one to tell now."""
    now, name = desk.now(), receiver.hook.name
    row, is_new = Hook.objects.get_or_create(name=name, defaults={"sequence": Head.stored().sequence})  # what was before is history
    if is_new or (row.retry_at and row.retry_at > now):
        return False
    event = _next(row, receiver.hook.events)
    if event is None:
        return False
    reason = _failure(desk, receiver, event)
    if reason is None:
        Hook.objects.filter(pk=name).update(sequence=event.sequence, failures=0, retry_at=None)
        return True
    if event.at < now - GIVEN_UP:
        _give_up(row, event, now, reason)
        return True
    wait = WAITS[min(row.failures, len(WAITS) - 1)]
    log.warning(_("Webhook %(name)s: %(reason)s Tried again in %(seconds)d s."), {"name": name, "reason": reason, "seconds": wait.seconds})
    Hook.objects.filter(pk=name).update(failures=row.failures + 1, retry_at=now + wait)
    return False


def _next(row: Hook, events: Sequence[str]) -> Audit | None:
    wanted = [f"delivery.{event}" for event in events]
    event = Audit.objects.filter(sequence__gt=row.sequence, action__in=wanted).order_by("sequence").first()
    if event is None and (end := Head.stored().sequence) - row.sequence > FAR:
        # whatever is committed later stands after it: the sequence has no gaps, and one writer at a time
        Hook.objects.filter(pk=row.pk, sequence=row.sequence).update(sequence=end)
    return event


def _give_up(row: Hook, event: Audit, now: datetime, reason: str) -> None:
    with transaction.atomic():
        Hook.objects.filter(pk=row.pk).update(sequence=event.sequence, retry_at=None)
        audit.record(SERVICE, "webhook.given-up", row.pk, now, {"event": event.sequence})
    log.error(_("Webhook %(name)s: event %(event)d is given up. %(reason)s"), {"name": row.pk, "event": event.sequence, "reason": reason})


def _failure(desk: Desk, receiver: Receiver, event: Audit) -> str | None:
    """Make the call; return why it did not succeed, None if it did."""
    from publisher.adapters.flight import fly

    body = json.dumps(_document(desk, event), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Publisher-Event": event.action.removeprefix("delivery."),
        "Publisher-Event-Id": name_of(event),
        SIGNATURE: signature(receiver.secret, body, desk.now()),
    }
    try:
        answer = fly(receiver.settings, "POST", receiver.hook.url, data=body, headers=headers)
    except SendError as error:
        return str(error)
    if HTTPStatus(200) <= answer.status < HTTPStatus(300):
        return None
    return _("%(host)s answered with status %(status)d.") % {"host": answer.host, "status": answer.status}


def _document(desk: Desk, event: Audit) -> Mapping[str, object]:
    """Return what is told: no title and no text, which may be under embargo; whoever may read them asks the API."""
    delivery = Delivery.objects.only("announcement", "channel").get(pk=event.subject)
    return {
        "format": "publisher.event/1",
        "id": name_of(event),
        "event": event.action.removeprefix("delivery."),
        "at": event.at.astimezone(desk.config.town.zone).isoformat(),
        "announcement": delivery.announcement_id,
        "delivery": delivery.pk,
        "channel": delivery.channel,
        "reason": event.detail.get("reason"),
    }
