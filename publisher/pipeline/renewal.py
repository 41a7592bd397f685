"""New secrets in `.env`: the running service takes them, and asks the platform who they are before anything leaves with them."""

import logging

from django.db import transaction

from publisher.adapters.live import LiveChannels
from publisher.errors import ConfigError
from publisher.i18n import _
from publisher.models import ChannelState
from publisher.pipeline.desk import Desk

log = logging.getLogger(__name__)


def renew(desk: Desk) -> bool:
    """Take the secrets that were written since the last look; whether there were any. Those that cannot be read change nothing.

    What the platforms said is forgotten before the secrets are used: a claim sees either the old secrets with their probe, or the
    new ones without, and waits.
    """
    channels = desk.channels
    if not isinstance(channels, LiveChannels):
        return False
    try:
        changed = channels.changed()
    except ConfigError as error:
        log.warning(_("The secrets stay as they were: %(reason)s"), {"reason": error})
        return False
    if not changed:
        return False
    with transaction.atomic():
        ChannelState.objects.filter(pk__in=changed).update(probed_at=None, reason="")
    channels.take(changed)
    log.info(_("New secrets from now on: %(channels)s."), {"channels": ", ".join(changed)})
    return True
