"""What stands around every page: the town's name, the way to the other pages, whether the service works, what is stopped."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from publisher.i18n import N_, _
from publisher.models import Holder
from publisher.pipeline import notices, preview, status
from publisher.pipeline.people import WRITERS
from publisher.web import desk, second_factor, static
from publisher.web.gate import STOPPERS, acting

SILENT = timedelta(seconds=45)
"""Without a sign of life for so long the service is said not to answer; it gives one every ten seconds."""

FONT = "fonts/source-sans-3.052.woff2"
"""Named by its version: a style sheet cannot name its content."""

STYLES = ("fonts.css", "colours.css", "base.css", "frame.css", "lists.css", "forms.css", "steps.css", "cards.css", "print.css")


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the rail leads to."""

    view: str
    label: str
    icon: str


RAIL = (
    Place("today", N_("Today"), "house"),
    Place("announcements", N_("Announcements"), "megaphone"),
    Place("calendar", N_("Calendar"), "calendar-days"),
    Place("journal", N_("Journal"), "scroll-text"),
    Place("channels", N_("Channels"), "share-2"),
    Place("people", N_("People"), "users"),
    Place("help", N_("Help"), "circle-question-mark"),
)


ROOMS = {
    "announcements": ("announcement", "correct", "delivery", "draft", "report", "withdraw"),
    "channels": ("channel_connect",),
    "help": ("help_page",),
    "people": ("invite", "person"),
}
"""The pages that one comes to from those of the rail, which stay marked there."""


def around(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame shows; to a stranger, and to who has no second factor yet, nothing but the town's name."""
    here = desk.current()
    shown: dict[str, Any] = {
        "town": here.config.town.name,
        "logo": preview.logo(here.config),
        "language": here.config.town.language,
        "provider": here.config.web.oidc.button if here.config.web.oidc.issuer else "",
        "font": reverse("static", args=[FONT]),
        "styles": [static.address(name) for name in STYLES],
    }
    if not request.user.is_authenticated or not is_mfa_enabled(request.user):
        return shown
    view = request.resolver_match.view_name if request.resolver_match else ""
    stops = status.stops(here)
    return shown | {
        "rail": [{"view": place.view, "label": _(place.label), "icon": place.icon, "here": _where(place, view)} for place in RAIL],
        "unread": notices.count_unread(acting(request)),
        "may_stop": acting(request).role in STOPPERS,
        "may_write": acting(request).role in WRITERS,
        "may_be_away": acting(request).role in STOPPERS,
        "stops": stops,
        "is_stopped": any(stop["channel"] is None for stop in stops),
        "passkey_counts": second_factor.passkey_counts(request),
        "has_passkey": SimpleLazyObject(lambda: second_factor.has_passkey(request)),  # asked for where a code is
        "is_alive": _is_alive(),
    }


def _where(place: Place, view: str) -> str:
    """Return how a place of the rail is marked: as the page that is shown, as the room that it belongs to, or not at all."""
    return "page" if place.view == view else "true" if view in ROOMS.get(place.view, ()) else ""


def _is_alive() -> bool:
    holder = Holder.objects.filter(pk=1).first()
    beat = holder.heartbeat_at if holder else None
    return beat is not None and desk.current().now() - beat < SILENT
