"""How people and other programs are told: the mailbox of the notices and the webhooks, with the secrets that `.env` has now."""

import logging

from publisher.adapters import notice_mailbox
from publisher.adapters.live import LiveConfig
from publisher.adapters.notice_mailbox import Mailbox
from publisher.config import Config
from publisher.errors import ConfigError
from publisher.i18n import _
from publisher.pipeline import webhooks

log = logging.getLogger(__name__)


class Tellers:
    """What tells; one that lacks its secret tells nothing until it has it, and keeps nothing from being published."""

    def __init__(self, config: Config) -> None:
        self._live, self._config = LiveConfig(config), config
        self._take(config)

    def follow(self) -> None:
        """Take the secrets that were written since the last look; such as cannot be read change nothing."""
        try:
            fresh = self._live.changed()
        except ConfigError:
            return  # the channels' own look at the same file tells it
        if fresh and fresh.secrets != self._config.secrets:
            self._take(fresh)

    def _take(self, config: Config) -> None:
        self._config = config
        self.mailbox, self.receivers = _mailbox(config), webhooks.receivers(config)


def _mailbox(config: Config) -> Mailbox | None:
    """Return the mailbox of the notices; while it is not set up, the pages tell the notices."""
    try:
        return notice_mailbox.configured(config)
    except ConfigError as error:
        log.warning(_("Nobody is told by e-mail: %(reason)s"), {"reason": error})
        return None
