"""The simulated mail server, before a client that it does not share: smtplib, and bare sockets where that is too polite."""

import hashlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from publisher.testing.email import PASSWORD, TOKEN, USER, Mail
from publisher.testing.simulator import Simulator
from publisher.testing.smtp import SmtpServer

from .conftest import Clock

SENDER, ADA, EVE = "presse@valmont.example", "ada@presse.example", "eve@presse.example"
TEXT = b"From: presse@valmont.example\r\nMessage-ID: <d-1.a@valmont.example>\r\nSubject: Essai\r\n\r\nBonjour.\r\n..\r\nFin\r\n"
ENOUGH = 5.0  # seconds


@pytest.fixture
def mail(clock: Clock, tmp_path: Path) -> Mail:
    return Mail(clock, tmp_path / "email.jsonl")


@pytest.fixture
def server(mail: Mail) -> Iterator[SmtpServer]:
    with SmtpServer(mail) as server:
        yield server


def connect(server: SmtpServer) -> smtplib.SMTP:
    return smtplib.SMTP(server.host, server.port, local_hostname="publisher.valmont.example", timeout=ENOUGH)


@contextmanager
def logged_in(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A client that is let in; however the connection ends is the test's business."""
    client = connect(server)
    try:
        client.login(USER, PASSWORD)
        yield client
    finally:
        client.close()


def refusal(act: Callable[[], object]) -> tuple[int, str]:
    """Code and words of the answer that makes it fail."""
    with pytest.raises(smtplib.SMTPException) as caught:
        act()
    error: Any = caught.value
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()
    else:
        code, words = error.smtp_code, error.smtp_error
    return code, words.decode()


def say(server: SmtpServer, *lines: bytes) -> bytes:
    """Send the lines in one write, and return everything that is answered until the server has nothing more to say."""
    with socket.create_connection((server.host, server.port), timeout=0.3) as connection:
        told = connection.recv(65536)
        connection.sendall(b"".join(lines))
        with suppress(TimeoutError, ConnectionError):
            while block := connection.recv(65536):
                told += block
        return told


def codes(told: bytes) -> list[int]:
    return [int(line[:3]) for line in told.split(b"\r\n") if line[3:4] == b" "]


# ---------------------------------------------------------------- what it takes


def test_what_is_accepted_is_written_down_byte_for_byte(server: SmtpServer, mail: Mail, clock: Clock) -> None:
    with logged_in(server) as client:
        assert client.sendmail(SENDER, [ADA, EVE], TEXT) == {}
    first, second = mail.accepted
    assert first == {
        "event": "accepted",
        "at": clock.now.isoformat(),
        "id": "<d-1.a@valmont.example>",
        "queue": "00000001",
        "sender": SENDER,
        "recipient": ADA,
        "size": len(TEXT),
        "sha256": hashlib.sha256(TEXT).hexdigest(),
        "connection": 1,
        "place": 0,
    }
    assert (second["recipient"], second["queue"], mail.content(second)) == (EVE, "00000002", TEXT)


def test_opened_again_it_remembers(server: SmtpServer, mail: Mail, clock: Clock, tmp_path: Path) -> None:
    mail.switch(messages=7)
    with logged_in(server) as client:
        client.sendmail(SENDER, [ADA], TEXT)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(SENDER, ["gris@presse.example"], TEXT)
    again = Mail(clock, tmp_path / "email.jsonl")
    assert (again.accepted, again.switches["messages"], again.content(again.accepted[0])) == (mail.accepted, 7, TEXT)
    with SmtpServer(again) as other, logged_in(other) as client:
        client.sendmail(SENDER, ["gris@presse.example"], TEXT)
    assert [entry["queue"] for entry in again.accepted] == ["00000001", "00000002"]


def test_without_a_file_it_keeps_messages_all_the_same(clock: Clock) -> None:
    mail = Mail(clock)
    with SmtpServer(mail) as server, logged_in(server) as client:
        client.sendmail(SENDER, [ADA], TEXT)
    assert mail.content(mail.accepted[0]) == TEXT


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"])
@pytest.mark.parametrize("right", [True, False])
def test_every_way_to_log_in(server: SmtpServer, mechanism: str, *, right: bool) -> None:
    with connect(server) as client:
        client.ehlo()
        client.user, client.password = USER, PASSWORD if right else "autre"
        if mechanism == "XOAUTH2":
            token = TOKEN if right else "autre"
            act = lambda: client.auth("XOAUTH2", lambda challenge=None: "" if challenge else f"user={USER}\1auth=Bearer {token}\1\1")  # noqa: E731
        else:
            method = getattr(client, f"auth_{mechanism.lower().replace('-', '_')}")
            act = lambda: client.auth(mechanism, method)  # noqa: E731
        assert (act()[0] if right else refusal(act)[0]) == (235 if right else 535)


def test_extensions_are_those_of_the_switch(server: SmtpServer, mail: Mail) -> None:
    mail.switch(extensions=["SIZE 100", "SMTPUTF8"])
    with connect(server) as client:
        client.ehlo()
        assert client.esmtp_features == {"size": "100", "smtputf8": ""}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("implicit", [True, False])
def test_it_speaks_tls(mail: Mail, authority: trustme.CA, tls: ssl.SSLContext, *, implicit: bool) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with SmtpServer(mail, tls=tls, implicit=implicit) as server, ExitStack() as stack:
        if implicit:
            client = stack.enter_context(smtplib.SMTP_SSL(server.host, server.port, "a.example", context=trust, timeout=ENOUGH))
        else:
            client = stack.enter_context(connect(server))
            client.ehlo()
            assert client.has_extn("starttls")
            client.starttls(context=trust)
        client.ehlo()
        assert not client.has_extn("starttls")
        client.login(USER, PASSWORD)
        client.sendmail(SENDER, [ADA], TEXT)
    assert len(mail.accepted) == 1


def test_what_was_said_before_the_handshake_does_not_count(mail: Mail, tls: ssl.SSLContext) -> None:
    with SmtpServer(mail, tls=tls) as server:
        told = say(server, b"EHLO a.example\r\nSTARTTLS\r\nNOOP\r\n")
    assert codes(told) == [220, 250, 220]


# ---------------------------------------------------------------- what it refuses


def test_order_is_kept(server: SmtpServer, mail: Mail) -> None:
    mail.switch(login=False)
    lines = [
        (b"MAIL FROM:<a@b.example>", 503),
        (b"EHLO localhost", 501),
        (b"EHLO [127.0.0.1]", 250),
        (b"RCPT TO:<a@b.example>", 503),
        (b"DATA", 503),
        (b"FROB", 500),
        (b"STARTTLS", 502),
        (b"AUTH FROB", 504),
        (b"MAIL FROM:a@b.example", 501),
        (b"MAIL FROM:<a@b.example> SIZE=45000001", 552),
        (b"MAIL FROM:<a@b.example> RET=HDRS", 501),
        (b"MAIL FROM:<\xc3\xa9@b.example> SMTPUTF8", 501),
        (b"MAIL FROM:<\xc3\xa9@b.example>", 553),
        (b"mail from:<a@b.example> size=10 BODY=8BITMIME", 250),
        (b"MAIL FROM:<a@b.example>", 503),
        (b"RCPT TO:<nobody>", 501),
        (b"RCPT TO:<\xc3\xa9@b.example>", 553),
        (b"DATA", 554),
        (b"RSET", 250),
        (b"DATA", 503),
        (b"VRFY a", 252),
        (b"NOOP", 250),
        (b"QUIT", 221),
    ]
    told = say(server, *(line + b"\r\n" for line, _ in lines))
    assert codes(told) == [220, *(code for _, code in lines)]


def test_nobody_sends_without_logging_in(server: SmtpServer) -> None:
    with connect(server) as client:
        assert refusal(lambda: client.sendmail(SENDER, [ADA], TEXT)) == (530, "5.7.0 Authentication required")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"a\nb\r\n", 550),
        (b"a\rb\r\n", 550),
        (b"x" * 999 + b"\r\n", 500),
        (b"x" * 998 + b"\r\n", 250),
        (b"\0\r\n", 554),
        ("é\r\n".encode(), 554),
        (b"", 250),
    ],
)
def test_messages_are_held_to_the_rules(server: SmtpServer, mail: Mail, message: bytes, code: int) -> None:
    mail.switch(login=False)
    told = say(server, b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", message + b".\r\n")
    assert codes(told) == [220, 250, 250, 250, 354, code]
    assert len(mail.accepted) == (code == 250)


def test_whoever_does_not_wait_for_an_answer_is_refused_unless_pipelining_is_told(server: SmtpServer, mail: Mail) -> None:
    mail.switch(extensions=[])
    assert codes(say(server, b"EHLO a.example\r\nNOOP\r\n")) == [220, 503]


def test_limits_of_messages_and_connections(server: SmtpServer, mail: Mail) -> None:
    mail.switch(messages=1, connections=1)
    with logged_in(server) as client:
        client.sendmail(SENDER, [ADA], TEXT)
        with pytest.raises(smtplib.SMTPConnectError) as caught:
            connect(server)
        assert (caught.value.smtp_code, b"OFR004_104" in caught.value.smtp_error) == (421, True)
        assert refusal(lambda: client.sendmail(SENDER, [ADA], TEXT))[0] == 421
    assert [entry["open"] for entry in mail.entries("connected")] == [1, 2]


@pytest.mark.parametrize(
    ("local", "code", "words"),
    [
        ("disparu", 550, "5.1.1"),
        ("Plein+pv", 552, "5.2.2"),
        ("encombre", 452, "4.2.2"),
        ("nulle-part", 550, "5.4.4"),
        ("refus", 550, "5.7.1"),
        ("indesirable", 550, "5.6.0"),
    ],
)
def test_addresses_with_a_fate(server: SmtpServer, mail: Mail, local: str, code: int, words: str) -> None:
    with logged_in(server) as client:
        told = refusal(lambda: client.sendmail(SENDER, [f"{local}@presse.example"], TEXT))
        assert (told[0], words in told[1]) == (code, True)
        client.sendmail(SENDER, [ADA], TEXT)
    assert [entry["recipient"] for entry in mail.accepted] == [ADA]
    (refused,) = mail.entries("refused")
    assert (refused["status"], f"{local}@presse.example" in str(refused["line"])) == (code, True)


def test_greylisting_takes_the_second_try_after_a_while(server: SmtpServer, mail: Mail, clock: Clock) -> None:
    mail.switch(greylist=300)
    with logged_in(server) as client:
        for wait in (0, 299):
            clock.pass_by(seconds=wait)
            assert refusal(lambda: client.sendmail(SENDER, [ADA], TEXT))[0] == 451
        clock.pass_by(seconds=1)
        client.sendmail(SENDER, [ADA], TEXT)
    assert [entry["recipient"] for entry in mail.accepted] == [ADA]


def test_an_eager_server_asks_for_a_message_that_nobody_is_to_get(server: SmtpServer, mail: Mail) -> None:
    mail.switch(login=False, eager=True)
    told = say(server, b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<disparu@b.example>\r\nDATA\r\n.\r\nNOOP\r\n")
    assert (codes(told), mail.accepted) == ([220, 250, 250, 550, 354, 554, 250], [])


# ---------------------------------------------------------------- how it goes wrong


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [
        ("drop-in-body", 0),
        ("drop-at-end", 0),
        ("commit-then-drop", 1),
        ("commit-then-reset", 1),
        *((fault, 0) for fault in ("drop", "reset")),
    ],
)
def test_connections_break_with_or_without_the_message(server: SmtpServer, mail: Mail, fault: str, accepted: int) -> None:
    mail.faults.inject(fault, **({"on": "^DATA"} if fault in {"drop", "reset"} else {}))
    with logged_in(server) as client, pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        client.sendmail(SENDER, [ADA], TEXT)
    assert len(mail.accepted) == accepted


def test_a_fault_may_wait_for_one_recipient(server: SmtpServer, mail: Mail) -> None:
    mail.faults.inject("commit-then-451", on=r"^\. eve@")
    with logged_in(server) as client:
        client.sendmail(SENDER, [ADA], TEXT)
        assert refusal(lambda: client.sendmail(SENDER, [EVE], TEXT))[0] == 451
    assert [entry["recipient"] for entry in mail.accepted] == [ADA, EVE]


@pytest.mark.parametrize("on", ["^CONNECT", "^EHLO", "^MAIL", "^RCPT", "^DATA", "^BODY", r"^\. "])
def test_the_server_may_close_at_any_place(server: SmtpServer, mail: Mail, on: str) -> None:
    mail.switch(login=False)
    mail.faults.inject("busy", on=on)
    told = say(server, b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", b"a\r\n.\r\n")
    assert (codes(told)[-1], mail.accepted) == (421, [])


def test_an_answer_may_have_no_end_or_come_in_drops(server: SmtpServer, mail: Mail) -> None:
    mail.faults.inject("endless", on="^EHLO")
    mail.faults.inject("drip", on="^EHLO", pace=0.01)
    assert len(say_some(server, b"EHLO a.example\r\n", 1_000_000)) >= 1_000_000
    assert codes(say(server, b"EHLO a.example\r\n")) == [220, 250]


def say_some(server: SmtpServer, line: bytes, size: int) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=ENOUGH) as connection:
        connection.sendall(line)
        told = b""
        while len(told) < size:
            told += connection.recv(65536)
        return told


def test_stopping_hangs_up_and_frees_the_port(mail: Mail) -> None:
    with SmtpServer(mail) as server, socket.create_connection((server.host, server.port), timeout=ENOUGH) as connection:
        assert connection.recv(100).startswith(b"220 ")
        server.stop()
        with suppress(ConnectionError):
            assert connection.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, server.port), timeout=ENOUGH)


