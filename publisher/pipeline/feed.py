"""What leaves when, for the calendar of somebody's telephone: no title of what is under embargo reaches another company's servers."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from publisher.i18n import _
from publisher.models import Delivery, Version
from publisher.pipeline import agenda
from publisher.pipeline.agenda import Appointment
from publisher.pipeline.desk import Desk
from publisher.pipeline.icalendar import Event, calendar
from publisher.pipeline.state_words import STATES

BEFORE, AHEAD = timedelta(days=31), timedelta(days=400)
OFTEN = timedelta(hours=1)


def feed(desk: Desk, address: str) -> bytes:
    """Return the calendar; `address` is where the pages are."""
    now, zone = desk.now(), desk.config.town.zone
    appointments = list(agenda.between(now - BEFORE, now + AHEAD, zone))
    hidden = _under_embargo({one.announcement for one in appointments}, now)
    events = [_event(one, address, is_hidden=one.announcement in hidden) for one in appointments]
    return calendar(desk.config.town.name, events, now, OFTEN)


def _event(one: Appointment, address: str, *, is_hidden: bool) -> Event:
    return Event(
        uid=f"{one.deliveries[0].pk}@publisher",
        at=one.at,
        summary=_("Announcement under embargo") if is_hidden else one.title,
        description=_described(one.deliveries, awaits_visa=one.awaits_visa),
        url=f"{address}/annonces/{one.announcement}/",
        is_certain=not one.awaits_visa,
    )


def _described(deliveries: Sequence[Delivery], *, awaits_visa: bool) -> str:
    """Return the channels with where each stands, and that a visa is missing: nothing of the text."""
    lines = [_("%(channel)s: %(state)s") % {"channel": row.channel, "state": _(STATES[row.state])} for row in deliveries]
    return "\n".join([*lines, _("A visa is missing.")] if awaits_visa else lines)


def _under_embargo(announcements: Collection[str], now: datetime) -> set[str]:
    """Return those of which any part, or any version, is under embargo still.

    Mails that may leave before its end have none of their own; their title is as secret as that of the others.
    """
    parts = Delivery.objects.filter(announcement__in=announcements, embargo_until__gt=now)
    versions = Version.objects.filter(announcement__in=announcements).values_list("announcement", "content__embargo_until")
    stated = {name for name, end in versions if end and datetime.fromisoformat(end) > now}
    return stated | set(parts.values_list("announcement", flat=True))
