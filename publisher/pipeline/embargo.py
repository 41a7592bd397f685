"""Until when announcements are under embargo: the latest end that was ever set for any of their texts, whichever channel carries it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from publisher.models import Delivery, Version


def ends(announcements: Collection[str]) -> Mapping[str, datetime]:
    """Return the latest end by announcement; those that never had an embargo are left out.

    A channel that may leave before the end carries none itself: its text is as secret as that of the others.
    """
    latest: dict[str, datetime] = {}
    for name, end in _every(announcements):
        latest[name] = max(end, latest.get(name, end))
    return latest


def _every(announcements: Collection[str]) -> Iterator[tuple[str, datetime]]:
    parts = Delivery.objects.filter(announcement__in=announcements)
    yield from ((name, end) for name, end in parts.values_list("announcement", "embargo_until") if end)
    versions = Version.objects.filter(announcement__in=announcements)
    yield from ((name, datetime.fromisoformat(end)) for name, end in versions.values_list("announcement", "content__embargo_until") if end)