# ---------------------------------------------------------------- its pages

WHOLE = b"""From: =?utf-8?q?Mairie_d=27=C3=89t=C3=A9?= <presse@valmont.example>
To: ada@presse.example
Subject: =?utf-8?q?L=27=C3=A9t=C3=A9_<b>?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Bonjour =C3=A0 tous <i>
--x
Content-Type: text/html; charset=utf-8

<p style='color: red'>Bonjour</p><script>alert(1)</script>
--x--
""".replace(b"\n", b"\r\n")


@pytest.fixture
def simulator(mail: Mail) -> Iterator[Simulator]:
    with Simulator([mail]) as simulator:
        yield simulator


def deliver(mail: Mail, content: bytes = WHOLE) -> None:
    settings = mail.settings("")
    with smtplib.SMTP(settings["host"], settings["port"], local_hostname="a.example", timeout=ENOUGH) as client:
        client.login(USER, PASSWORD)
        client.sendmail(SENDER, [ADA], content)


def get(simulator: Simulator, path: str) -> requests.Response:
    return requests.get(simulator.url_of("email") + path, timeout=ENOUGH)


def test_messages_are_shown_as_a_mail_program_does(simulator: Simulator, mail: Mail) -> None:
    assert "No message has been received yet." in get(simulator, "/").text
    deliver(mail)
    deliver(mail, b"Subject: Second\r\n\r\nDeux.\r\n")
    listed = get(simulator, "/").text
    assert re.findall(r'href="(/email/message/\d)">([^<]+)<', listed) == [
        ("/email/message/2", "Second"),
        ("/email/message/1", "L&#39;été &lt;b&gt;"),
    ]
    page = get(simulator, "/message/1")
    for shown in ("Mairie d&#39;Été &lt;presse@valmont.example&gt;", "Bonjour à tous &lt;i&gt;", "L&#39;été &lt;b&gt;"):
        assert shown in page.text
    assert '<iframe class="mail" sandbox src="/email/message/1/html"' in page.text
    assert ("<script" in page.text, 'http-equiv="refresh"' in page.text, 'http-equiv="refresh"' in listed) == (False, False, True)
    assert '<iframe class="mail"' not in get(simulator, "/message/2").text
    html = get(simulator, "/message/1/html")
    assert html.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert html.text.startswith("<p style='color: red'>Bonjour</p>")
    raw = get(simulator, "/message/1/raw")
    assert (raw.content, raw.headers["Content-Type"]) == (WHOLE, "text/plain; charset=utf-8")


