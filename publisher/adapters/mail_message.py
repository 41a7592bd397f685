"""The bytes of an e-mail: everything that its recipients share is made once, with the places in which they differ left open.

The standard library encodes (quoted-printable, RFC 2047 words); the lines are laid out here, because its message classes fold
a long List-Unsubscribe into something no mail program understands, and fold other headers differently from release to release.
A place is never inside an encoded word, and in a body it is a line of its own between two soft line breaks, which vanish when
the body is read: so whatever fills it, no line is torn, and nothing that was typed can be taken for a place.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.quoprimime import body_encode
from email.utils import parseaddr

from publisher.adapters.mail_address import SLOTS, UNSAFE, on_the_wire
from publisher.errors import Rejected
from publisher.i18n import N_

HEADER_LIMIT = 900  # octets of a field; a server may refuse lines of more than 998
LINE = 78  # characters of a line that people may read (RFC 5322 §2.1.1)

_ANY_SLOT = re.compile("(" + "|".join(map(re.escape, SLOTS)) + ")")
_PLAIN = re.compile("[!-~]+( [!-~]+)*")  # may stand in a header as it is
_PRINTABLE = re.compile("[ -~]*")
_MESSAGE_ID = re.compile(r"<([^\s<>@.]+)\.([^\s<>@]+@[^\s<>@]+)>", re.ASCII)
_FRAGILE = re.compile(r"^(?:\.|From )", re.MULTILINE)  # dots that SMTP doubles, and what mailboxes write ">From"
_EASY = re.compile("[!-<>-~]{1,70}")  # a value that is its own encoding and fits on a line

_WORDS = Charset("utf-8")
_WORDS.header_encoding = QP  # an administrator can read it, which base64 would hide

Write = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes, and how it is written there."""

    slot: str
    write: Write


Piece = bytes | Place


