"""The bytes of one SMTP connection: every wait ends at one deadline, whatever signs of life there are, and every answer is capped.

smtplib is not used for it: its time-out starts anew with each byte and its answers have no end; it cannot log in with a
password that has an accent, and tries a wrong one three times over.
"""

import re
import select
import socket
import ssl
import time
from ipaddress import ip_address

from publisher.adapters.smtp_replies import Reply
from publisher.adapters.waiting import Wait, Waits

BLOCK = 2**16  # bytes
LARGEST_REPLY = 2**16  # bytes of all its lines

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?")


class Unreadable(Exception):
    """What came is no reply of a mail server."""


# what may go wrong on the way; a host name that cannot be one, or a challenge that is no base64, is a ValueError
FAILURES = (OSError, Unreadable, ValueError)

NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Wire:
    """One connection to a mail server, in the clear or over TLS."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        """Connect within the time; then the same time holds for what follows, until it is set anew. Raises OSError, UnicodeError."""
        self.until(seconds)
        self._received = bytearray()
        self._socket = self._connected(host, port)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._turn_to(self._socket)

    def until(self, seconds: float) -> None:
        """Let all that follows end this many seconds from now."""
        self._end = time.monotonic() + seconds

    def refuse_late(self) -> None:
        """Raise TimeoutError if the time is over."""
        if time.monotonic() >= self._end:
            raise TimeoutError("the deadline has passed")

    @property
    def is_private(self) -> bool:
        """Whether the other end is this machine or a private network."""
        return not ip_address(self._socket.getpeername()[0].partition("%")[0]).is_global

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way reads along."""
        return isinstance(self._socket, ssl.SSLSocket)

    def is_quiet(self) -> bool:
        """Tell whether the server has said nothing that is still to be read. Raises OSError: it has hung up.

        Reading is the only way to know: over TLS a socket may be ready with what is not for us.
        """
        if not self._received:
            try:
                self._take(self._socket.recv(BLOCK))
            except NOTHING_YET:
                return True
        return not self._received

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on over TLS. Raises OSError, of which ssl.SSLError is one, and Unreadable."""
        if self._received:
            raise Unreadable("something was said in the clear after the consent to TLS")
        plain = self._socket
        plain.settimeout(self._left())
        try:
            self._turn_to(context.wrap_socket(plain, server_hostname=host))
        except BaseException:
            plain.close()
            raise

    def send(self, content: bytes) -> Waits[None]:
        """Send all of it. Raises OSError."""
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[self._socket.send(rest[:BLOCK]) :]
            except NOTHING_YET as error:
                yield self._until(select.POLLIN if isinstance(error, ssl.SSLWantReadError) else select.POLLOUT)

    def ask(self, command: bytes) -> Waits[Reply]:
        """Send a command and read the reply. Raises OSError, Unreadable."""
        yield from self.send(command)
        return (yield from self.reply())

    def reply(self) -> Waits[Reply]:
        """Read one reply, whatever it says. Raises OSError, Unreadable."""
        lines: list[str] = []
        size = 0
        while True:
            while (line := self._line()) is None:
                yield from self._receive()
            size += len(line)
            found = _LINE.fullmatch(line)
            if not found or size > LARGEST_REPLY:
                raise Unreadable(line[:200].decode("utf-8", "replace"))
            lines.append((found[3] or b"").decode("utf-8", "replace").strip())
            if found[2] != b"-":
                return Reply(int(found[1]), tuple(lines))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _line(self) -> bytes | None:
        """Take the next line out of what was received; None as long as its end is not there. Raises Unreadable."""
        end = self._received.find(b"\n")
        if end < 0:
            if len(self._received) > LARGEST_REPLY:
                raise Unreadable("a line without an end")
            return None
        line = bytes(self._received[:end]).rstrip(b"\r")
        del self._received[: end + 1]
        return line

    def _receive(self) -> Waits[None]:
        """Read what comes next: what is there already counts, however late one gets to it."""
        while True:
            try:
                self._take(self._socket.recv(BLOCK))
            except NOTHING_YET as error:  # TLS may have to write before it can read
                event = select.POLLOUT if isinstance(error, ssl.SSLWantWriteError) else select.POLLIN
            else:
                return
            yield self._until(event)

    def _until(self, event: int) -> Wait:
        """Return what is to be waited for. Raises TimeoutError: the deadline has passed."""
        self.refuse_late()
        return Wait(self._socket.fileno(), event, self._end)

    def _turn_to(self, connection: socket.socket) -> None:
        """Go on with a connection, whose reads and writes never wait."""
        self._socket = connection
        self._socket.settimeout(0)

    def _take(self, block: bytes) -> None:
        if not block:
            raise ConnectionError("the server hung up")
        self._received += block

    def _left(self) -> float:
        """Return the seconds that are left, for what waits by itself. Raises TimeoutError."""
        self.refuse_late()
        return max(0.001, self._end - time.monotonic())  # 0 would be no wait at all

    def _connected(self, host: str, port: int) -> socket.socket:
        """Try the host's addresses one after the other, all within the time."""
        failure: OSError = ConnectionError(f"{host} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self._left())
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
        raise failure
