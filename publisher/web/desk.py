"""The desk at which the pages of this process work: configuration, channels, clock."""

from publisher.errors import Refused
from publisher.i18n import N_
from publisher.pipeline.desk import Desk

_desk: Desk | None = None


def open_for(desk: Desk) -> None:
    """Let the pages work at this desk."""
    global _desk  # noqa: PLW0603 - Django gives views no other way to what a process has once
    _desk = desk


def current() -> Desk:
    """Return the desk. Raises Refused if no service has opened it."""
    if _desk is None:
        raise Refused("no-desk", N_("The pages are served by “publisher run”."))
    return _desk
