"""What is known of each channel between two calls, what was stopped, and which service holds the data directory."""

from django.db import models
from django.db.models import Q

from publisher.models.people import Person

EVERYTHING = ""
"""The channel name of a pause that stops all channels."""

ALL = "*"
"""What the audit calls all channels together."""


class ChannelState(models.Model):
    """One configured channel: how its last probe went, what it waits for, and the alarm that a person must see.

    `reason` says why the last probe did not pass, as a code of `publisher.pipeline.reasons`; empty if it did. `ends_at` is when our
    access ends, as the platform told last; `inspected_at` when it was last looked at for what is to leave there later.
    """

    name = models.CharField(primary_key=True, max_length=64)
    probed_at = models.DateTimeField(null=True, default=None)
    reason = models.CharField(max_length=64, blank=True)
    retry_at = models.DateTimeField(null=True, default=None)
    alarm_at = models.DateTimeField(null=True, default=None)
    alarm = models.JSONField(default=dict)
    ends_at = models.DateTimeField(null=True, default=None)
    inspected_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return self.name


class Pause(models.Model):
    """A stop, of one channel or of everything, from `since` until somebody ends it; `person` is missing when the service stopped it."""

    channel = models.CharField(max_length=64, blank=True, default=EVERYTHING)
    reason = models.TextField()
    since = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """One stop at a time for each."""

        constraints = (models.UniqueConstraint(fields=["channel"], condition=Q(ended_at=None), name="one_live_pause"),)

    def __str__(self) -> str:
        return f"{self.channel or ALL}: {self.reason}"


class Holder(models.Model):
    """The one row that says which service may send: `epoch` grows at each start, and an outcome of an older one is void.

    `wall`, `boottime` and `boot_id` say what its watch over the clock reckoned last (`publisher.clock.Reckoned`).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.PositiveIntegerField(default=0)
    instance = models.CharField(max_length=128, blank=True)
    heartbeat_at = models.DateTimeField(null=True, default=None)
    wall = models.DateTimeField(null=True, default=None)
    boottime = models.FloatField(null=True, default=None)
    boot_id = models.CharField(max_length=64, blank=True)

    class Meta:
        """One row only."""

        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_holder"),)

    def __str__(self) -> str:
        return f"epoch {self.epoch}"


class Hook(models.Model):
    """How far a program was told what becomes of deliveries: the audit up to `sequence`.

    After `failures` in a row it is tried again at `retry_at`.
    """

    name = models.CharField(primary_key=True, max_length=32)
    sequence = models.BigIntegerField()
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return self.name
