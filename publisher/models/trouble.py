"""What would keep an announcement from leaving, found before its time."""

from django.db import models
from django.db.models import Q

from publisher.models.announcement import Announcement


class Trouble(models.Model):
    """What would keep an announcement from leaving on one channel; `closed_at` is when a later look found nothing any more.

    One row for each announcement and channel, taken up again if something comes back. `told` is what `alarms.telling` keeps,
    `code` is its code, `before` when the announcement leaves there.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=64)
    before = models.DateTimeField()
    code = models.CharField(max_length=64)
    told = models.JSONField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """One for each; the open ones are looked for on every first page."""

        indexes = (models.Index(fields=["before"], condition=Q(closed_at=None), name="trouble_open"),)
        constraints = (models.UniqueConstraint(fields=["announcement", "channel"], name="trouble_once"),)

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.channel}: {self.code}"
