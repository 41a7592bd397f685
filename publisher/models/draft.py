"""What people are writing: fields as they typed them, before anybody is asked to agree."""

from django.db import models

from publisher.models import ids
from publisher.models.announcement import Announcement
from publisher.models.people import Person


class Draft(models.Model):
    """A text in the making. `fields` holds what the form holds, as text by name; `announcement` is what it became.

    `version` counts its changes, so that nobody overwrites what a colleague wrote meanwhile.
    """

    id = models.CharField(primary_key=True, max_length=ids.LENGTH, default=ids.new_draft_id)
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    editor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, null=True, default=None, related_name="drafts")

    class Meta:
        """The unfinished ones are listed, the latest first."""

        indexes = (models.Index(fields=["announcement", "-changed_at"], name="draft_unfinished"),)

    def __str__(self) -> str:
        return self.id
