"""The port of the simulated mail server: SMTP on loop-back, strict about lines and order, with the faults that wait.

    mail = Mail(clock, log=folder / "email.jsonl")
    with SmtpServer(mail, tls=context) as server:
        mail.faults.inject("commit-then-drop")  # the next message is accepted, and no answer comes
        adapter = Email(Config(host=server.host, port=server.port, …))

In the clear unless it is given a certificate; a test has trustme make one: right, expired, or another host's.
"""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from publisher.testing.email import Mail
from publisher.testing.faults import Fault, Travel
from publisher.testing.mail_words import CONNECT, TOO_MANY_CONNECTIONS
from publisher.testing.smtp_rules import Reply, Rules, says

HOST = "127.0.0.1"
HEAP = 2**20  # bytes waiting to leave, of an answer without an end


class SmtpServer:
    """Takes mail for a simulated server until it is stopped."""

    def __init__(self, mail: Mail, port: int = 0, *, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        """Listen on the port, 0 for any free one; with `implicit`, TLS comes before the first word. Raises OSError."""
        self.mail = mail
        self.tls = tls
        self.connections: set[Conversation] = set()
        self._implicit = implicit
        self._listening = socket.create_server((HOST, port), backlog=128)
        self.host, self.port = self._listening.getsockname()
        self._ready, self._thread = threading.Event(), threading.Thread(target=self._run, daemon=True)
        self._count = 0

    def start(self) -> None:
        """Take mail from now on, in the background."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Hang up on everybody and free the port."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join()
        self._listening.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def next_number(self) -> int:
        """Return the number of a new connection."""
        self._count += 1
        return self._count

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(_report)
        immediately = self.tls if self._implicit else None
        server = await self._loop.create_server(lambda: Conversation(self), sock=self._listening, ssl=immediately, backlog=128)
        self._ready.set()
        await self._ending.wait()
        server.close()
        for conversation in list(self.connections):
            conversation.hang_up()
        await asyncio.sleep(0)  # let them go


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what went wrong, but not that a caller hung up, or did not trust our certificate."""
    if not isinstance(context.get("exception"), OSError):
        loop.default_exception_handler(context)


class Conversation(asyncio.Protocol):
    """One connection: what comes is cut into commands and messages, what the rules answer goes back, in a bad way if a fault waits."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._waiting = self._closed = self._upgrading = False

    # ------------------------------------------------------------ the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet whoever comes."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what asyncio gives for a stream
        self._transport = transport
        mail, open_now = self._server.mail, self._server.connections
        open_now.add(self)
        secure = transport.get_extra_info("sslcontext") is not None
        self._rules = Rules(mail, self._server.next_number(), can_secure=self._server.tls is not None and not secure)
        mail.record("connected", connection=self._rules.number, open=len(open_now))
        most = mail.switches["connections"]
        if most is not None and len(open_now) > most:
            self._say(says(421, TOO_MANY_CONNECTIONS), CONNECT)
        else:
            self._meet(CONNECT, lambda: says(220))
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Treat what came, as far as it is complete."""
        self._incoming += data
        self._go_on()

    def eof_received(self) -> bool:
        """Hang up when the caller does."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        del exc
        self._closed = True
        self._server.connections.discard(self)

    def hang_up(self) -> None:
        """Close without another word, giving up what was still to leave."""
        self._closed = True
        self._transport.abort()

    # ------------------------------------------------------------ what comes

    def _go_on(self) -> None:
        while not (self._waiting or self._closed or self._upgrading):
            if self._rules.in_message:
                if not self._message():
                    break
            elif not self._command():
                break
        self._flush()

    def _command(self) -> bool:
        """Treat one line; tell whether there was one."""
        end = self._incoming.find(b"\n") + 1
        if not end:
            return False
        line = bytes(self._incoming[:end])
        del self._incoming[:end]
        text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        self._server.mail.announced += text[:5].upper() == "MAIL "
        early = bool(self._incoming) and not self._rules.pipelining
        self._meet(self._rules.shown(text), lambda: self._rules.command(text, early=early), self._rules.fate_of(text))
        return True

    def _message(self) -> bool:
        """Treat a message if it is whole; tell whether something happened."""
        rules = self._rules
        if self._incoming and not rules.begun:
            rules.begun = True
            fault = self._server.mail.faults.next(rules.middle)
            if fault is not None:
                self._waiting = True
                self._after(fault.pause, lambda: self._suffer(fault, None, rules.middle))
                return True
        if self._incoming.startswith(b".\r\n"):
            end, after = 0, 3
        else:
            end = self._incoming.find(b"\r\n.\r\n") + 2
            after = end + 3
            if end == 1:
                return False
        content = bytes(self._incoming[:end])
        del self._incoming[:after]
        self._meet(rules.end, lambda: rules.take(content), rules.fate_at_end)
        return True

    # ------------------------------------------------------------ what goes

    def _meet(self, line: str, act: Callable[[], Reply], fate: Fault | None = None) -> None:
        """Let the rules act, or what waits for this line happen."""
        fault = self._server.mail.faults.next(line) or fate
        if fault is None:
            self._say(act(), line)
            return
        self._waiting = True
        self._after(fault.hesitates, lambda: self._act(fault, act, line))

    def _act(self, fault: Fault, act: Callable[[], Reply], line: str) -> None:
        own = act() if fault.accepts else None
        if not fault.accepts:
            self._rules.refused(line)
        self._after(fault.pause, lambda: self._suffer(fault, own, line))

    def _suffer(self, fault: Fault, own: Reply | None, line: str) -> None:
        """Answer as the fault says, if at all."""
        if self._closed:
            return
        reply = own if own and fault.status is None else says(fault.status or 451, fault.body or "")
        wire = f"{fault.headers['raw']}\r\n".encode() if "raw" in fault.headers else reply.wire
        match fault.travel:
            case Travel.WHOLE if "raw" in fault.headers:
                self._outgoing += wire
            case Travel.WHOLE:
                self._say(reply, line)
            case Travel.DRIP:
                self._drip(wire, fault.pace)
                return
            case Travel.ENDLESS | Travel.BOMB:
                self._pour()
                return
            case Travel.TRUNCATED:
                self._outgoing += wire[: len(wire) // 2]
                self._close()
            case Travel.RESET:
                self._reset()
            case Travel.DROP:
                self._close()
        self._waiting = False
        self._go_on()

    def _say(self, reply: Reply, line: str) -> None:
        self._outgoing += reply.wire
        if reply.is_refusal:
            self._server.mail.record("refused", connection=self._rules.number, line=line, status=reply.code, text="\n".join(reply.lines))
        if reply.ends:
            self._close()
        if reply.secures:
            self._upgrading = True
            self._transport.pause_reading()
            self._flush()
            self._task = self._loop.create_task(self._secure())

    async def _secure(self) -> None:
        self._incoming.clear()  # what was said before the handshake was not said in confidence
        context = self._server.tls
        assert context is not None  # noqa: S101 - else the rules would not have agreed
        try:
            transport = await self._loop.start_tls(self._transport, self, context, server_side=True)
        except OSError:
            self.hang_up()
            return
        assert transport is not None  # noqa: S101 - it was open
        self._transport, self._upgrading = transport, False
        self._go_on()

    def _drip(self, content: bytes, pace: float) -> None:
        if content and not self._closed:
            self._transport.write(content[:1])
            self._loop.call_later(pace, self._drip, content[1:], pace)
        elif not self._closed:
            self._waiting = False
            self._go_on()

    def _pour(self) -> None:
        if not self._closed:
            if self._transport.get_write_buffer_size() < HEAP:
                self._transport.write(b"250-Still there\r\n" * 4096)
            self._loop.call_later(0.001, self._pour)

    def _flush(self) -> None:
        if self._outgoing and not self._transport.is_closing():
            self._transport.write(bytes(self._outgoing))
        self._outgoing.clear()

    def _close(self) -> None:
        self._flush()
        self._closed = True
        self._transport.close()

    def _reset(self) -> None:
        """Close so that the caller sees a reset, not an end."""
        raw = self._transport.get_extra_info("socket")
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def _after(self, seconds: float, then: Callable[[], None]) -> None:
        """Go on after a while in which nothing is heard."""
        if seconds:
            self._flush()
            self._transport.pause_reading()
            self._loop.call_later(seconds, self._resume, then)
        else:
            then()

    def _resume(self, then: Callable[[], None]) -> None:
        if not self._closed:
            self._transport.resume_reading()
            then()