class MessageForm:
    """A message with its open places; the same content gives the same bytes on any machine."""

    def __init__(self, content: Mapping[str, object]) -> None:
        """Lay out the content of a step of the e-mail channel. Raises Rejected for a header that cannot be written."""
        told = {key: str(value) for key, value in content.items() if value is not None}
        self._pieces = _joined([*_head(told), *_bodies(told)])
        self._open = {piece.slot for piece in self._pieces if isinstance(piece, Place)}

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Return the message for one recipient. Raises Rejected."""
        missing = self._open - values.keys()
        if missing:
            sentence = N_("The text of %(step)s leaves %(slot)s open, and nothing fills it on this channel.")
            raise Rejected("slot-unfilled", sentence, step="message", slot=min(missing))
        return b"".join([piece if isinstance(piece, bytes) else piece.write(values[piece.slot]) for piece in self._pieces])


def letter(content: Mapping[str, str]) -> bytes:
    """Return a letter from a machine to one person, in plain text: nothing is open in it, no list is behind it. Raises Rejected."""
    head = [
        _text_field("From", _mailbox(content["from"])),
        _text_field("To", on_the_wire(content["to"])),
        _text_field("Subject", _words("Subject", content["subject"])),
        b"Date: " + _plain(content["date"]) + b"\r\n",
        b"Message-ID: " + _message_id(content["message_id"]) + b"\r\n",
        b"Auto-Submitted: auto-generated\r\n",  # so that no holiday notice comes back (RFC 3834)
        b"Content-Language: " + _plain(content["language"]) + b"\r\n",
        b'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
    ]
    return b"".join([*head, _quoted(re.sub("\r\n?", "\n", content["text"]))])


def _head(content: Mapping[str, str]) -> Iterator[Piece]:
    """Yield the header; the fields by which people and machines tell messages apart come first."""
    message_id, former = content["message_id"], content.get("in_reply_to")
    yield _text_field("From", _mailbox(content["from"]))
    yield from _field("To", content["to"], _address)
    yield _text_field("Reply-To", on_the_wire(content["reply_to"]))
    yield _text_field("Subject", _words("Subject", content["subject"]))
    yield from _field("Date", content["date"], _plain)
    yield from _field("Message-ID", message_id, _message_id)
    if former:
        for name in ("In-Reply-To", "References"):
            yield from _field(name, message_id, lambda text: _former_id(text, former))
    yield from _field("List-Id", content["list_id"], _plain)
    yield from _field("List-Unsubscribe", content["list_unsubscribe"], _plain)
    if "{unsubscribe}" in content["list_unsubscribe"]:
        yield _text_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield from _field("Content-Language", content["language"], _plain)
    yield _text_field("MIME-Version", "1.0")


def _bodies(content: Mapping[str, str]) -> Iterator[Piece]:
    """Yield the text, then the same in HTML: a reader takes the last one that it can show (RFC 2046 §5.1.4)."""
    boundary = _boundary(content)
    yield f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode()
    for kind in ("plain", "html"):
        head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
        yield f"\r\n--{boundary}\r\n{head}\r\n\r\n".encode()
        yield from _body(content["html" if kind == "html" else "text"])
    yield f"\r\n--{boundary}--\r\n".encode()


def _boundary(content: Mapping[str, str]) -> str:
    """Return what parts the bodies: `=_` never occurs in quoted-printable; the rest only tells messages in messages apart."""
    canonical = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return "=_" + hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _field(name: str, text: str, write: Write) -> Iterator[Piece]:
    """Yield a header field for machines, on one line; what differs from one recipient to the other is left open."""
    yield f"{name}: ".encode()
    for part in _ANY_SLOT.split(text):
        if part:
            yield Place(part, write) if part in SLOTS else write(part)
    yield b"\r\n"


def _text_field(name: str, text: str) -> bytes:
    if not text.isascii():
        raise _unwritable(name)
    return f"{name}: {text}\r\n".encode()


def _words(name: str, text: str) -> str:
    """Return a text for people, in encoded words of at most 75 characters unless it is short and plain (RFC 2047)."""
    if UNSAFE.search(text):
        raise _unwritable(name)
    if _PLAIN.fullmatch(text) and "=?" not in text and len(f"{name}: {text}") <= LINE:
        return text
    return Header(text, _WORDS, maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _mailbox(text: str) -> str:
    if UNSAFE.search(text):
        raise _unwritable("From")
    name, address = parseaddr(text)
    wired = on_the_wire(address)
    if not name:
        return wired
    if _PLAIN.fullmatch(text) and "=?" not in text and len(f"From: {text}") <= LINE:
        return text.removesuffix(f"<{address}>") + f"<{wired}>"
    return f"{_words('From', name)}\r\n <{wired}>"


def _plain(text: str) -> bytes:
    if len(text) > HEADER_LIMIT or not _PRINTABLE.fullmatch(text):
        raise _unwritable(text[:40])
    return text.encode("ascii")


def _address(text: str) -> bytes:
    """Write the bare address. A name from a hand-kept list could only add mistakes to what its owner reads, and long lines."""
    return on_the_wire(text).encode()


def _message_id(text: str) -> bytes:
    if not _MESSAGE_ID.fullmatch(text):
        raise _unwritable(text[:40])
    return _plain(text)


def _former_id(text: str, former: str) -> bytes:
    """Write the id that the same recipient's message had in the former delivery: only what stands before the dot differs."""
    found = _MESSAGE_ID.fullmatch(text)
    if not found or "." in former:
        raise _unwritable(text[:40])
    return _message_id(f"<{former}.{found[2]}>")


def _body(text: str) -> Iterator[Piece]:
    """Yield a body in quoted-printable, its places on lines of their own."""
    parts = _ANY_SLOT.split(re.sub("\r\n?", "\n", text))
    for number, part in enumerate(parts):
        following = "".join(parts[number + 1 : number + 2])
        if number % 2:
            yield Place(part, _quoted_value)
            ends_line = following.startswith("\n") or not "".join(parts[number + 1 :])
        else:
            yield _quoted(part)
            ends_line = not part or part.endswith("\n") or not following
        if not ends_line:
            yield b"=\r\n"


def _quoted(text: str) -> bytes:
    """Return the text in quoted-printable: no line is longer than 76, none looks like a dot or an envelope to what carries it."""
    lines = body_encode(text.encode().decode("latin-1"), 74, "\r\n") if text else ""
    return _FRAGILE.sub(lambda found: f"={ord(found[0][0]):02X}{found[0][1:]}", lines).encode("ascii")


def _quoted_value(text: str) -> bytes:
    if _EASY.fullmatch(text) and text[0] != ".":
        return text.encode("ascii")
    return _quoted(re.sub("\r\n?", "\n", text))


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with neighbouring bytes joined."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and isinstance(piece, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def _unwritable(field: str) -> Rejected:
    sentence = N_("“%(field)s” cannot be written in the header of an e-mail, so nothing was sent.")
    return Rejected("header-unwritable", sentence, field=field)
