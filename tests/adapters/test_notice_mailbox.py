"""The mailbox of [notices]: read from config.toml, over TLS that is verified, and what its letters are to the byte."""

import dataclasses
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from publisher.adapters.notice_mailbox import Letter, Mailbox, configured
from publisher.adapters.waiting import finish
from publisher.config import Config, Network, Secrets, load
from publisher.errors import ConfigError, NotSent, Rejected, Unauthorized
from publisher.testing.email import PASSWORD, USER, Mail
from publisher.testing.smtp import SmtpServer

from .stages import now

LETTER = Letter(
    name="notice-7.20261124120000",
    to="dominique@valmont.example",
    subject="Votre visa est demandé",
    text="Votre visa est demandé.\n\n.\nhttps://publisher.example/annonces/a-23456789/\n",
    at=datetime(2026, 11, 24, 12, tzinfo=UTC),
    language="fr",
)


@pytest.fixture
def platform() -> Mail:
    return Mail(now)


@pytest.fixture
def server(platform: Mail, authority: trustme.CA) -> Iterator[SmtpServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with SmtpServer(platform, tls=context) as server:
        yield server


def config(port: int = 587, ca_file: Path | None = None, password: str = PASSWORD, **told: object) -> Config:
    """The configuration of a town whose notices are switched on."""
    base = load(environ={})
    known = {"enabled": True, "host": "127.0.0.1", "port": port, "address": "publisher@valmont.example", "username": USER}
    secrets = Secrets({"NOTICES_PASSWORD": password}, {}, base.folder)
    notices = dataclasses.replace(base.notices, **{**known, **told})
    return dataclasses.replace(base, notices=notices, network=Network(ca_file=ca_file), secrets=secrets)


def mailbox(told: Config) -> Mailbox:
    found = configured(told)
    assert found is not None
    return found


def send(box: Mailbox, letter: Letter = LETTER) -> None:
    session = box.open()
    try:
        finish(session.send("notice", letter.to, box.written(letter)))
    finally:
        session.close()


def test_it_is_off_unless_it_is_switched_on() -> None:
    assert configured(load(environ={})) is None


@pytest.mark.parametrize(
    ("told", "code", "sentence"),
    [
        ({"host": None}, "missing-key", "section [notices]: “host” is missing"),
        ({"address": None}, "missing-key", "section [notices]: “address” is missing"),
        ({"password": ""}, "missing-secret", "The secret NOTICES_PASSWORD, needed by [notices], is missing"),
    ],
)
def test_what_is_missing_is_named(told: dict[str, object], code: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(config(**told))
    assert caught.value.code == code
    assert sentence in str(caught.value)


def test_a_password_in_the_file_or_in_a_setting_of_the_environment_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"move it to \.env, under the name NOTICES_PASSWORD"):
        load(environ={"PUBLISHER_NOTICES_PASSWORD": "secret"})


def test_without_a_name_nobody_logs_in(platform: Mail, server: SmtpServer, ca_file: Path) -> None:
    platform.switch(login=False)
    send(mailbox(config(server.port, ca_file, username=None, password="")))
    assert len(platform.accepted) == 1


def test_a_letter_goes_over_tls_that_is_verified(platform: Mail, server: SmtpServer, ca_file: Path) -> None:
    send(mailbox(config(server.port, ca_file)))
    assert platform.content(platform.accepted[0]) == mailbox(config()).written(LETTER)


def test_a_server_that_nobody_vouches_for_gets_nothing(platform: Mail, server: SmtpServer) -> None:
    with pytest.raises(NotSent, match="No secure connection"):
        send(mailbox(config(server.port)))
    assert platform.accepted == []


def test_a_check_logs_in_and_sends_nothing(platform: Mail, server: SmtpServer, ca_file: Path) -> None:
    mailbox(config(server.port, ca_file)).check()
    with pytest.raises(Unauthorized):
        mailbox(config(server.port, ca_file, password="wrong")).check()
    assert platform.accepted == []


def test_a_letter_to_the_byte() -> None:
    assert mailbox(config()).written(LETTER).decode("ascii") == (
        "From: Ville de Valmont-les-Tilleuls <publisher@valmont.example>\r\n"
        "To: dominique@valmont.example\r\n"
        "Subject: =?utf-8?q?Votre_visa_est_demand=C3=A9?=\r\n"
        "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
        "Message-ID: <notice-7.20261124120000@valmont.example>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "Content-Language: fr\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Votre visa est demand=C3=A9.\r\n\r\n=2E\r\nhttps://publisher.example/annonces/a-23456789/\r\n"
    )


@pytest.mark.parametrize("wrong", [{"subject": "Un\r\nBcc: eve@presse.example"}, {"to": "dominique@valmont.example\r\nBcc: eve@x.example"}])
def test_nothing_typed_makes_a_header(wrong: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        mailbox(config()).written(LETTER._replace(**wrong))
