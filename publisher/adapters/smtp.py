"""A session with a mail server: one message handed over after the other (RFC 5321, 2920).

What matters most is told apart by fact: whether the dot that ends a message had begun to leave. Before it the message is not
sent, whatever happens; the reply to it is the outcome; without that reply nobody knows.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from publisher.adapters import reach
from publisher.adapters.base import Receipt
from publisher.adapters.mail_address import on_the_wire
from publisher.adapters.mail_settings import Config
from publisher.adapters.smtp_replies import SHOWN, Exchange, Stage, outcome
from publisher.adapters.smtp_wire import FAILURES, Unreadable, Wire
from publisher.adapters.waiting import Waits, finish
from publisher.errors import Evidence, NotSent, OutcomeUnknown, Rejected, SendError
from publisher.i18n import N_

GOODBYE = 2.0  # seconds for the last words, on which nothing depends
DOT = b".\r\n"
GO_ON = 354

_DOT_AFTER_LINE = re.compile(rb"\n\.")

Extensions = Mapping[str, str]


class Session:
    """One connection that is let in; one thing at a time goes over it."""

    def __init__(self, settings: Config, wire: Wire, extensions: Extensions) -> None:
        self._settings = settings
        self._wire = wire
        self._extensions = extensions
        self._left = settings.messages_per_connection
        self.in_order = True

    @property
    def usable(self) -> bool:
        """Whether another message may begin here: all is in order, and the server has not taken its leave meanwhile."""
        if self.in_order and self._left > 0:
            with suppress(*FAILURES):
                return self._wire.is_quiet()
        return False

    @property
    def limit(self) -> int | None:
        """Bytes that a message may have, if the server tells."""
        told = self._extensions.get("SIZE", "")
        return int(told) or None if told.isascii() and told.isdecimal() else None

    def send(self, step: str, recipient: str, content: bytes) -> Waits[Receipt]:
        """Hand over one message. Raises a SendError."""
        commands = self._envelope(recipient, content)
        self._wire.until(self._settings.deadline)
        self._left -= 1
        self.in_order, dotted = False, False
        try:
            if not self._wire.is_quiet():
                raise Unreadable("something was said that answers nothing")
            yield from self._announce(commands, recipient)
            yield from self._wire.send(_stuffed(content))
            if not self._wire.is_quiet():  # what it says before the end is no answer to a message that it does not have whole
                said = yield from self._wire.reply()
                raise self._refusal(Exchange(self._settings.host, Stage.DATA, said, recipient))
            self._wire.refuse_late()  # whoever drives the call may have been kept elsewhere: no dot without time for its answer
            dotted = True
            yield from self._wire.send(DOT)
            reply = yield from self._wire.reply()
        except FAILURES as error:
            raise (self._unknown if dotted else self._lost)(error, recipient) from error
        self._conclude(Exchange(self._settings.host, Stage.DOT, reply, recipient))
        return Receipt(step, _message_id(content), answer={"host": self._settings.host, "status": reply.code, "text": reply.text})

    def check(self) -> None:
        """See that the server would listen to us; nothing is sent. Raises NotSent, Unauthorized, RateLimited."""
        self._wire.until(self._settings.deadline)
        try:
            for command in (b"NOOP\r\n", b"RSET\r\n"):
                reply = finish(self._wire.ask(command))
                if not reply.is_yes:
                    raise self._refusal(Exchange(self._settings.host, Stage.NOOP, reply))
        except FAILURES as error:
            self.in_order = False
            raise reach.unreachable(self._settings.host) from error

    def close(self) -> None:
        """Say goodbye if all is in order, then hang up."""
        with suppress(*FAILURES):
            if self.in_order:
                self._wire.until(GOODBYE)
                finish(self._wire.ask(b"QUIT\r\n"))
        self.in_order = False
        self._wire.close()

    def _envelope(self, recipient: str, content: bytes) -> Sequence[tuple[Stage, bytes]]:
        """Return the commands that announce a message. Raises Rejected: this server cannot take it."""
        host, sender, address = self._settings.host, on_the_wire(self._settings.account), on_the_wire(recipient)
        if self.limit is not None and len(content) > self.limit:
            sentence = N_("The message for %(address)s has %(size)d bytes, and %(host)s takes at most %(limit)d: shorten it.")
            raise Rejected("too-large", sentence, address=recipient, size=len(content), host=host, limit=self.limit)
        options = [f"SIZE={len(content)}"] if "SIZE" in self._extensions else []
        if not (f"{sender}{address}".isascii() and content.isascii()):
            if "SMTPUTF8" not in self._extensions:
                sentence = N_(
                    "%(host)s cannot write to %(address)s, which has letters beyond a to z before the @: ask for another address."
                )
                raise Rejected("address-not-ascii", sentence, host=host, address=recipient)
            options += ["BODY=8BITMIME", "SMTPUTF8"]
        start = " ".join([f"MAIL FROM:<{sender}>", *options])
        return [(Stage.MAIL, f"{start}\r\n".encode()), (Stage.RCPT, f"RCPT TO:<{address}>\r\n".encode()), (Stage.DATA, b"DATA\r\n")]

    def _announce(self, commands: Sequence[tuple[Stage, bytes]], recipient: str) -> Waits[None]:
        """Say for whom a message is, until the server asks for it. Raises what a refusal means, and what the wire raises."""
        pipelined = "PIPELINING" in self._extensions
        if pipelined:
            yield from self._wire.send(b"".join(command for _, command in commands))
        for number, (stage, command) in enumerate(commands, 1):
            if not pipelined:
                yield from self._wire.send(command)
            reply = yield from self._wire.reply()
            if reply.code == GO_ON if stage is Stage.DATA else reply.is_yes:
                continue
            exchange = Exchange(self._settings.host, stage, reply, recipient)
            refusal = self._refusal(exchange)
            if not exchange.of_everybody:
                yield from self._begin_anew(waiting=len(commands) - number if pipelined else 0)
            raise refusal

    def _begin_anew(self, waiting: int) -> Waits[None]:
        """After a refused recipient: read the answers on their way, end the message that nobody is to get, forget all of it."""
        with suppress(*FAILURES):
            for _ in range(waiting):
                reply = yield from self._wire.reply()
                if reply.code == GO_ON:  # a server may ask for it all the same (RFC 2920 §3.1)
                    yield from self._wire.ask(DOT)
            reply = yield from self._wire.ask(b"RSET\r\n")
            self.in_order = reply.is_yes

    def _conclude(self, exchange: Exchange) -> None:
        """Accept the answer to a message. Raises what a refusal means."""
        refusal = None if exchange.reply.is_yes else outcome(exchange)
        self.in_order = not exchange.of_everybody and not isinstance(refusal, OutcomeUnknown)
        if refusal:
            raise refusal

    def _refusal(self, exchange: Exchange) -> SendError:
        """Return what a reply before the dot means. Raises Unreadable: nobody understands it, which leaves no doubt."""
        error = outcome(exchange)
        if isinstance(error, OutcomeUnknown):
            raise Unreadable(exchange.reply.text)
        return error

    def _lost(self, error: BaseException, recipient: str) -> NotSent:
        sentence = N_("The connection to %(host)s broke before it had the message for %(address)s, which was not sent.")
        evidence = Evidence(body=str(error)[:SHOWN])
        return NotSent("connection-lost", sentence, evidence=evidence, host=self._settings.host, address=recipient)

    def _unknown(self, error: BaseException, recipient: str) -> OutcomeUnknown:
        code = "unusable-answer" if isinstance(error, Unreadable) else "deadline" if isinstance(error, TimeoutError) else "no-answer"
        sentence = N_("%(host)s did not say whether it took the message for %(address)s: nobody knows yet whether it was sent.")
        evidence = Evidence(body=str(error)[:SHOWN])
        return OutcomeUnknown(code, sentence, evidence=evidence, host=self._settings.host, address=recipient)


def _stuffed(content: bytes) -> bytes:
    """Return the message as it travels: dots that begin a line doubled, the last line ended (RFC 5321 §4.5.2)."""
    if content.startswith(b".") or _DOT_AFTER_LINE.search(content):  # which is twice as fast as the operator `in`
        content = re.sub(rb"^\.", b"..", content, flags=re.MULTILINE)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _message_id(content: bytes) -> str | None:
    found = re.search(rb"^Message-ID: ([!-~]+)\r$", content, re.MULTILINE)
    return found[1].decode("ascii") if found else None
