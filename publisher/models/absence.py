"""Who is away, until when, and who is asked meanwhile."""

from django.db import models
from django.db.models import F, Q

from publisher.models.people import Person


class Absence(models.Model):
    """Days, in the town's zone and both included, on which nobody asks anything of a person; `substitute` is told instead, if there is one.

    It gives no right to anybody: the substitute acts by the role of their own account.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, default=None, related_name="+")

    class Meta:
        """It ends after it began, and nobody stands in for themselves."""

        indexes = (models.Index(fields=["last_day"], name="absence_end"),)
        constraints = (
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_days"),
            models.CheckConstraint(condition=Q(substitute=None) | ~Q(substitute=F("person")), name="absence_substitute"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.first_day} – {self.last_day}"
