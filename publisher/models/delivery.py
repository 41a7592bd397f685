"""What leaves: deliveries, their steps, each call that was made for a step, and what the platforms acknowledged."""

from typing import cast

from django.db import models
from django.db.models import F, Q

from publisher.adapters import base
from publisher.models import ids
from publisher.models.announcement import Announcement, Version
from publisher.models.approval import Manifest
from publisher.models.fields import values
from publisher.models.moves import Stateful
from publisher.models.people import Person
from publisher.models.states import ALIVE, ATTEMPT_MOVES, DELIVERY_MOVES, STEP_MOVES, AttemptState, DeliveryState, Purpose, StepState


class Delivery(Stateful):
    """An announcement's version on one channel at one time.

    `due_at` is missing until the visa when no time was given; `wall` and `zone` are the time as a person typed it.
    `late` is how many minutes after the due time it is too late. `payload` is frozen when queued. `reason` is a code of
    `publisher.pipeline.reasons`. `claimed_by` is the epoch of the service that is working on it right now.
    `purpose` says what it is for, `round` counts: what is corrected or withdrawn later is another round of the same
    announcement. `recipients` is the hash of the list that was frozen, empty where the platform has none. `taken_by` is who has
    the text in hand since `taken_at`, to publish it where nothing is sent: until they answer it may be out.
    """

    MOVES = DELIVERY_MOVES

    id = models.CharField(primary_key=True, max_length=ids.LENGTH, default=ids.new_delivery_id)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="deliveries")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    account = models.TextField(blank=True)
    payload = models.JSONField()
    digest = models.CharField(max_length=71, db_index=True)
    after = models.JSONField(default=list)
    policies = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    late = models.PositiveIntegerField()
    embargo_until = models.DateTimeField(null=True)
    wall = models.CharField(max_length=64, blank=True)
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=DeliveryState.PLANNED.value)
    reason = models.CharField(max_length=64, blank=True)
    retry_at = models.DateTimeField(null=True, default=None)
    tries = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0)
    claimed_by = models.PositiveIntegerField(null=True, default=None)
    delivered_at = models.DateTimeField(null=True, default=None)
    seen_at = models.DateTimeField(null=True, default=None)
    send_again = models.JSONField(default=list)
    purpose = models.CharField(max_length=16, default=Purpose.PUBLISH.value)
    round = models.PositiveIntegerField(default=1)
    recipients = models.CharField(max_length=71, blank=True)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, default=None, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """Only states that exist, and no end before the beginning."""

        indexes = (
            models.Index(fields=["state", "due_at"], name="delivery_due"),
            models.Index(fields=["channel", "due_at"], name="delivery_channel"),
            models.Index(fields=["delivered_at"], name="delivery_out", condition=Q(delivered_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=values(DeliveryState)), name="delivery_state"),
            models.CheckConstraint(condition=Q(purpose__in=values(Purpose)), name="delivery_purpose"),
            models.CheckConstraint(condition=Q(not_after__gt=F("due_at")) | Q(due_at=None), name="delivery_window"),
            models.CheckConstraint(condition=Q(due_at__gte=F("embargo_until")) | Q(due_at=None) | Q(embargo_until=None), name="embargo"),
        )

    def __str__(self) -> str:
        return self.id


class DeliveryStep(Stateful):
    """One remote effect of a delivery; its content is in the delivery's payload, under `step`.

    A step of the `alternative` comes into being when a person decides for it; `takes_back` names the step that it withdraws.
    A step that goes to many people has one row for each `recipient`, with the `name` that the list gives, a `token` of fixed
    length and the `message_id` of what they get; such rows do not wait for each other, and each has its own `retry_at` and `tries`.
    """

    MOVES = STEP_MOVES

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="steps", db_index=False)  # as in step_position
    position = models.PositiveIntegerField()
    step = models.CharField(max_length=128)
    effect = models.CharField(max_length=32)
    after = models.CharField(max_length=128, blank=True)
    alternative = models.BooleanField(default=False)
    takes_back = models.CharField(max_length=128, blank=True)
    recipient = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=255, blank=True)
    token = models.CharField(max_length=32, blank=True)
    message_id = models.CharField(max_length=320, blank=True)
    retry_at = models.DateTimeField(null=True, default=None)
    tries = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default=StepState.PENDING.value)

    class Meta:
        """In their order."""

        ordering = ("delivery", "position")
        constraints = (
            models.UniqueConstraint(fields=["delivery", "position"], name="step_position"),
            models.UniqueConstraint(fields=["delivery", "step", "recipient"], name="step_name"),
            models.CheckConstraint(condition=Q(state__in=values(StepState)), name="step_state"),
        )

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.step}" + (f"/{self.recipient}" if self.recipient else "")


class Attempt(Stateful):
    """One call of one step, written before the call, never removed.

    `slots` are the values that were put into the approved content and `digest` is that of the result. `tainted`: an
    earlier call may have been taken in without our knowing, so that a refusal proves nothing. `code`, `sentence` and
    `params` tell the outcome to people; `evidence` is what the platform said, word for word.
    """

    MOVES = ATTEMPT_MOVES

    step = models.ForeignKey(DeliveryStep, on_delete=models.PROTECT, related_name="attempts", db_index=False)  # as in attempt_number
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, default=AttemptState.INTENT.value)
    epoch = models.PositiveIntegerField()
    intent_at = models.DateTimeField()
    digest = models.CharField(max_length=71)
    slots = models.JSONField(default=dict)
    tainted = models.BooleanField(default=False)
    calls = models.PositiveIntegerField(default=1)
    look_at = models.DateTimeField(null=True, default=None)
    unread_since = models.DateTimeField(null=True, default=None)
    outcome_at = models.DateTimeField(null=True, default=None)
    code = models.CharField(max_length=64, blank=True)
    sentence = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    dismissed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, default=None, related_name="+", db_index=False)
    dismissed_why = models.TextField(blank=True)

    class Meta:
        """At most one attempt of a step is alive."""

        ordering = ("step", "number")
        indexes = (models.Index(fields=["state", "look_at"], name="attempt_to_settle"),)
        constraints = (
            models.UniqueConstraint(fields=["step", "number"], name="attempt_number"),
            models.UniqueConstraint(fields=["step"], condition=Q(state__in=values(ALIVE)), name="one_live_attempt"),
            models.CheckConstraint(condition=Q(state__in=values(AttemptState)), name="attempt_state"),
        )

    def __str__(self) -> str:
        return f"{self.step}/{self.number}"


class Receipt(models.Model):
    """What a platform acknowledged for a step, or what was found there; never changed, never removed."""

    step = models.OneToOneField(DeliveryStep, on_delete=models.PROTECT, related_name="receipt")
    remote_id = models.TextField(null=True)  # noqa: DJ001 - an empty id would be an answer; none is none
    url = models.TextField(null=True)  # noqa: DJ001 - as above
    at = models.DateTimeField(null=True)
    answer = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step_id}: {self.remote_id}"

    @property
    def value(self) -> base.Receipt:
        """As adapters know it."""
        return base.Receipt(self.step.step, self.remote_id, self.url, self.at, cast("dict[str, object]", self.answer))