def test_what_was_refused_has_its_page_and_nothing_else_has(simulator: Simulator, mail: Mail) -> None:
    mail.faults.inject("sender-refused")
    with pytest.raises(smtplib.SMTPSenderRefused):
        deliver(mail)
    assert "Sender address rejected: not owned by user" in get(simulator, "/log").text
    missing = [get(simulator, path).status_code for path in ("/message/1", "/message/0", "/message/x", "/message/1/pdf", "/2/tweets")]
    assert missing == [404] * 5
    deliver(mail)
    assert get(simulator, "/message/1/pdf").status_code == 404
    assert requests.post(simulator.url_of("email"), timeout=ENOUGH).status_code == 404


def test_what_the_bag_no_longer_holds_is_listed_all_the_same(simulator: Simulator, mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.testing.email.KEPT", 100)
    deliver(mail)
    assert "content not kept" in get(simulator, "/").text
    assert get(simulator, "/message/1").status_code == 404


def test_it_is_steered_like_every_other_simulator(simulator: Simulator, mail: Mail) -> None:
    told = requests.post(
        f"{simulator.url}/control/email", json={"faults": ["commit-then-drop"], "switches": {"greylist": 60}}, timeout=ENOUGH
    ).json()
    assert (told["switches"]["greylist"], told["faults"][0]["travel"], told["accepted"]) == (60, "drop", [])
    assert mail.faults.waiting[0].accepts
