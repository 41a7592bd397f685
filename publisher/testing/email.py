"""A mail server, simulated: what it accepts, by its switches, and the mailboxes that hold it.

Switches: `extensions` that EHLO tells besides STARTTLS, which needs a certificate; `login` whether MAIL needs AUTH; `greylist` seconds
until a recipient's second try is taken, None: at once (gris@… at the second try in any case); `messages` a connection carries,
`connections` at a time, None: any number; `eager` asks for a message even if every recipient was refused.
"""

import hashlib
import os
import re
import tempfile
import weakref
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from publisher.testing import mail_words as words
from publisher.testing.faults import Fault
from publisher.testing.ledger import Entry, open_to_append
from publisher.testing.platform import Answer
from publisher.testing.simulated import Clock, OwnPort, Simulated

if TYPE_CHECKING:
    from publisher.testing.smtp import SmtpServer

USER, PASSWORD, TOKEN = "simulated-user", "simulated-password", "simulated-token"
KEPT = 2**28  # bytes of messages that the mailboxes hold; of what comes later only the log tells

_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*([!-~]+)", re.IGNORECASE | re.MULTILINE)


class Mail(Simulated):
    """The server and everybody's mailbox."""

    name: ClassVar[str] = "email"
    label: ClassVar[str] = "E-mail"
    named_faults: ClassVar[Mapping[str, Fault]] = words.NAMED
    secrets: ClassVar[Mapping[str, str]] = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}
    synced: ClassVar[bool] = False  # a mailing is faster than a disk
    default_switches: ClassVar[Mapping[str, Any]] = {
        "skew": 0.0,
        "extensions": ["PIPELINING", "SIZE 45000000", "ENHANCEDSTATUSCODES", "8BITMIME", "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2"],
        "login": True,
        "greylist": None,
        "messages": None,
        "connections": None,
        "eager": False,
    }

    def __init__(self, clock: Clock, log: Path | None = None) -> None:
        self._bag = Bag(log and log.with_suffix(".messages"))
        self._tried: dict[str, datetime] = {}
        self._server: SmtpServer | None = None
        self._count = 0
        self.announced = 0
        """How many messages callers began to hand over to this process, whatever became of them."""
        super().__init__(clock, log)

    # ------------------------------------------------------------ its own port

    def listen(self, port: int) -> OwnPort:
        """Listen for mail, in the clear: nobody else is on this machine's loop-back."""
        from publisher.testing.smtp import SmtpServer

        self._server = SmtpServer(self, port)
        return self._server

    def settings(self, url: str) -> Mapping[str, object]:
        """Return where it listens."""
        del url
        return {} if self._server is None else {"host": self._server.host, "port": self._server.port, "security": "none"}

    def page(self, path: str) -> Answer | None:
        """Return the list of messages, one of them, or what was refused."""
        from publisher.testing import mailbox

        return mailbox.page(self, path)

    # ------------------------------------------------------------ its rules

    def fate(self, stage: str, recipient: str) -> Fault | None:
        """Return what always happens to this recipient at this stage, if anything."""
        local = recipient.casefold().partition("@")[0].partition("+")[0]
        where, fault = words.FATES.get(local, ("", None))
        if stage == words.RCPT and self._is_greylisted(local, recipient):
            return Fault(status=451, body=words.GREYLISTED)
        return fault if where == stage else None

    def accept(self, sender: str, recipient: str, content: bytes, connection: int) -> str:
        """Keep a message; return its number in the queue."""
        with self.lock:
            number = f"{self._count + 1:08X}"
            found = _MESSAGE_ID.search(content, 0, content.find(b"\r\n\r\n") + 2)
            self.record(
                "accepted",
                id=found[1].decode("ascii") if found else None,
                queue=number,
                sender=sender,
                recipient=recipient,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                connection=connection,
                place=self._bag.keep(content),
            )
        return number

    def content(self, entry: Entry) -> bytes | None:
        """Return a message that was accepted, as it came over the wire without its doubled dots; None: not kept."""
        place = entry["place"]
        return None if place is None else self._bag.get(int(str(place)), int(str(entry["size"])))

    def learn(self, entry: Entry) -> None:
        """Take one event of the ledger into the state."""
        if entry["event"] == "accepted":
            self._count += 1
        if entry["event"] == "tried":
            self._tried.setdefault(str(entry["recipient"]), datetime.fromisoformat(str(entry["at"])))

    def _is_greylisted(self, local: str, recipient: str) -> bool:
        wait = self.switches["greylist"]
        if wait is None and local != words.GREY:
            return False
        with self.lock:
            first = self._tried.get(recipient.casefold())
            if first is None:
                self.record("tried", recipient=recipient.casefold())
                return True
            return self.now() < first + timedelta(seconds=float(wait or 0))


class Bag:
    """The bytes of messages, one after the other, in a file beside the log, or in one that vanishes."""

    def __init__(self, path: Path | None) -> None:
        if path is None:
            with tempfile.TemporaryFile() as file:  # it lives as long as a descriptor does
                self._descriptor = os.dup(file.fileno())
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = open_to_append(path)
        weakref.finalize(self, os.close, self._descriptor)

    def keep(self, content: bytes) -> int | None:
        """Add a message; return where it begins, None if the bag is full."""
        place = os.fstat(self._descriptor).st_size
        if place + len(content) > KEPT:
            return None
        os.pwrite(self._descriptor, content, place)
        return place

    def get(self, place: int, size: int) -> bytes:
        """Return the message that begins there."""
        return os.pread(self._descriptor, size, place)
