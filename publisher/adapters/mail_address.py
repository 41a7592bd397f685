"""What stands in the header of an e-mail: which addresses and texts we take, how they are written, which places are left open."""

import re
from functools import lru_cache
from urllib.parse import quote

from publisher.errors import Rejected
from publisher.i18n import N_
from publisher.text.patterns import late

LONGEST = 254  # octets; what fits in the reverse-path of RFC 5321

SLOTS = ("{recipient}", "{message_id}", "{date}", "{unsubscribe}", "{permalink}")
"""What differs from one recipient, or one delivery, to the other."""

# letters of any language on both sides; nothing that would need quoting, nor that a header or a command could break on
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
UNSAFE = re.compile(f"[{_CONTROLS}]")
"""What ends a line somewhere, or is no letter."""
_ADDRESS = late(rf"[^\s@<>,;:\"()\[\]\\{_CONTROLS}]+@[^\W_](?:[\w-]*\.)+[^\W_](?:[\w-]*[^\W_])?")
_SPECIAL = late(r"[()<>\[\]:;@\\,.\"]")


def is_address(text: str) -> bool:
    """Tell whether the text is one bare address."""
    return _wired(text) is not None


def on_the_wire(address: str) -> str:
    """Return the address with its domain in ASCII letters (IDNA), as headers and servers want it. Raises Rejected."""
    wired = _wired(address)
    if wired is None:
        sentence = N_("“%(address)s” is not an e-mail address that can be written to: correct it in the list.")
        raise Rejected("address-unusable", sentence, address=address)
    return wired


def one_line(text: str) -> str:
    """Return the text as a header can hold it: no line end, no control character, no blank in front or behind."""
    return re.sub(f"(?:{UNSAFE.pattern}| )+", " ", text).strip(" ")


def domain_of(address: str) -> str:
    """Return the domain in ASCII letters. Raises Rejected."""
    return on_the_wire(address).rpartition("@")[2]


def mailbox(name: str, address: str) -> str:
    """Return « Name <address> », the name quoted where it needs to be (RFC 5322 §3.4); email.headerregistry is slow to load."""
    name = " ".join(one_line(name).split())
    if _SPECIAL.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>" if name else address


def list_id(address: str) -> str:
    """Return the name of the list that the address sends to, by which mail is filtered (RFC 2919)."""
    local, _, domain = on_the_wire(address).rpartition("@")
    label = re.sub("[^A-Za-z0-9-]+", "-", local).strip("-") or "presse"
    return f"<{label}.{domain}>"


def mailto(address: str, subject: str) -> str:
    """Return the link that opens a mail to the address."""
    return f"mailto:{quote(on_the_wire(address), safe='@')}?subject={quote(subject)}"


@lru_cache(64)  # asked three times for each message: the sender's twice, and the recipient's for its header and its envelope
def _wired(address: str) -> str | None:
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:  # a part of the domain is too long once it is written so
        return None
