"""By which identity of the provider somebody signs in: one for each account, and each for one account only."""

from django.db import models

from publisher.models.people import Person

SUBJECT_LENGTH = 255
"""OpenID Connect Core 1.0 §2."""


class Identity(models.Model):
    """Bound at the first use, or by an administrator before it; only an administrator takes it away."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="identity")
    issuer = models.URLField(max_length=500)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    linked_at = models.DateTimeField()

    class Meta:
        """Nobody signs in to two accounts by one identity."""

        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="one_identity"),)

    def __str__(self) -> str:
        return self.subject
