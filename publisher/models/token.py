"""Secrets by which other programs act for a person, and what they queued; of a secret only its hash is kept."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from publisher.models.people import Person

NAME_LENGTH = 48
"""Of a token: with its prefix it fits where the audit keeps the login of the machine."""


class Scope(StrEnum):
    """What a token is good for. None of them agrees, holds, resumes or settles."""

    READ = "read"
    QUEUE = "queue"
    CALENDAR = "calendar"


class Token(models.Model):
    """One secret of one person; what is revoked stays, so that the audit can be read."""

    name = models.CharField(max_length=NAME_LENGTH)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """A name means one token at a time."""

        constraints = (models.UniqueConstraint(fields=["name"], condition=Q(revoked_at=None), name="one_live_token"),)

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """What was queued under a key that the program chose: the same again gets the same answer, and queues nothing."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="submissions")
    key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        """A key means one thing."""

        constraints = (models.UniqueConstraint(fields=["token", "key"], name="one_submission"),)

    def __str__(self) -> str:
        return self.key
