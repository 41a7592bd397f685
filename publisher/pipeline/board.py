"""What a glance must tell: what is asked of somebody, what is held, what leaves next, what went out last. Reads only, and few rows."""

from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from publisher.models import Actor, Delivery, Manifest, Receipt, Version
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import approve
from publisher.pipeline.desk import Desk

AHEAD = timedelta(hours=48)
FEW = 20


def asked_of(desk: Desk, actor: Actor) -> list[Version]:
    """Return the versions that await this person's agreement, the one that leaves first on top."""
    unsealed = Delivery.objects.filter(state__in=approve.AWAITING, manifest__sealed_at=None, manifest__void_at=None)
    drawn = Manifest.objects.filter(pk__in=unsealed.values("manifest")).select_related("version__editor", "version__announcement")
    waiting = [each for each in drawn.order_by("-pk")[: 5 * FEW] if approve.may_agree(actor, each)]
    versions = {each.version_id: each.version for each in waiting}
    first = {version: _first_due(version) or desk.now() + 365 * AHEAD for version in versions}
    return sorted(versions.values(), key=lambda version: first[version.pk])[:FEW]


def held() -> list[Delivery]:
    """Return what waits for a person's decision, the oldest first."""
    return list(_shown(Delivery.objects.filter(state=DeliveryState.HELD)).order_by("due_at", "pk")[:FEW])


def coming(now: datetime) -> list[Delivery]:
    """Return what leaves within two days, the earliest first."""
    agreed = Delivery.objects.filter(state__in=OPEN, manifest__sealed_at__isnull=False, manifest__void_at=None)
    return list(_shown(agreed.filter(due_at__lte=now + AHEAD)).order_by("due_at", "pk")[:FEW])


def out() -> list[Delivery]:
    """Return what went out last, with its receipts, the latest first."""
    receipts = Prefetch("steps__receipt", Receipt.objects.exclude(url=None))
    delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED)
    return list(_shown(delivered).prefetch_related(receipts).order_by("-delivered_at", "pk")[:FEW])


def _shown(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_related("version").defer("payload", "version__content")


def _first_due(version: int) -> datetime | None:
    due = Delivery.objects.filter(version=version, due_at__isnull=False).order_by("due_at")
    return due.values_list("due_at", flat=True).first()
