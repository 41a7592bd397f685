"""What the town has to say: an announcement and its versions, each with the very document it was read from."""

from django.db import models

from publisher.models import ids
from publisher.models.people import Person


class Announcement(models.Model):
    """One thing to say; its state is derived from its deliveries."""

    id = models.CharField(primary_key=True, max_length=ids.LENGTH, default=ids.new_announcement_id)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Version(models.Model):
    """The facts and the text as one person left them; `content` holds the values that intake made, as JSON.

    `text_sha256` is that of the content; `source_sha256` that of the document's bytes, kept in sources/; `source_path` is
    where the document was, to notice that it changed since.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.TextField()
    content = models.JSONField()
    text_sha256 = models.CharField(max_length=64, db_index=True)
    source_sha256 = models.CharField(max_length=64)
    source_path = models.TextField(blank=True)
    editor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        """Numbered within its announcement, found by its title."""

        indexes = (models.Index(fields=["title", "announcement"], name="version_title"),)
        constraints = (models.UniqueConstraint(fields=["announcement", "number"], name="version_number"),)

    def __str__(self) -> str:
        return f"{self.announcement_id} v{self.number}"
