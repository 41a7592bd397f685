"""What the service tells systemd: ready, alive, stopping. Without systemd, nothing."""

import logging
import os
import socket

from publisher.errors import reason
from publisher.i18n import _

log = logging.getLogger(__name__)


def tell(state: str) -> None:
    """Send one sd_notify(3) state such as READY=1 or WATCHDOG=1 to the socket that systemd named, if it named one.

    A socket that is gone is told in the log: what must leave leaves all the same.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode(), address)
        except OSError as error:
            log.warning(_("systemd could not be told %(state)s: %(reason)s."), {"state": state, "reason": reason(error)})
