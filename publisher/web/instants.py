"""Times that people choose in a form: a day and an hour in the town's zone, said once more where the clocks go back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict

from publisher.i18n import _
from publisher.models import Actor
from publisher.pipeline import schedule
from publisher.web import desk

LONGEST = 32  # characters
FOLDS = {"first": 0, "second": 1}
"""Which of two equal hours is meant, in the night in which the clocks go back."""


def typed(told: QueryDict, zone: ZoneInfo) -> str | None:
    """Return the time in the fields `day`, `hour` and `turn` as the pipeline reads it; None if there is none."""
    day, hour = (told.get(name, "").strip()[:LONGEST] for name in ("day", "hour"))
    wall = f"{day} {hour}".strip()
    fold = FOLDS.get(told.get("turn", ""))
    if not wall or fold is None:
        return wall or None
    try:
        return datetime.fromisoformat(wall).replace(tzinfo=zone, fold=fold).isoformat()
    except ValueError:
        return wall  # the pipeline says what is wrong with it


def move(request: HttpRequest, actor: Actor, name: str) -> str:
    """Give an announcement, or one delivery, the time in the form; say whether its visa is kept. Raises Refused, UsageError."""
    here = desk.current()
    kept = schedule.reschedule(here, actor, name, typed(request.POST, here.config.town.zone) or "")
    return _("It has its new time; its visa is kept.") if kept else _("It has its new time, and needs a new visa.")
