"""Logging in to a mail server (RFC 4954): one mechanism is chosen and tried once, so that a wrong password locks no account."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Sequence

from publisher.adapters.mail_settings import Config
from publisher.config import Secret

Answer = Callable[[bytes], bytes]
"""From what the server asks to what is answered."""

MORE, WELCOME = 334, 235


def mechanism(settings: Config, offered: Collection[str], *, secure: bool) -> str | None:
    """Return the mechanism to use, None if the server offers none that we have; in the clear, one that does not show the password."""
    with_password = ("PLAIN", "LOGIN", "CRAM-MD5") if secure else ("CRAM-MD5", "PLAIN", "LOGIN")
    return next((name for name in (("XOAUTH2",) if settings.auth == "xoauth2" else with_password) if name in offered), None)


def conversation(settings: Config, name: str, access: Secret) -> tuple[bytes | None, Sequence[Answer]]:
    """Return what is said with the command, if anything, and the answers to what the server then asks; `access` is an access token."""
    user, password, token = (secret.reveal().encode() if secret else b"" for secret in (settings.user, settings.password, access))
    match name:
        case "PLAIN":
            return b"\0" + user + b"\0" + password, ()
        case "LOGIN":
            return None, (lambda _: user, lambda _: password)
        case "CRAM-MD5":
            return None, (lambda challenge: user + b" " + hmac.new(password, challenge, "md5").hexdigest().encode(),)
        case _:
            # a refusal is first told as a challenge, which an empty answer ends
            return b"user=" + user + b"\1auth=Bearer " + token + b"\1\1", (lambda _: b"",)


def encoded(content: bytes) -> bytes:
    """Return what goes over the wire for it."""
    return b64encode(content)


def decoded(text: str) -> bytes:
    """Return what a challenge says. Raises ValueError."""
    return b64decode(text)
