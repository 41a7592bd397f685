"""What is done for one channel when its lane is entered: settle what is in doubt, send what is due, one after the other."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError

from publisher.i18n import _
from publisher.models import Delivery
from publisher.models.moves import Outrun
from publisher.pipeline import claim, deliver, reconcile
from publisher.pipeline.reasons import explain
from publisher.pipeline.state_words import STATES
from publisher.pipeline.tenure import Tenure

log = logging.getLogger(__name__)


def serve(tenure: Tenure, channel: str) -> bool:
    """Settle what is in doubt on a channel and send what is due there, until nothing moves; whether anything did. Raises DatabaseError."""
    worked = bool(reconcile.tidy(tenure, channel))  # what an error left in the middle
    while not tenure.ending.is_set() and (_settle(tenure, channel) or _advance(tenure, channel)):
        worked = True
    return worked


def _settle(tenure: Tenure, channel: str) -> bool:
    doubtful = [(number, name) for place, number, name in reconcile.due(tenure) if place == channel]
    return any(_done(tenure, name, partial(reconcile.settle, tenure, number)) for number, name in doubtful)


def _advance(tenure: Tenure, channel: str) -> bool:
    """Take each delivery that is due as far as it goes, the earliest first: a thread is not mixed with another."""
    names = [name for place, name in claim.due(tenure) if place == channel]
    worked = [_go(tenure, name) for name in names]
    return any(worked)


def _go(tenure: Tenure, name: str) -> bool:
    worked = False
    while not tenure.ending.is_set() and _done(tenure, name, partial(deliver.advance, tenure, name)):
        worked = True
    return worked


def _done(tenure: Tenure, name: str, work: Callable[[], bool]) -> bool:
    """Do something for one delivery; an error of ours is told, counted, and keeps none of the others back. Raises DatabaseError."""
    try:
        return _told(name, worked=work())
    except DatabaseError:
        raise
    except Outrun as error:
        log.info("%s", error)
    except Exception:
        log.exception(_("This should not have happened; the service goes on."))
        reconcile.blame(tenure, name)
    return False


def _told(name: str, *, worked: bool) -> bool:
    """Write in the log where a delivery stands after something was done for it."""
    if worked:
        delivery = Delivery.objects.only("channel", "state", "reason").get(pk=name)
        place = {"channel": delivery.channel, "id": name, "state": _(STATES[delivery.state]), "why": explain(delivery.reason)}
        log.info((_("%(channel)s (%(id)s): %(state)s. %(why)s") % place).rstrip())
    return worked
