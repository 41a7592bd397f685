"""Reaching a server, over any protocol: whose certificates are trusted, and the reasons for which nothing left."""

import ssl
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from publisher.errors import NotSent
from publisher.i18n import N_


class CertificatesUnreadable(OSError):
    """[network] ca_file is no file of certificates."""


def tls_context(*authorities: Path | str | None) -> ssl.SSLContext:
    """Return what verifies certificates and host names by these files of authorities. Raises CertificatesUnreadable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for path in (path for path in authorities if path):
        try:
            context.load_verify_locations(path)
        except OSError as error:  # ssl.SSLError is one
            raise CertificatesUnreadable(path) from error
    return context


def is_loopback(host: str) -> bool:
    """Tell whether the host is this machine."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def unreadable_certificates(path: Path | None) -> NotSent:
    """Return that the town's own authority is unknown."""
    sentence = N_("The certificates in %(path)s cannot be read, so nothing was sent: check [network] ca_file.")
    return NotSent("ca-file", sentence, path=path)


def insecure(host: str) -> NotSent:
    """Return that no secure connection was made."""
    sentence = N_("No secure connection to %(host)s could be made, so nothing was sent: its certificate may have expired.")
    return NotSent("tls-failed", sentence, host=host)


def unknown_name(host: str) -> NotSent:
    """Return that there is no such host."""
    sentence = N_("The network does not know the address %(host)s, so nothing was sent: check the connection and the address.")
    return NotSent("name-not-found", sentence, host=host)


def unreachable(host: str) -> NotSent:
    """Return that the host does not answer."""
    return NotSent("unreachable", N_("%(host)s could not be reached, so nothing was sent."), host=host)
