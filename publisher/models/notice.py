"""What people are told: one row for each person and each thing, read on the page, and sent once by e-mail."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from publisher.models.announcement import Announcement
from publisher.models.audit import Audit
from publisher.models.delivery import Delivery
from publisher.models.fields import values
from publisher.models.people import Person


class NoticeKind(StrEnum):
    """What is told."""

    ASKED = "asked"
    REMINDER = "reminder"
    RETURNED = "returned"
    AGREED = "agreed"
    HELD = "held"
    FAILED = "failed"
    MISSED = "missed"
    STOPPED = "stopped"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REPORT = "report"
    ENDANGERED = "endangered"
    EXPIRES = "expires"


class Mailed(models.Model):
    """What is read on the page, and mailed once.

    `mail_at` is when it is to be mailed, None if it is not, or no more: it is emptied before each try, so that a crash may lose one
    mail and repeats none. `channel` is the one that it is about, if it is about one; what is about no announcement has none.
    """

    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, default=None)
    mail_at = models.DateTimeField(null=True, default=None)
    mailed_at = models.DateTimeField(null=True, default=None)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        """Each model says what it tells, and to whom."""

        abstract = True


class Notice(Mailed):
    """One thing told to one person; `key` says which, among all of its kind, so that nobody is told the same twice."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, null=True, default=None, related_name="+")
    channel = models.CharField(max_length=64, blank=True, default="")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, default=None, related_name="+")

    class Meta:
        """The same thing once; the unread ones are counted on every page, those to be mailed looked for every second."""

        indexes = (
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="notice_to_mail"),
        )
        constraints = (
            models.UniqueConstraint(fields=["person", "kind", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(kind__in=values(NoticeKind)), name="notice_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AccountNotice(Mailed):
    """One act on an account, or in somebody's name, told to one person: what is said of it follows from its row of the audit."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    act = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """As above."""

        indexes = (
            models.Index(fields=["person"], condition=Q(read_at=None), name="account_notice_unread"),
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="account_notice_to_mail"),
        )
        constraints = (models.UniqueConstraint(fields=["person", "act"], name="account_notice_once"),)

    def __str__(self) -> str:
        return str(self.act)


class Told(models.Model):
    """The one row that says how far the audit was read for notices, and, an hour behind, for reports."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    notices = models.BigIntegerField(default=0)
    reports = models.BigIntegerField(default=0)

    class Meta:
        """One row only."""

        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_told"),)

    def __str__(self) -> str:
        return f"{self.notices}, {self.reports}"
