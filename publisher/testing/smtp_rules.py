"""The rules of the simulated mail server for one connection: the order of commands, logging in, what a message must be."""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from publisher.testing.email import PASSWORD, TOKEN, USER, Mail
from publisher.testing.faults import Fault
from publisher.testing.mail_words import BARE_LINE_END, BODY, END, HOST, RCPT, TOO_MANY_MESSAGES, WORDS

LONGEST_LINE = 998  # octets without their end (RFC 5322 §2.1.1)

_PATH = re.compile(r"(?i:MAIL FROM|RCPT TO):<([^<>\s]*)>((?: [!-~]+)*)")
_DOTS = re.compile(rb"^\.", re.MULTILINE)

Dialogue = Generator[bytes, bytes, bool]


@dataclass(frozen=True)
class Reply:
    """One reply; `ends` the connection, or `secures` it."""

    code: int
    lines: tuple[str, ...]
    ends: bool = False
    secures: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether it says no."""
        return self.code >= 400  # noqa: PLR2004 - the classes of codes (RFC 5321 §4.2.1)

    @cached_property
    def wire(self) -> bytes:
        """What goes over the wire."""
        *more, last = self.lines
        return "".join([*(f"{self.code}-{line}\r\n" for line in more), f"{self.code} {last}\r\n"]).encode()


@lru_cache(maxsize=256)
def says(code: int, words: str = "") -> Reply:
    """Return a reply, in the usual words if none are given."""
    return Reply(code, (words or WORDS[code],), ends=code in {221, 421})


class Rules:
    """What one caller has said so far, and what follows."""

    def __init__(self, mail: Mail, number: int, *, can_secure: bool) -> None:
        self.number = number
        self.in_message = self.begun = False
        self._mail = mail
        self._can_secure = can_secure
        self._greeted = self._logged_in = False
        self._dialogue: Dialogue | None = None
        self._taken = 0
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._options: Mapping[str, str] = {}

    # ------------------------------------------------------------ what faults are matched against

    @property
    def pipelining(self) -> bool:
        """Whether several commands may come at once."""
        return "PIPELINING" in self._mail.switches["extensions"]

    @property
    def middle(self) -> str:
        """The line for the middle of a message."""
        return f"{BODY} {' '.join(self._recipients)}"

    @property
    def end(self) -> str:
        """The line for its end."""
        return f"{END} {' '.join(self._recipients)}"

    def shown(self, line: str) -> str:
        """Return a command, its verb in capitals, without the secrets in it."""
        if self._dialogue:
            return "AUTH …"
        verb, blank, rest = line.partition(" ")
        return f"{verb.upper()}{blank}{rest.partition(' ')[0] if verb.upper() == 'AUTH' else rest}"

    def fate_of(self, line: str) -> Fault | None:
        """Return what always happens to the recipient whom the line names."""
        if self._sender is None or line[:4].upper() != RCPT:
            return None
        found = _PATH.fullmatch(line)
        return self._mail.fate(RCPT, found[1]) if found else None

    @property
    def fate_at_end(self) -> Fault | None:
        """What always happens at the end of a message to this recipient."""
        return next(filter(None, (self._mail.fate(END, recipient) for recipient in self._recipients)), None)

    def refused(self, line: str) -> None:
        """Take note that a fault came in the way of what the line would have done."""
        if line.startswith(END):
            self._forget()

    # ------------------------------------------------------------ commands

    def command(self, line: str, *, early: bool) -> Reply:
        """Treat a line; `early`: another one came before the answer to it, which was not allowed."""
        if self._dialogue:
            return self._continued(line)
        verb, _, argument = line.partition(" ")
        act = self._acts.get(verb.upper())
        if act is None:
            return says(500)
        if early and verb.upper() != "STARTTLS":
            return Reply(503, ("5.5.0 Error: improper use of SMTP command pipelining",), ends=True)
        return act(self, argument if verb.upper() not in {"MAIL", RCPT} else line)

    def _hello(self, argument: str) -> Reply:
        if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|\[\S+\]", argument):
            return says(501, "5.5.4 A full name is needed")
        self._greeted = True
        self._forget()
        secure = ["STARTTLS"] if self._can_secure else []
        return Reply(250, (HOST, *self._mail.switches["extensions"], *secure))

    def _starttls(self, argument: str) -> Reply:
        del argument
        if not self._can_secure:
            return says(502)
        self._can_secure = self._greeted = self._logged_in = False
        return Reply(220, ("2.0.0 Ready to start TLS",), secures=True)

    def _auth(self, argument: str) -> Reply:
        mechanism, _, initial = argument.partition(" ")
        if not self._greeted or self._logged_in or self._sender is not None:
            return says(503)
        if mechanism.upper() not in self._told("AUTH").split():
            return says(504)
        self._dialogue = _DIALOGUES[mechanism.upper()](_decoded(initial) if initial else None)
        return self._continued(None)

    def _continued(self, line: str | None) -> Reply:
        assert self._dialogue is not None  # noqa: S101 - callers look
        try:
            challenge = self._dialogue.send(_decoded(line)) if line is not None else next(self._dialogue)
        except StopIteration as end:
            self._dialogue, self._logged_in = None, bool(end.value)
            return says(235) if end.value else says(535)
        return Reply(334, (b64encode(challenge).decode(),))

    def _mail_from(self, line: str) -> Reply:
        found = _PATH.fullmatch(line)
        if not found:
            return says(501)
        self._options = dict(option.upper().partition("=")[::2] for option in found[2].split())
        refusal = self._unwelcome() or self._impossible() or self._address(found[1])
        if refusal is None:
            self._sender = found[1]
        return refusal or says(250, "2.1.0 Ok")

    def _unwelcome(self) -> Reply | None:
        """Return what is said to whom a message may not come from now."""
        if not self._greeted or self._sender is not None:
            return says(503)
        if self._mail.switches["login"] and not self._logged_in:
            return says(530)
        most = self._mail.switches["messages"]
        return says(421, TOO_MANY_MESSAGES) if most is not None and self._taken >= most else None

    def _impossible(self) -> Reply | None:
        """Return what is said to options that were not offered, and to a message announced as too large."""
        utf8 = "SMTPUTF8" in self._options and "SMTPUTF8" not in self._mail.switches["extensions"]
        if utf8 or self._options.keys() - {"SIZE", "BODY", "SMTPUTF8", "AUTH"}:
            return says(501, "5.5.4 Unsupported option")
        return says(552) if 0 < int(self._told("SIZE") or 0) < int(self._options.get("SIZE") or 0) else None

    def _rcpt_to(self, line: str) -> Reply:
        found = _PATH.fullmatch(line)
        if self._sender is None:
            return says(503)
        if not found or "@" not in found[1]:
            return says(501)
        refusal = self._address(found[1])
        if refusal is None:
            self._recipients.append(found[1])
        return refusal or says(250, "2.1.5 Ok")

    def _data(self, argument: str) -> Reply:
        del argument
        if self._sender is None:
            return says(503)
        if not self._recipients and not self._mail.switches["eager"]:
            return says(554, "5.5.1 Error: no valid recipients")
        self.in_message, self.begun = True, False
        return says(354)

    def _reset(self, argument: str) -> Reply:
        del argument
        self._forget()
        return says(250)

    _acts: Mapping[str, Callable[["Rules", str], Reply]] = {
        "EHLO": _hello,
        "STARTTLS": _starttls,
        "AUTH": _auth,
        "MAIL": _mail_from,
        "RCPT": _rcpt_to,
        "DATA": _data,
        "RSET": _reset,
        "NOOP": lambda self, argument: says(250),  # noqa: ARG005 - nothing happens, whatever is said
        "VRFY": lambda self, argument: says(252),  # noqa: ARG005 - the same
        "QUIT": lambda self, argument: says(221),  # noqa: ARG005 - the same
    }

    # ------------------------------------------------------------ messages

    def take(self, content: bytes) -> Reply:
        """Take a message in, or refuse it; either way it is over."""
        sender, recipients, options = self._sender or "", self._recipients, self._options
        self._forget()
        refusal = self._flaw(content, options) if recipients else says(554, "5.5.1 Error: no valid recipients")
        if refusal:
            return refusal
        plain = _DOTS.sub(b"", content) if b"\n." in content or content.startswith(b".") else content
        self._taken += 1
        queue = [self._mail.accept(sender, recipient, plain, self.number) for recipient in recipients]
        return Reply(250, (f"2.0.0 Ok: queued as {queue[0]}",))

    def _flaw(self, content: bytes, options: Mapping[str, str]) -> Reply | None:
        limit = int(self._told("SIZE") or 0)
        if 0 < limit < len(content):
            return says(552)
        lines = content.split(b"\r\n")
        joined = b"".join(lines)
        if b"\n" in joined or b"\r" in joined:
            return says(550, BARE_LINE_END)
        if max(map(len, lines)) > LONGEST_LINE:
            return says(500, "5.5.2 Error: line too long")
        if b"\0" in content or (not content.isascii() and options.get("BODY") != "8BITMIME"):
            return says(554, "5.6.3 The message holds bytes that were not announced")
        return None

    def _address(self, address: str) -> Reply | None:
        return None if address.isascii() or "SMTPUTF8" in self._options else says(553)

    def _told(self, keyword: str) -> str:
        """Return the parameters of an extension that EHLO told."""
        lines = (line.partition(" ") for line in self._mail.switches["extensions"])
        return next((parameters for name, _, parameters in lines if name == keyword), "")

    def _forget(self) -> None:
        self._sender, self._recipients, self._options = None, [], {}
        self.in_message = False


def _decoded(text: str) -> bytes:
    try:
        return b"" if text == "=" else b64decode(text)
    except ValueError:
        return b""


def _plain(initial: bytes | None) -> Dialogue:
    given = initial if initial is not None else (yield b"")
    return given == f"\0{USER}\0{PASSWORD}".encode()


def _login(initial: bytes | None) -> Dialogue:
    user = initial if initial is not None else (yield b"Username:")
    password = yield b"Password:"
    return (user, password) == (USER.encode(), PASSWORD.encode())


def _cram_md5(initial: bytes | None) -> Dialogue:
    del initial
    challenge = f"<1.2@{HOST}>".encode()
    given = yield challenge
    return given == USER.encode() + b" " + hmac.new(PASSWORD.encode(), challenge, "md5").hexdigest().encode()


def _xoauth2(initial: bytes | None) -> Dialogue:
    given = initial if initial is not None else (yield b"")
    if given == f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode():
        return True
    yield b'{"status":"401","schemes":"bearer"}'
    return False


_DIALOGUES: Mapping[str, Callable[[bytes | None], Dialogue]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "CRAM-MD5": _cram_md5,
    "XOAUTH2": _xoauth2,
}
