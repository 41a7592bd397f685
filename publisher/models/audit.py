"""The audit: who did what, when, to what; one row in the same transaction as what it tells, never changed, never removed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction
from django.db.models import Max

from publisher.models.fields import JSONField
from publisher.models.people import Actor, Person


class Audit(models.Model):
    """One act. `sequence` has no gap: a missing number is a missing row."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    system_user = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    detail = JSONField(default=dict)

    class Meta:
        """Found by what they tell of."""

        indexes = (models.Index(fields=["subject", "sequence"], name="audit_subject"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"


def record(actor: Actor, action: str, subject: str, now: datetime, detail: Mapping[str, object] | None = None) -> None:
    """Write one act, inside the transaction of what it tells: the only writer of the audit.

    The write lock that the transaction already holds keeps the sequence without gaps.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit row belongs in the transaction of what it tells")
    last = Audit.objects.aggregate(last=Max("sequence"))["last"] or 0
    Audit.objects.create(
        sequence=last + 1,
        at=now,
        person=actor.person,
        system_user=actor.system_user,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
    )
