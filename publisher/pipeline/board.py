"""What a glance must tell: what is asked of somebody, what is held, what leaves next, what went out last. Reads only, and few rows."""

from datetime import datetime, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from publisher.models import Actor, Delivery, Manifest, Version
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline import approve

AHEAD = timedelta(hours=48)
FEW = 20


def asked_of(actor: Actor) -> list[Version]:
    """Return the versions that await this person's agreement, the one that leaves first on top."""
    unsealed = Delivery.objects.filter(state__in=approve.AWAITING, manifest__sealed_at=None, manifest__void_at=None)
    drawn = Manifest.objects.filter(pk__in=unsealed.values("manifest")).select_related("version__editor")
    waiting = [each for each in drawn.order_by("-pk")[: 5 * FEW] if approve.may_agree(actor, each)]
    due = Delivery.objects.filter(version=OuterRef("pk"), due_at__isnull=False).order_by("due_at").values("due_at")[:1]
    versions = Version.objects.filter(pk__in=[each.version_id for each in waiting]).annotate(first=Subquery(due))
    return list(versions.select_related("editor").defer("content").order_by(F("first").asc(nulls_last=True), "pk")[:FEW])


def held() -> list[Delivery]:
    """Return what waits for a person's decision, the oldest first."""
    return list(_shown(Delivery.objects.filter(state=DeliveryState.HELD)).order_by("due_at", "pk")[:FEW])


def coming(now: datetime) -> list[Delivery]:
    """Return what leaves within two days, the earliest first."""
    agreed = Delivery.objects.filter(state__in=OPEN, manifest__sealed_at__isnull=False, manifest__void_at=None)
    return list(_shown(agreed.filter(due_at__lte=now + AHEAD)).order_by("due_at", "pk")[:FEW])


def out() -> list[Delivery]:
    """Return what went out last, the latest first."""
    delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED)
    return list(_shown(delivered).order_by("-delivered_at", "pk")[:FEW])


def _shown(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_related("version").defer("payload", "version__content")
