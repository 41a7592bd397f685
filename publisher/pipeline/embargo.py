"""Whether an embargo is over: asked here by all that show a title or decide what is still secret; in doubt it is not.

An embargo ends at the latest end that was ever set for any text of the announcement, whichever channel carries it. Our clock alone
is no proof of it: somebody else must confirm the clock, unless what the embargo held back has left, which only a confirmed clock let go.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from publisher.clock import Watch
from publisher.models import Delivery, Version
from publisher.models.states import StepState
from publisher.pipeline.desk import Desk


def secret(desk: Desk, announcements: Collection[str], watch: Watch | None = None) -> set[str]:
    """Return those of the announcements that are, or may be, under embargo; `watch` is the service's, where it is at hand."""
    return _ahead(desk, ends(announcements), watch)


def is_ahead(desk: Desk, announcement: str, end: datetime) -> bool:
    """Tell whether this end of an embargo of the announcement is, or may be, still to come."""
    return bool(_ahead(desk, {announcement: end}, None))


def ends(announcements: Collection[str]) -> Mapping[str, datetime]:
    """Return the latest end by announcement; those that never had an embargo are left out.

    A channel that may leave before the end carries none itself: its text is as secret as that of the others.
    """
    latest: dict[str, datetime] = {}
    for name, end in _every(announcements):
        latest[name] = max(end, latest.get(name, end))
    return latest


def _ahead(desk: Desk, until: Mapping[str, datetime], watch: Watch | None) -> set[str]:
    """Return those whose end may be still to come. To a page, which has no watch over the clock, only the kernel confirms it."""
    if not until:
        return set()
    certain, out = (watch or Watch(desk.clock)).certain(), _out(until)
    return {name for name, end in until.items() if end > desk.now() or not (certain or name in out)}


def _out(until: Mapping[str, datetime]) -> set[str]:
    """Return the announcements of which readers see something that was held back until that end, or a later one."""
    left = Delivery.objects.filter(announcement__in=until, embargo_until__isnull=False, steps__state=StepState.SENT)
    return {name for name, end in left.values_list("announcement", "embargo_until").distinct() if end and end >= until[name]}


def _every(announcements: Collection[str]) -> Iterator[tuple[str, datetime]]:
    parts = Delivery.objects.filter(announcement__in=announcements)
    yield from ((name, end) for name, end in parts.values_list("announcement", "embargo_until") if end)
    versions = Version.objects.filter(announcement__in=announcements)
    yield from ((name, datetime.fromisoformat(end)) for name, end in versions.values_list("announcement", "content__embargo_until") if end)
