"""The sending half of the e-mail adapter, over real sockets, before the simulated mail server and before servers of a few lines."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from publisher.adapters.base import Adapter, Call, Describes, Message, Pace, Probe, Probes, Receipt, Sessions, Step
from publisher.adapters.email import Config, Email, Mailing
from publisher.adapters.smtp import Session
from publisher.adapters.smtp_server import greeting_name
from publisher.adapters.waiting import Waits, finish
from publisher.config import Network, Secret
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized
from publisher.pipeline import slots
from publisher.testing import AdapterContract, Failure, Stage
from publisher.testing.email import PASSWORD, TOKEN, USER, Mail
from publisher.testing.faults import Fault, Travel
from publisher.testing.smtp import SmtpServer

from .sockets import Script, certificate, reset, serving
from .stages import failing, failure, now

PATIENCE, HASTE = 5.0, 0.2  # half of the seconds before a call is given up
ADA, EVE = "ada@presse.example", "eve@presse.example"
VALUES = {
    "{recipient}": ADA,
    "{message_id}": "<d-23456789.k7Qz-_b1@valmont.example>",
    "{date}": "Tue, 24 Nov 2026 09:00:00 +0100",
    "{permalink}": "https://www.valmont.example/presse/marche/",
}
PARTS = {"prefix": "[CP] Valmont –", "text": "Bonjour,\n\n.\nEn ligne\u00a0: {permalink}\n", "html": "<p>Bonjour {permalink}</p>"}
PARTS |= {
    "withdrawal_prefix": "[RETRAIT] Valmont –",
    "withdrawal_short_prefix": "[RETRAIT]",
    "withdrawal_text": "Merci de ne plus l’utiliser.\n",
    "withdrawal_html": "<p>Non.</p>",
}
MESSAGE = Message("email", "communique", "Le marché change de place", parts=PARTS)


def adapter_for(port: int, **settings: object) -> Email:
    defaults = {
        "security": "none",
        "user": Secret(USER),
        "password": Secret(PASSWORD),
        "timeout": PATIENCE,
        "helo": "publisher.valmont.example",
    }
    known = {"adapter": "email", "account": "presse@valmont.example", "name": "Ville de Valmont", "host": "127.0.0.1", "port": port}
    return Email(Config(**{**known, **defaults, **settings}))


@pytest.fixture
def platform() -> Mail:
    return Mail(now)


@pytest.fixture
def server(platform: Mail) -> Iterator[SmtpServer]:
    with SmtpServer(platform) as server:
        yield server


def mailing_of(mail: Email) -> Mailing:
    return mail.mailing(mail.prepare(MESSAGE).steps[0])


@contextmanager
def opened(mail: Email) -> Iterator[tuple[Mailing, Session]]:
    mailing = mailing_of(mail)
    session = mailing.open()
    try:
        yield mailing, session
    finally:
        session.close()


def write(mailing: Mailing, session: Session, recipient: str = ADA) -> Receipt:
    return finish(session.send("message", recipient, mailing.content({**VALUES, "{recipient}": recipient})))


def send_once(mail: Email) -> Receipt:
    """Send the step filled, over a connection of its own."""
    return mail.send(slots.fill(mail.prepare(MESSAGE).steps[0], VALUES), {})


# ---------------------------------------------------------------- the contract


class Filled(Email):
    """What the engine does before a call: the slots are filled."""

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        return super().send(slots.fill(step, VALUES), receipts)


FAULTS = {
    Failure.THROTTLED: "greylisted",
    Failure.UNAUTHORIZED: "sender-refused",
    Failure.REFUSED: Fault(status=550, on="^RCPT"),
    Failure.BROKEN: "drop-at-end",
    Failure.BROKEN_AFTER: Fault(accepts=True, status=354, on=r"^\. "),
    Failure.CUT_AFTER: "commit-then-reset",
    Failure.SILENT_AFTER: "slow",
    Failure.UNREADABLE_AFTER: "nonsense",
}


class TestContract(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        platform = Mail(now)
        with SmtpServer(platform) as server:
            yield Stage(
                adapter=Filled(adapter_for(server.port, timeout=HASTE).config),
                message=MESSAGE,
                fail=failing(server, platform, FAULTS),
                accepted=lambda: [str(entry["id"]) for entry in platform.accepted],
                calls=lambda: platform.announced,
                now=now,
                account="presse@valmont.example",
                secrets=(USER, PASSWORD),
            )


# ---------------------------------------------------------------- handing over


def test_what_is_accepted_is_what_was_built(server: SmtpServer, platform: Mail) -> None:
    with opened(adapter_for(server.port)) as (mailing, session):
        built = mailing.content(VALUES)
        receipt = finish(session.send("message", ADA, built))
    (accepted,) = platform.accepted
    assert platform.content(accepted) == built
    assert (accepted["sender"], accepted["recipient"]) == ("presse@valmont.example", ADA)
    assert receipt == Receipt(
        "message",
        "<d-23456789.k7Qz-_b1@valmont.example>",
        None,
        None,
        {"host": "127.0.0.1", "status": 250, "text": "2.0.0 Ok: queued as 00000001"},
    )


@pytest.mark.parametrize("extensions", [["PIPELINING", "AUTH PLAIN"], ["AUTH=LOGIN PLAIN"], ["SIZE", "auth plain"]])
def test_one_connection_carries_many_whatever_the_server_offers(server: SmtpServer, platform: Mail, extensions: list[str]) -> None:
    platform.switch(extensions=["AUTH PLAIN LOGIN" if "auth" in line.lower() else line for line in extensions])
    with opened(adapter_for(server.port)) as (mailing, session):
        receipts = [write(mailing, session, f"ada.{number}@presse.example") for number in range(20)]
    assert [entry["recipient"] for entry in platform.accepted] == [f"ada.{number}@presse.example" for number in range(20)]
    assert len({receipt.answer["text"] for receipt in receipts}) == 20
    assert len(platform.entries("connected")) == 1


def test_any_bytes_arrive_as_they_are(server: SmtpServer, platform: Mail) -> None:
    with opened(adapter_for(server.port)) as (_, session):
        finish(session.send("message", ADA, b".a\r\n..\r\n.\r\nb"))
    assert platform.content(platform.accepted[0]) == b".a\r\n..\r\n.\r\nb\r\n"


def test_one_filled_step_is_sent_over_a_connection_of_its_own(server: SmtpServer, platform: Mail) -> None:
    assert send_once(adapter_for(server.port)).remote_id == VALUES["{message_id}"]
    assert failure(lambda: adapter_for(server.port).send(adapter_for(1).prepare(MESSAGE).steps[0], {})).code == "slot-unfilled"
    assert [entry["recipient"] for entry in platform.accepted] == [ADA]


def test_a_session_ends_after_its_share_of_messages(server: SmtpServer, platform: Mail) -> None:
    with opened(adapter_for(server.port, messages_per_connection=2)) as (mailing, session):
        usable = [session.usable]
        for recipient in (ADA, "disparu@presse.example"):
            with suppress(Rejected):
                write(mailing, session, recipient)
            usable.append(session.usable)
    assert usable == [True, True, False]


def test_the_servers_own_limit_ends_the_session_before_the_message(server: SmtpServer, platform: Mail) -> None:
    platform.switch(messages=1)
    mail = adapter_for(server.port)
    with opened(mail) as (mailing, session):
        write(mailing, session)
        error = failure(lambda: write(mailing, session, EVE))
        assert (type(error), error.code, session.usable) == (RateLimited, "server-busy", False)
        assert "OFR004_105" in error.evidence.body
    with opened(mail) as (mailing, session):
        write(mailing, session, EVE)
    assert [entry["recipient"] for entry in platform.accepted] == [ADA, EVE]


def test_too_large_a_message_does_not_leave(server: SmtpServer, platform: Mail) -> None:
    platform.switch(extensions=["SIZE 500", "AUTH PLAIN"])
    with opened(adapter_for(server.port)) as (mailing, session):
        error = failure(lambda: write(mailing, session))
        assert (type(error), error.code, session.usable, platform.announced) == (Rejected, "too-large", True, 0)
    size = len(mailing.content(VALUES))
    assert str(error) == f"The message for {ADA} has {size} bytes, and 127.0.0.1 takes at most 500: shorten it."


@pytest.mark.parametrize("offered", [True, False])
def test_letters_before_the_at_need_a_server_that_knows_them(server: SmtpServer, platform: Mail, *, offered: bool) -> None:
    platform.switch(extensions=["AUTH PLAIN", "8BITMIME", *(["SMTPUTF8"] if offered else [])])
    with opened(adapter_for(server.port)) as (mailing, session):
        if offered:
            write(mailing, session, "éva@évry.example")
        else:
            error = failure(lambda: write(mailing, session, "éva@évry.example"))
            assert (type(error), error.code, session.usable) == (Rejected, "address-not-ascii", True)
            assert str(error).startswith("127.0.0.1 cannot write to éva@évry.example, which has letters beyond a to z before the @")
        write(mailing, session, "ada@évry.example")
    expected = [*(["éva@xn--vry-9la.example"] if offered else []), "ada@xn--vry-9la.example"]
    assert [entry["recipient"] for entry in platform.accepted] == expected


@pytest.mark.parametrize(
    "recipient", ["ada@presse.example>\r\nRCPT TO:<eve@presse.example", "ada", "", "a b@c.example", "a@b.example SIZE=1"]
)
def test_no_address_becomes_a_command(server: SmtpServer, platform: Mail, recipient: str) -> None:
    with opened(adapter_for(server.port)) as (_, session):
        assert failure(lambda: finish(session.send("message", recipient, b"a\r\n"))).code == "address-unusable"
        assert (session.usable, platform.announced) == (True, 0)


# ---------------------------------------------------------------- what replies mean

BANNER, EHLO, AUTH, MAIL, RCPT, DATA, DOT = "^CONNECT", "^EHLO", "^AUTH", "^MAIL", "^RCPT", "^DATA", r"^\. "
SOON, LATER, MUCH_LATER = timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=30)
REPLIES = [
    # where, status, words, outcome, code, wait, whether the session goes on
    (BANNER, 554, "5.7.1 Client host blocked", Unauthorized, "connection-refused", None, None),
    (BANNER, 421, "4.7.0 OFR004_104 too many connections", RateLimited, "server-busy", SOON, None),
    (BANNER, 450, "4.7.1 Client host rejected", RateLimited, "try-later", LATER, None),
    (EHLO, 550, "5.7.1 Helo command rejected: need fully-qualified hostname", Unauthorized, "greeting-refused", None, None),
    (EHLO, 421, "4.3.2 Closing", RateLimited, "server-busy", SOON, None),
    (AUTH, 535, "5.7.8 Error: authentication failed", Unauthorized, "login-refused", None, None),
    (AUTH, 534, "5.7.9 Authentication mechanism is too weak", Unauthorized, "login-refused", None, None),
    (AUTH, 454, "4.7.0 Temporary authentication failure", RateLimited, "server-busy", SOON, None),
    (AUTH, 432, "4.7.12 A password transition is needed", RateLimited, "try-later", LATER, None),
    (MAIL, 553, "5.7.1 Sender address rejected: not owned by user", Unauthorized, "sender-refused", None, False),
    (MAIL, 550, "Sender unknown", Unauthorized, "sender-refused", None, False),
    (MAIL, 501, "5.1.7 Bad sender address syntax", Unauthorized, "sender-refused", None, False),
    (MAIL, 530, "5.7.0 Must issue a STARTTLS command first", Unauthorized, "login-required", None, False),
    (MAIL, 552, "5.3.4 Message size exceeds fixed limit", Rejected, "too-large", None, False),
    (MAIL, 452, "4.3.1 Insufficient system storage", RateLimited, "server-busy", SOON, False),
    (MAIL, 450, "4.7.1 Error: too much mail from 192.0.2.1", RateLimited, "try-later", LATER, False),
    (MAIL, 421, "4.7.0 Try again later, closing connection", RateLimited, "server-busy", SOON, False),
    (RCPT, 550, "5.1.1 User unknown", Rejected, "mailbox-unknown", None, True),
    (RCPT, 550, "5.1.10 Recipient not found", Rejected, "mailbox-unknown", None, True),
    (RCPT, 550, "5.1.0 Address rejected", Rejected, "mailbox-unknown", None, True),
    (RCPT, 550, "5.1.2 Host unknown", Rejected, "no-route", None, True),
    (RCPT, 550, "5.4.1 No answer from host", Rejected, "no-route", None, True),
    (RCPT, 552, "5.2.2 Over quota", Rejected, "mailbox-full", None, True),
    (RCPT, 552, "Exceeded storage allocation", Rejected, "mailbox-full", None, True),
    (RCPT, 550, "5.2.1 Mailbox disabled", Rejected, "recipient-refused", None, True),
    (RCPT, 550, "Mailbox unavailable", Rejected, "recipient-refused", None, True),
    (RCPT, 501, "5.1.3 Bad recipient address syntax", Rejected, "recipient-refused", None, True),
    (RCPT, 550, "2.1.1 User unknown", Rejected, "recipient-refused", None, True),
    (RCPT, 554, "5.7.1 Relay access denied", Unauthorized, "policy", None, True),
    (
        RCPT,
        550,
        "5.7.515 Access denied, sending domain does not meet the required authentication level",
        Unauthorized,
        "policy",
        None,
        True,
    ),
    (RCPT, 503, "5.5.1 Error: authenticate first", Unauthorized, "login-required", None, True),
    (RCPT, 530, "Authentication required", Unauthorized, "login-required", None, True),
    (RCPT, 451, "4.7.1 Greylisted", RateLimited, "greylisted", LATER, True),
    (RCPT, 450, "4.2.0 Greylisted, see again in 5s", RateLimited, "greylisted", LATER, True),
    (RCPT, 452, "4.2.2 Mailbox full", RateLimited, "mailbox-full-for-now", MUCH_LATER, True),
    (RCPT, 451, "4.3.0 Temporary lookup failure", RateLimited, "server-busy", SOON, True),
    (RCPT, 450, "Mailbox busy", RateLimited, "try-later", LATER, True),
    (RCPT, 452, "4.5.3 Too many recipients", RateLimited, "try-later", LATER, True),
    (RCPT, 421, "4.7.0 Too many messages, slow down", RateLimited, "server-busy", SOON, False),
    (DATA, 451, "4.3.0 Queue file write error", RateLimited, "server-busy", SOON, False),
    (DATA, 554, "5.7.1 Rejected", Unauthorized, "policy", None, False),
    (DATA, 552, "5.2.3 Too big", Rejected, "too-large", None, False),
    (DATA, 554, "Transaction failed", Rejected, "message-refused", None, False),
    (DOT, 554, "5.7.1 Message rejected as spam", Unauthorized, "policy", None, True),
    (DOT, 550, "5.6.0 Message content rejected", Rejected, "message-refused", None, True),
    (DOT, 552, "Too much mail data", Rejected, "too-large", None, True),
    (DOT, 554, "5.1.1 User unknown", Rejected, "mailbox-unknown", None, True),
    (DOT, 451, "4.3.0 Local error in processing", RateLimited, "server-busy", SOON, True),
    (DOT, 451, "4.7.1 Try again", RateLimited, "greylisted", LATER, True),
    (DOT, 421, "4.3.2 Shutting down", RateLimited, "server-busy", SOON, False),
    (DOT, 354, "Go on", OutcomeUnknown, "unusable-answer", None, False),
]


@dataclass(frozen=True)
class Told:
    """A line of the table."""

    on: str
    status: int
    words: str
    kind: type[SendError]
    code: str
    wait: timedelta | None
    goes_on: bool | None


@pytest.mark.parametrize("extensions", [["PIPELINING"], []])
@pytest.mark.parametrize("told", [Told(*row) for row in REPLIES], ids=lambda told: f"{told.on}-{told.status}-{told.words[:6]}")
def test_every_reply_has_its_outcome(server: SmtpServer, platform: Mail, told: Told, extensions: list[str]) -> None:
    platform.switch(extensions=["AUTH PLAIN", *extensions])
    platform.faults.inject(Fault(status=told.status, body=told.words, on=told.on))
    mail, began = adapter_for(server.port), now()
    if told.goes_on is None:
        error = failure(lambda: mailing_of(mail).open())
    else:
        with opened(mail) as (mailing, session):
            error = failure(lambda: write(mailing, session))
            assert session.usable is told.goes_on
            if told.goes_on:
                write(mailing, session, EVE)
    assert (type(error), error.code, error.evidence.status, error.evidence.body) == (told.kind, told.code, told.status, told.words)
    assert [entry["recipient"] for entry in platform.accepted] == ([EVE] if told.goes_on else [])
    assert str(error).endswith(".")
    if told.wait:
        assert timedelta(0) <= error.retry_at - began - told.wait < timedelta(seconds=5)


def test_whom_it_concerns_is_in_the_sentence_and_what_was_said_is_evidence(server: SmtpServer) -> None:
    with opened(adapter_for(server.port)) as (mailing, session):
        error = failure(lambda: write(mailing, session, "disparu@presse.example"))
    assert str(error) == "127.0.0.1 knows no mailbox disparu@presse.example (550): correct the address, or remove it from the list."
    assert (error.evidence.body, error.evidence.headers) == (
        "5.1.1 The email account that you tried to reach does not exist",
        {"stage": "RCPT"},
    )


def test_a_server_that_asks_for_the_message_of_nobody_gets_a_lone_dot(server: SmtpServer, platform: Mail) -> None:
    platform.switch(eager=True)
    with opened(adapter_for(server.port)) as (mailing, session):
        assert failure(lambda: write(mailing, session, "disparu@presse.example")).code == "mailbox-unknown"
        write(mailing, session)
    assert [entry["recipient"] for entry in platform.accepted] == [ADA]
    assert len(platform.entries("connected")) == 1


# ---------------------------------------------------------------- what breaks

BROKEN = [
    ("drop-at-connect", NotSent, "unreachable", 0),
    *((Fault(travel=travel, on=on), NotSent, "unreachable", 0) for on in (EHLO, AUTH) for travel in (Travel.DROP, Travel.RESET)),
    *((Fault(travel=travel, on=on), NotSent, "connection-lost", 0) for on in (MAIL, RCPT, DATA) for travel in (Travel.DROP, Travel.RESET)),
    *(
        (Fault(status=250, headers={"raw": raw}, on=on), NotSent, "no-mail-server", 0)
        for on in (BANNER, EHLO, AUTH)
        for raw in ("<html>", "150 a")
    ),
    *(
        (Fault(status=250, headers={"raw": raw}, on=on), NotSent, "connection-lost", 0)
        for on in (MAIL, RCPT, DATA)
        for raw in ("<html>", "300 a")
    ),
    *((Fault(travel=Travel.ENDLESS, on=on), NotSent, "no-mail-server", 0) for on in (BANNER, EHLO)),
    *((Fault(travel=Travel.ENDLESS, on=on), NotSent, "connection-lost", 0) for on in (MAIL, RCPT)),
    *((Fault(pause=60, on=on), NotSent, "unreachable", 0) for on in (BANNER, EHLO, AUTH)),
    *((Fault(pause=60, on=on), NotSent, "connection-lost", 0) for on in (MAIL, RCPT, DATA)),
    (Fault(travel=Travel.DRIP, pace=0.1, on=EHLO), NotSent, "unreachable", 0),
    (Fault(travel=Travel.DRIP, pace=0.1, on=MAIL), NotSent, "connection-lost", 0),
    (Fault(status=421, on="^BODY"), RateLimited, "server-busy", 0),
    ("drop-at-end", OutcomeUnknown, "no-answer", 0),
    ("commit-then-drop", OutcomeUnknown, "no-answer", 1),
    ("commit-then-reset", OutcomeUnknown, "no-answer", 1),
    ("truncated", OutcomeUnknown, "no-answer", 1),
    ("slow", OutcomeUnknown, "deadline", 1),
    ("late", OutcomeUnknown, "deadline", 0),
    ("drip", OutcomeUnknown, "deadline", 1),
    ("endless", OutcomeUnknown, "unusable-answer", 1),
    ("nonsense", OutcomeUnknown, "unusable-answer", 1),
    ("commit-then-451", RateLimited, "server-busy", 1),
]
WAITS = {"slow", "late", "drip"}


def _waits(fault: Fault | str) -> bool:
    return fault in WAITS if isinstance(fault, str) else bool(fault.pause) or fault.travel is Travel.DRIP


@pytest.mark.parametrize(("fault", "kind", "code", "accepted"), BROKEN)
def test_the_dot_decides_between_not_sent_and_in_doubt(
    server: SmtpServer, platform: Mail, fault: Fault | str, kind: type[SendError], code: str, accepted: int
) -> None:
    platform.faults.inject(fault, **({"pace": 0.1} if fault == "drip" else {}))
    mailing = mailing_of(adapter_for(server.port, timeout=HASTE if _waits(fault) else PATIENCE))
    sessions: list[Session] = []

    def act() -> None:
        sessions.append(mailing.open())
        write(mailing, sessions[0])

    error = failure(act)
    usable = [session.usable for session in sessions]
    for session in sessions:
        session.close()
    assert (type(error), error.code, len(platform.accepted)) == (kind, code, accepted)
    assert usable in ([], [fault == "commit-then-451"])
    assert str(error).endswith(".")
    assert platform.announced <= 1


class Slow:
    """A mail server that takes its time for one answer, in two pieces; `said` once they are on their way."""

    def __init__(self, late: bytes) -> None:
        self.said = threading.Event()
        self.ended = False
        self._late = late

    def __call__(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(b"220 here\r\n")
        for answer in (b"250", b"250", b"250", b"354"):  # EHLO, MAIL, RCPT, DATA
            lines.readline()
            self._answer(connection, answer)
        while (line := lines.readline()) not in (b".\r\n", b""):
            pass
        self.ended = bool(line)
        self._answer(connection, b"250 in")
        lines.readline()

    def _answer(self, connection: socket.socket, answer: bytes) -> None:
        pieces = [answer + b"\r\n"]
        if answer == self._late:
            time.sleep(0.2)
            pieces.insert(0, answer[:3] + b"-first\r\n")
        for piece in pieces:  # over TLS two records
            connection.sendall(piece)
        if answer == self._late:
            self.said.set()


@contextmanager
def kept_elsewhere(server: Slow, tls: ssl.SSLContext | None = None, **settings: object) -> Iterator[Waits[Receipt]]:
    """Give a call that nobody drove until the late answer was there, and its time over."""
    with serving(server, tls) as place, opened(adapter_for(place.port, timeout=0.5, auth="none", **settings)) as (mailing, session):
        call = session.send("message", ADA, mailing.content(VALUES))
        for wait in call:
            select.select([wait.socket], [], [])
            if server.said.wait(0.05):
                break
        time.sleep(max(0.0, wait.until - time.monotonic()) + 0.1)
        yield call


@pytest.mark.parametrize("secure", [False, True])
def test_an_answer_that_is_there_counts_however_late_it_is_read(authority: trustme.CA, ca_file: Path, *, secure: bool) -> None:
    """Whoever drives the call may have waited for the database meanwhile: what was taken in must not be in doubt for that."""
    tls, settings = (certificate(authority), {"security": "tls", "network": Network(ca_file=ca_file)}) if secure else (None, {})
    with kept_elsewhere(Slow(b"250 in"), tls, **settings) as call:
        assert finish(call).answer["text"] == "first\nin"


def test_no_message_is_ended_after_its_time() -> None:
    """Its answer would not be waited for, and nobody would know."""
    server = Slow(b"354")
    with kept_elsewhere(server) as call:
        error = failure(lambda: finish(call))
    assert (type(error), error.code, server.ended) == (NotSent, "connection-lost", False)


LARGE = (b"x" * 76 + b"\r\n") * 100_000


def _large(mail: Email) -> None:
    """Hand over a message that does not fit between two sockets, so that the server can break off in its middle."""
    with opened(mail) as (mailing, session):
        try:
            finish(session.send("message", ADA, mailing.content(VALUES) + LARGE))
        finally:
            assert not session.usable


def test_a_connection_that_breaks_in_the_middle_of_a_message_leaves_no_doubt(server: SmtpServer, platform: Mail) -> None:
    platform.faults.inject("drop-in-body")
    error = failure(lambda: _large(adapter_for(server.port)))
    assert (type(error), error.code, platform.accepted) == (NotSent, "connection-lost", [])
    assert str(error) == f"The connection to 127.0.0.1 broke before it had the message for {ADA}, which was not sent."


def test_a_server_that_takes_no_byte_is_given_up(server: SmtpServer, platform: Mail) -> None:
    platform.faults.inject(Fault(pause=60, on="^BODY"))
    began = now()
    error = failure(lambda: _large(adapter_for(server.port, timeout=HASTE)))
    assert (type(error), error.code, platform.accepted) == (NotSent, "connection-lost", [])
    assert now() - began < timedelta(seconds=5)


def test_no_program_listens(server: SmtpServer) -> None:
    server.stop()
    error = failure(lambda: send_once(adapter_for(server.port)))
    assert (type(error), error.code, str(error)) == (NotSent, "unreachable", "127.0.0.1 could not be reached, so nothing was sent.")


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(lambda: send_once(adapter_for(25, host="smtp.valmont.example")))
    assert (type(error), error.code, error.params) == (NotSent, "name-not-found", {"host": "smtp.valmont.example"})


def test_every_address_of_the_host_is_tried(server: SmtpServer, platform: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in (closed, ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    send_once(adapter_for(25, host="smtp.valmont.example"))
    assert len(platform.accepted) == 1
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    assert failure(lambda: send_once(adapter_for(25, host="smtp.valmont.example"))).code == "unreachable"


def test_an_open_door_outside_is_not_used_in_the_clear(server: SmtpServer, platform: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "getpeername", lambda _: ("8.8.8.8", 25))
    error = failure(lambda: send_once(adapter_for(server.port)))
    assert (type(error), error.code, platform.announced) == (NotSent, "in-the-clear", 0)
    for inside in ("10.1.2.3", "192.168.1.25", "fd00::1", "fe80::1%eth0", "127.0.0.1"):
        monkeypatch.setattr(socket.socket, "getpeername", lambda _, inside=inside: (inside, 25))
        send_once(adapter_for(server.port))


# ---------------------------------------------------------------- TLS


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_towns_own_authority_vouches_for_the_server(platform: Mail, authority: trustme.CA, ca_file: Path, security: str) -> None:
    with SmtpServer(platform, tls=certificate(authority), implicit=security == "tls") as server:
        mail = adapter_for(server.port, security=security, network=Network(ca_file=ca_file))
        with opened(mail) as (mailing, session):
            for recipient in (ADA, EVE):
                write(mailing, session, recipient)
    assert [entry["recipient"] for entry in platform.accepted] == [ADA, EVE]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("case", ["unknown authority", "wrong host", "expired", "self-signed"])
def test_a_server_that_cannot_prove_itself_learns_nothing(
    platform: Mail, authority: trustme.CA, ca_file: Path, security: str, case: str
) -> None:
    long_ago = {"not_before": now() - timedelta(days=900), "not_after": now() - timedelta(days=800)}
    tls = {
        "unknown authority": lambda: certificate(trustme.CA()),
        "wrong host": lambda: certificate(authority, "autre.example"),
        "expired": lambda: certificate(authority, **long_ago),
        "self-signed": self_signed,
    }[case]()
    with SmtpServer(platform, tls=tls, implicit=security == "tls") as server:
        error = failure(lambda: send_once(adapter_for(server.port, security=security, network=Network(ca_file=ca_file))))
    assert (type(error), error.code) == (NotSent, "tls-failed")
    assert (platform.announced, platform.entries("refused")) == (0, [])


def self_signed() -> ssl.SSLContext:
    """An authority's own certificate, shown as a server's."""
    alone = trustme.CA()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with alone.cert_pem.tempfile() as certificate_file, alone.private_key_pem.tempfile() as key_file:
        made.load_cert_chain(certificate_file, key_file)
    return made


def test_without_starttls_nothing_is_said(server: SmtpServer, platform: Mail) -> None:
    error = failure(lambda: send_once(adapter_for(server.port, security="starttls")))
    assert (type(error), error.code, platform.announced) == (NotSent, "starttls-missing", 0)
    assert str(error) == "127.0.0.1 offers no secure connection, so nothing was sent: check “host”, “port” and “security”."


def test_a_refused_starttls_is_not_gone_around(platform: Mail, authority: trustme.CA) -> None:
    platform.faults.inject(Fault(status=454, on="^STARTTLS"))
    with SmtpServer(platform, tls=certificate(authority)) as server:
        error = failure(lambda: send_once(adapter_for(server.port, security="starttls")))
    assert (type(error), error.code, platform.announced) == (NotSent, "tls-failed", 0)


def test_what_is_slipped_in_before_the_handshake_ends_it(ca_file: Path) -> None:
    script = talk(b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 AUTH PLAIN\r\n")
    with serving(script) as server:
        error = failure(lambda: send_once(adapter_for(server.port, security="starttls", network=Network(ca_file=ca_file))))
    assert (type(error), error.code) == (NotSent, "no-mail-server")
    assert b"AUTH" not in server.received[0]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_unreadable_certificates_of_the_town_are_told(platform: Mail, authority: trustme.CA, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    with SmtpServer(platform, tls=certificate(authority)) as server:
        error = failure(lambda: send_once(adapter_for(server.port, security="starttls", network=Network(ca_file=path))))
    assert (type(error), error.code) == (NotSent, "ca-file")


def test_a_tls_client_at_a_port_in_the_clear_says_so(server: SmtpServer) -> None:
    error = failure(lambda: send_once(adapter_for(server.port, security="tls")))
    assert (type(error), error.code) == (NotSent, "tls-failed")


# ---------------------------------------------------------------- logging in


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN", "CRAM-MD5", "LOGIN PLAIN CRAM-MD5 XOAUTH2 GSSAPI"])
@pytest.mark.parametrize("secure", [True, False])
def test_each_mechanism_lets_us_in(platform: Mail, authority: trustme.CA, ca_file: Path, mechanisms: str, *, secure: bool) -> None:
    platform.switch(extensions=[f"AUTH {mechanisms}"])
    with SmtpServer(platform, tls=certificate(authority) if secure else None) as server:
        send_once(adapter_for(server.port, security="starttls" if secure else "none", network=Network(ca_file=ca_file)))
    assert len(platform.accepted) == 1


def test_in_the_clear_the_password_itself_is_not_said_where_another_way_is_offered() -> None:
    script = talk(b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n", b"334 PDEuMkBhPg==\r\n", b"535 no\r\n")
    with serving(script) as server:
        assert failure(lambda: send_once(adapter_for(server.port))).code == "login-refused"
    assert b"AUTH CRAM-MD5\r\n" in server.received[0]


@pytest.mark.parametrize("right", [True, False])
def test_a_token_lets_us_in(server: SmtpServer, platform: Mail, *, right: bool) -> None:
    mail = adapter_for(server.port, auth="xoauth2", token=Secret(TOKEN if right else "perime"))
    if right:
        send_once(mail)
    else:
        error = failure(lambda: send_once(mail))
        assert (type(error), error.code) == (Unauthorized, "login-refused")
        assert "perime" not in f"{error}{error.evidence}{error.params}"
    assert len(platform.accepted) == right


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_wrong_password_is_tried_once_and_never_shown(server: SmtpServer, platform: Mail, mechanisms: str) -> None:
    platform.switch(extensions=["AUTH PLAIN LOGIN CRAM-MD5" if mechanisms == "PLAIN" else f"AUTH {mechanisms}"])
    error = failure(lambda: send_once(adapter_for(server.port, password=Secret("mot de passe é"))))
    assert (type(error), error.code, len(platform.entries("refused"))) == (Unauthorized, "login-refused", 1)
    assert "passe é" not in f"{error}{error.evidence}{error.params}{platform.entries('refused')}"


@pytest.mark.parametrize(("auth", "offered"), [("password", ["AUTH GSSAPI"]), ("password", []), ("xoauth2", ["AUTH PLAIN LOGIN"])])
def test_no_common_way_to_log_in(server: SmtpServer, platform: Mail, auth: str, offered: list[str]) -> None:
    platform.switch(extensions=offered)
    error = failure(lambda: send_once(adapter_for(server.port, auth=auth, token=Secret("x"))))
    assert (type(error), error.code) == (Unauthorized, "login-impossible")


def test_a_relay_that_trusts_this_machine_needs_no_login(server: SmtpServer, platform: Mail) -> None:
    platform.switch(login=False)
    send_once(adapter_for(server.port, auth="none", user=None, password=None))
    assert len(platform.accepted) == 1


# ---------------------------------------------------------------- servers that never were


def talk(*replies: bytes) -> Script:
    """Say the first reply, then one after each thing that is said."""

    def script(connection: socket.socket) -> None:
        for number, reply in enumerate(replies):
            if number:
                connection.recv(65536)
            connection.sendall(reply)
        connection.recv(65536)

    return script


@pytest.mark.parametrize(
    ("banner", "code"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no-mail-server"),
        (b"220-a\r\n250 b\r\n", "unreachable"),
        (b"220", "unreachable"),
        (b"\xff\xfe\r\n", "no-mail-server"),
        (b"220 " + b"x" * 2**17, "no-mail-server"),
        (b"220 " + b"x" * 2**17 + b"\r\n", "no-mail-server"),
        (b"\r\n", "no-mail-server"),
        (b"999 a\r\n", "no-mail-server"),
        (b"354 a\r\n", "no-mail-server"),
    ],
)
def test_a_strange_greeting_is_no_mail_server(banner: bytes, code: str) -> None:
    with serving(lambda connection: connection.sendall(banner)) as server:
        error = failure(lambda: send_once(adapter_for(server.port, timeout=0.5)))
    assert (type(error), error.code) == (NotSent, code)


@pytest.mark.parametrize("challenge", [b"334 not base64!\r\n", b"334 \xff\r\n", b"334 a\r\n334 a\r\n334 a\r\n334 a\r\n"])
def test_a_strange_challenge_lets_nothing_leave(challenge: bytes) -> None:
    script = talk(b"220 a\r\n", b"250-a\r\n250 AUTH CRAM-MD5\r\n", challenge, b"334 YQ==\r\n")
    with serving(script) as server:
        assert type(failure(lambda: send_once(adapter_for(server.port)))) in {NotSent, Unauthorized}


def test_a_server_that_speaks_before_the_end_has_not_got_the_message() -> None:
    script = talk(b"220 a\r\n", b"250 a\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n552 5.3.4 too big\r\n")
    with serving(script) as server:
        error = failure(lambda: send_once(adapter_for(server.port, auth="none")))
    assert (type(error), error.code) == (Rejected, "too-large")
    assert b"\r\n.\r\n" not in server.received[0]


def test_bare_line_feeds_and_many_lines_are_read() -> None:
    def script(connection: socket.socket) -> None:
        for reply in (b"220-hello\n220 there\n", b"250-a\n250 PIPELINING\n", b"250 a\n250 b\n354 c\n"):
            connection.sendall(reply)
            heard = connection.recv(65536)
        while not heard.endswith(b"\r\n.\r\n"):
            heard += connection.recv(65536)
        connection.sendall(b"250-2.0.0 Ok\r\n250 2.0.0 queued as Q1\r\n")
        connection.recv(65536)

    with serving(script) as server:
        receipt = send_once(adapter_for(server.port, auth="none"))
    assert receipt.answer["text"] == "2.0.0 Ok\n2.0.0 queued as Q1"


@pytest.mark.parametrize("leave", [b"421 4.4.2 Timeout exceeded\r\n", b"250 2.0.0 Ok\r\n", b""])
def test_a_server_that_takes_its_leave_between_two_messages_is_noticed(leave: bytes) -> None:
    heard = threading.Event()

    def script(connection: socket.socket) -> None:
        talk(b"220 a\r\n", b"250 a\r\n")(connection)
        connection.sendall(leave)
        connection.close()
        heard.set()

    with serving(script) as server:
        mailing = mailing_of(adapter_for(server.port, auth="none"))
        session = mailing.open()
        finish(session._wire.send(b"NOOP\r\n"))
        heard.wait(PATIENCE)
        assert not session.usable
        error = failure(lambda: write(mailing, session))
        session.close()
    assert (type(error), error.code) == (NotSent, "connection-lost")
    assert b"MAIL" not in server.received[0]


def test_a_reset_on_the_way_in_is_not_sent() -> None:
    with serving(reset) as server:
        assert type(failure(lambda: send_once(adapter_for(server.port)))) is NotSent


# ---------------------------------------------------------------- who we are, and what we can


def test_the_probe_logs_in_and_writes_nothing(server: SmtpServer, platform: Mail) -> None:
    mail = adapter_for(server.port)
    assert mail.probe() == Probe("presse@valmont.example", "127.0.0.1")
    assert (platform.announced, platform.accepted) == (0, [])
    assert failure(adapter_for(server.port, password=Secret("autre")).probe).code == "login-refused"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault(status=421, on="^NOOP"), RateLimited, "server-busy"),
        (Fault(status=503, on="^RSET"), Unauthorized, "login-required"),
        (Fault(status=550, on="^NOOP"), Unauthorized, "sender-refused"),
        (Fault(travel=Travel.DROP, on="^NOOP"), NotSent, "unreachable"),
    ],
)
def test_a_probe_tells_what_is_wrong(server: SmtpServer, platform: Mail, fault: Fault, kind: type[SendError], code: str) -> None:
    platform.faults.inject(fault)
    error = failure(adapter_for(server.port).probe)
    assert (type(error), error.code) == (kind, code)


def test_powers_and_pace() -> None:
    mail = adapter_for(25)
    assert all(isinstance(mail, power) for power in (Adapter, Sessions, Probes, Describes))
    assert (mail.pace, adapter_for(25, connections=7, messages_per_minute=30).pace) == (Pace(2, None), Pace(7, 30))


def test_a_dry_run_shows_the_server_and_the_message() -> None:
    mail = adapter_for(587, host="smtp.valmont.example")
    (step,) = mail.prepare(MESSAGE).steps
    assert mail.describe(step) == Call("SMTP", "smtp://smtp.valmont.example:587", {"sender": "presse@valmont.example", **step.content})


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        ("publisher.valmont.example", "publisher.valmont.example"),
        ("publisher", "valmont.example"),
        ("localhost.localdomain", "valmont.example"),
        ("localhost", "valmont.example"),
        ("publisher.local", "valmont.example"),
        ("", "valmont.example"),
        ("a b.example", "valmont.example"),
    ],
)
def test_the_machine_presents_itself_by_a_full_name(machine: str, name: str) -> None:
    assert greeting_name(machine, "presse@valmont.example") == name


def test_the_name_of_the_configuration_is_said(server: SmtpServer, platform: Mail) -> None:
    platform.faults.inject(Fault(status=421), on="^EHLO publisher.valmont.example$")
    assert failure(lambda: send_once(adapter_for(server.port))).code == "server-busy"
