"""Accounts that were found and wait for a person to say that they are the right ones: in memory alone, for ten minutes."""

import secrets
import threading
from typing import NamedTuple

from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import Person
from publisher.pipeline.connect import Found
from publisher.pipeline.desk import Desk

LASTS = 600.0
"""Seconds, by a watch that nobody sets."""


class Pending(NamedTuple):
    """What was found, the name by which the page speaks of it, and until when it is kept."""

    name: str
    found: Found
    until: float


_waiting: dict[tuple[int, str], Pending] = {}
_lock = threading.Lock()


def put(desk: Desk, person: Person, found: Found) -> None:
    """Keep what this person has found for a channel, in the place of what they found before."""
    with _lock:
        _waiting[person.pk, found.channel] = Pending(secrets.token_urlsafe(16), found, desk.clock.boottime() + LASTS)


def of(desk: Desk, person: Person, channel: str) -> Pending | None:
    """Return what this person has found for a channel, None if there is nothing, or no more."""
    with _lock:
        for key in [key for key, one in _waiting.items() if one.until <= desk.clock.boottime()]:
            del _waiting[key]
        return _waiting.get((person.pk, channel))


def seen(desk: Desk, person: Person, channel: str, name: str) -> Found:
    """Return what the page showed by this name. Raises Refused: it is over, or something else was found meanwhile."""
    known = of(desk, person, channel)
    if known is None or not secrets.compare_digest(known.name.encode(), name.encode()):
        sentence = N_("What was found is kept for ten minutes only, and these are over: type the secrets again.")
        raise Refused("pending-over", sentence)
    return known.found


def forget(person: Person, channel: str) -> None:
    """Forget what this person has found."""
    with _lock:
        _waiting.pop((person.pk, channel), None)
