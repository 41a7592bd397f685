"""What was agreed, to the byte, and who agreed."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from publisher.models.announcement import Announcement, Version
from publisher.models.fields import values
from publisher.models.people import Person


class Manifest(models.Model):
    """The list of all that will leave (delivery.md §3): `canonical` is its JSON, byte for byte what `hash` was made of.

    A manifest is sealed when enough people agreed to it; a void one counts no more, sealed or not. `drawn_by` set the times in it.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="manifests")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    canonical = models.TextField()
    hash = models.CharField(max_length=71)
    created_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, default=None, related_name="+", db_index=False)
    sealed_at = models.DateTimeField(null=True, default=None)
    void_at = models.DateTimeField(null=True, default=None)
    void_reason = models.TextField(blank=True)

    class Meta:
        """Those that await agreement are found among many."""

        indexes = (models.Index(fields=["announcement"], name="manifest_waiting", condition=Q(sealed_at=None, void_at=None)),)

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.hash}"

    @property
    def counts(self) -> bool:
        """Whether it is sealed, and not void."""
        return self.sealed_at is not None and self.void_at is None

    @property
    def is_timed_by_another(self) -> bool:
        """Whether somebody else set the times than whoever wrote the last version."""
        return self.drawn_by_id not in (None, self.version.editor_id)


class Kind(StrEnum):
    """In which quality somebody agreed: as an approver, or, to an approver's own text, as its author."""

    VISA = "visa"
    ACCORD = "accord"
    AUTOMATIC = "automatic"


class Approval(models.Model):
    """One agreement to one manifest; `person` is missing when config.toml asks for nobody. The last editor never counts twice."""

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="approvals")
    editor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    system_user = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16)
    hash = models.CharField(max_length=71)
    at = models.DateTimeField()

    class Meta:
        """A person agrees once, and not to their own text."""

        constraints = (
            models.UniqueConstraint(fields=["manifest", "person"], name="approval_once"),
            models.CheckConstraint(condition=Q(person=None) | ~Q(person=F("editor")), name="approval_by_another"),
            models.CheckConstraint(condition=Q(kind__in=values(Kind)), name="approval_kind"),
            models.CheckConstraint(
                condition=Q(person=None, kind=Kind.AUTOMATIC.value) | (Q(person__isnull=False) & ~Q(kind=Kind.AUTOMATIC.value)),
                name="approval_nobody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.hash}"
