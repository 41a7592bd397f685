"""What leaves on which day: appointments, each an announcement at its minute with the channels that leave then. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from publisher.models import Delivery
from publisher.models.states import OPEN, DeliveryState
from publisher.pipeline.desk import Desk
from publisher.pipeline.schedule import MOVABLE, in_order

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Appointment:
    """An announcement at its minute, in the town's zone, with the embargo and the end that concern it, if there are any."""

    announcement: str
    title: str
    at: datetime
    deliveries: Sequence[Delivery]
    embargo_until: datetime | None
    not_after: datetime | None

    @property
    def awaits_visa(self) -> bool:
        """Whether nobody, or not everybody, has agreed to it yet."""
        return any(delivery.state in OPEN and delivery.manifest.sealed_at is None for delivery in self.deliveries)

    @property
    def is_movable(self) -> bool:
        """Whether any part of it may get another time."""
        return any(delivery.state in MOVABLE for delivery in self.deliveries)


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its appointments, the earliest first; `hours` is how long it lasts, 24 unless the clocks change."""

    date: date
    appointments: Sequence[Appointment]
    hours: int


def days(desk: Desk, first: date, count: int) -> list[Day]:
    """Return so many days from the first one on, in the town's zone."""
    zone = desk.config.town.zone
    wanted = [first + number * DAY for number in range(count)]
    found: dict[date, list[Appointment]] = {day: [] for day in wanted}
    for appointment in between(desk, _midnight(first, zone), _midnight(wanted[-1] + DAY, zone)):
        found[appointment.at.date()].append(appointment)
    return [Day(day, found[day], _hours(day, zone)) for day in wanted]


def month(day: date) -> tuple[date, int]:
    """Return the Monday on which the weeks of a month begin, and how many days they have together."""
    first = day.replace(day=1)
    monday = first - first.weekday() * DAY
    following = (first + 31 * DAY).replace(day=1)
    weeks = -(-(following - monday).days // WEEK)
    return monday, weeks * WEEK


def week(day: date) -> tuple[date, int]:
    """Return the Monday of a day's week, and how many days it has."""
    return day - day.weekday() * DAY, WEEK


def between(desk: Desk, start: datetime, end: datetime) -> Iterator[Appointment]:
    """Yield the appointments from one instant to another, the earliest first."""
    zone = desk.config.town.zone
    rows = Delivery.objects.filter(due_at__gte=start, due_at__lt=end, manifest__void_at=None).exclude(state=DeliveryState.CANCELED)
    ordered = rows.select_related("version", "manifest").defer("payload", "version__content").order_by("due_at", "announcement")
    for (at, announcement), group in groupby(ordered, key=lambda one: (_minute(one, zone), one.announcement_id)):
        together = in_order(desk, group)
        embargo = max((one.embargo_until for one in together if one.embargo_until), default=None)
        end_of = min((one.not_after for one in together if one.not_after), default=None)
        yield Appointment(announcement, together[0].version.title, at, together, embargo, end_of)


def _minute(delivery: Delivery, zone: ZoneInfo) -> datetime:
    due = delivery.due_at
    if due is None:
        raise AssertionError(f"{delivery} was asked for by its time")
    return due.astimezone(zone).replace(second=0, microsecond=0)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _hours(day: date, zone: ZoneInfo) -> int:
    lasts = _midnight(day + DAY, zone).timestamp() - _midnight(day, zone).timestamp()
    return round(lasts / 3600)
