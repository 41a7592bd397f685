"""What leaves when, for the calendar of somebody's telephone: no title of what is under embargo reaches another company's servers."""

from collections.abc import Sequence
from datetime import timedelta

from publisher.i18n import _
from publisher.models import Delivery
from publisher.pipeline import agenda, embargo
from publisher.pipeline.agenda import Appointment
from publisher.pipeline.desk import Desk
from publisher.pipeline.icalendar import Event, calendar
from publisher.pipeline.state_words import STATES

BEFORE, AHEAD = timedelta(days=31), timedelta(days=400)
OFTEN = timedelta(hours=1)


def feed(desk: Desk, address: str) -> bytes:
    """Return the calendar; `address` is where the pages are."""
    now = desk.now()
    appointments = list(agenda.between(desk, now - BEFORE, now + AHEAD))
    hidden = embargo.secret(desk, {one.announcement for one in appointments})
    events = [_event(one, address, is_hidden=one.announcement in hidden) for one in appointments]
    return calendar(desk.config.town.name, events, now, OFTEN)


def _event(one: Appointment, address: str, *, is_hidden: bool) -> Event:
    return Event(
        uid=f"{min(row.pk for row in one.deliveries)}@publisher",
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
