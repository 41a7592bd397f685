"""Logging in to a mail server by a refresh token, over the wire: an access token is made when it is needed."""

import errno
import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from publisher import files
from publisher.adapters import mail_tokens
from publisher.adapters.base import Offer, Probe
from publisher.adapters.email import Config, Email
from publisher.adapters.mail_tokens import Tokens
from publisher.config import Secret
from publisher.errors import NotSent, RateLimited, SendError, Unauthorized
from publisher.testing.email import TOKEN, USER, Mail
from publisher.testing.smtp import SmtpServer

from .sockets import Server, answering, request, serving
from .stages import failure, now

REFRESH, CLIENT = "jeton-de-renouvellement", "secret-de-l-application"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GOOD = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}


def answer(told: object, status: int = 200) -> bytes:
    body = told if isinstance(told, str) else json.dumps(told)
    head = f"HTTP/1.1 {status} x\r\nDate: {format_datetime(NOON, usegmt=True)}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    return (head + body).encode()


@contextmanager
def service(told: object, status: int = 200) -> Iterator[Server]:
    with serving(answering(answer(told, status))) as server:
        yield server


def settings(url: str | None, port: int = 9, **more: object) -> Config:
    known = {"adapter": "email", "account": "presse@valmont.example", "host": "127.0.0.1", "port": port, "security": "none"}
    secrets = {"user": Secret(USER), "refresh_token": Secret(REFRESH), "client_secret": Secret(CLIENT)}
    return Config(
        **{
            **known,
            **secrets,
            "auth": "xoauth2",
            "token_url": url,
            "client_id": "publisher",
            "timeout": 1.0,
            "helo": "p.valmont.example",
            **more,
        }
    )


@pytest.fixture
def mail() -> Iterator[tuple[Mail, int]]:
    platform = Mail(now)
    platform.switch(extensions=["PIPELINING", "AUTH XOAUTH2"])
    with SmtpServer(platform) as server:
        yield platform, server.port


def form(server: Server) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(server.received[-1].partition(b"\r\n\r\n")[2].decode()).items()}


def test_the_refresh_token_opens_the_mailbox_and_travels_in_no_address(mail: tuple[Mail, int]) -> None:
    with service(GOOD) as server:
        adapter = Email(settings(f"{server.url}/token", mail[1], scope="SMTP.Send offline_access"))
        assert adapter.probe() == Probe("presse@valmont.example", "127.0.0.1")
        asked = {"grant_type": "refresh_token", "client_id": "publisher", "scope": "SMTP.Send offline_access"}
        assert form(server) == {**asked, "refresh_token": REFRESH, "client_secret": CLIENT}
        assert server.received[0].startswith(b"POST /token HTTP/1.1\r\n")
    assert mail[0].accepted == []


def test_an_application_without_a_secret_sends_none() -> None:
    with service(GOOD) as server:
        Tokens(settings(server.url, client_secret=None)).current()
        assert form(server) == {"grant_type": "refresh_token", "client_id": "publisher", "refresh_token": REFRESH}


def test_a_token_is_used_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(mail_tokens.time, "monotonic", lambda: seconds[0])
    with service(GOOD) as server:
        tokens = Tokens(settings(server.url, timeout=10.0))
        for later, calls in ((0.0, 1), (3539.0, 1), (1.0, 2), (3539.0, 2)):
            seconds[0] += later
            assert tokens.current().reveal() == TOKEN
            assert len(server.received) == calls
        tokens.forget()
        tokens.current()
        assert len(server.received) == 3


@pytest.mark.parametrize("told", [None, 0, -5, "soon", True, [], 10**12])
def test_a_token_that_does_not_say_how_long_it_lasts_is_used_for_a_few_minutes(monkeypatch: pytest.MonkeyPatch, told: object) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(mail_tokens.time, "monotonic", lambda: seconds[0])
    with service({**GOOD, "expires_in": told}) as server:
        tokens = Tokens(settings(server.url))
        tokens.current()
        seconds[0] += mail_tokens.USUAL - mail_tokens.EARLY - 1
        tokens.current()
        assert len(server.received) == 1
        seconds[0] += 1
        tokens.current()
        assert len(server.received) == 2


def test_of_many_connections_one_makes_the_token() -> None:
    with service(GOOD) as server:
        tokens, found = Tokens(settings(server.url)), []
        threads = [threading.Thread(target=lambda: found.append(tokens.current().reveal())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (found, len(server.received)) == ([TOKEN] * 8, 1)


@pytest.mark.parametrize(("told", "days"), [(90 * 86_400, 90), ("7776000", 90), (None, None), (0, None)])
def test_when_the_refresh_token_ends_is_told_by_the_service_s_own_clock(mail: tuple[Mail, int], told: object, days: int | None) -> None:
    with service({**GOOD, "refresh_token_expires_in": told}) as server:
        found = Email(settings(server.url, mail[1])).probe()
    assert found.ends_at == (NOON + timedelta(days=days) if days else None)


@pytest.mark.parametrize(
    ("told", "status", "kind", "code"),
    [
        ({"error": "invalid_grant", "error_description": REFRESH}, 400, Unauthorized, "refresh-refused"),
        ({"error": "invalid_client"}, 401, Unauthorized, "client-refused"),
        ({"error": "unauthorized_client"}, 400, Unauthorized, "client-refused"),
        ({"error": "invalid_scope"}, 400, NotSent, "no-access-token"),
        ({"error": ["invalid_grant"]}, 400, NotSent, "no-access-token"),
        ({"error": "slow_down"}, 429, RateLimited, "rate-limited"),
        ("<h1>Over capacity</h1>", 503, NotSent, "no-access-token"),
        ("<h1>Hello</h1>", 200, NotSent, "no-access-token"),
        ({}, 200, NotSent, "no-access-token"),
        ({"access_token": ""}, 200, NotSent, "no-access-token"),
        ({"access_token": 7}, 200, NotSent, "no-access-token"),
        ({"access_token": "a\r\nb"}, 200, NotSent, "no-access-token"),
        ({"access_token": TOKEN}, 302, NotSent, "no-access-token"),
    ],
)
def test_without_a_token_nothing_is_sent(mail: tuple[Mail, int], told: object, status: int, kind: type[SendError], code: str) -> None:
    with service(told, status) as server:
        adapter = Email(settings(server.url, mail[1]))
        error = failure(adapter.probe)
    assert (type(error), error.code) == (kind, code)
    assert REFRESH not in str(error) + error.evidence.body
    assert mail[0].accepted == []


def test_a_service_that_cannot_be_reached_or_hangs_up_leaves_no_doubt() -> None:
    assert type(failure(Tokens(settings("http://127.0.0.1:9")).current)) is NotSent
    with serving(lambda connection: connection.recv(10_000)) as server:
        error = failure(Tokens(settings(server.url)).current)
    assert (type(error), error.code) == (NotSent, "no-answer")


def test_a_token_that_the_mail_server_refuses_is_made_anew_the_next_time(mail: tuple[Mail, int]) -> None:
    with service({**GOOD, "access_token": "perime"}) as server:
        adapter = Email(settings(server.url, mail[1]))
        for calls in (1, 2):
            assert type(failure(adapter.probe)) is Unauthorized
            assert len(server.received) == calls


def test_without_an_address_for_tokens_the_one_of_the_secrets_is_used(mail: tuple[Mail, int]) -> None:
    assert Email(settings(None, mail[1], token=Secret(TOKEN))).probe().account == "presse@valmont.example"


@contextmanager
def rotating() -> Iterator[Server]:
    """A service that gives another refresh token with each access token, and lets the former die."""
    given = [REFRESH]

    def script(connection: socket.socket) -> None:
        asked = request(connection).decode()
        if parse_qs(asked.partition("\r\n\r\n")[2])["refresh_token"] != [given[-1]]:
            connection.sendall(answer({"error": "invalid_grant"}, 400))
            return
        given.append(f"{REFRESH}-{len(given)}")
        connection.sendall(answer({**GOOD, "refresh_token": given[-1]}))

    with serving(script) as server:
        yield server


def test_a_refresh_token_given_in_place_of_ours_is_kept_for_its_owner_alone_and_counts_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "mail-tokens"
    with rotating() as server:
        for number in (1, 2, 3):
            assert Tokens(settings(server.url, tokens=folder)).current().reveal() == TOKEN
            (file,) = folder.iterdir()
            assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (f"{REFRESH}-{number}", 0o600)
    assert (stat.S_IMODE(folder.stat().st_mode), REFRESH in file.name) == (0o700, False)


def test_a_mailbox_that_is_connected_anew_begins_with_what_was_typed(tmp_path: Path) -> None:
    with rotating() as server:
        Tokens(settings(server.url, tokens=tmp_path)).current()
    with service(GOOD) as server:
        Tokens(settings(server.url, tokens=tmp_path, refresh_token=Secret("un autre"))).current()
        assert form(server)["refresh_token"] == "un autre"


def test_before_the_new_refresh_token_is_kept_nothing_is_sent_and_then_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with rotating() as server:
        tokens = Tokens(settings(server.url, tokens=tmp_path))
        with monkeypatch.context() as disk:
            disk.setattr(files, "write_whole", full)
            error = failure(tokens.current)
        assert (type(error), error.code, [*tmp_path.iterdir()]) == (NotSent, "token-unkept", [])
        assert tokens.current().reveal() == TOKEN
        assert Tokens(settings(server.url, tokens=tmp_path)).current().reveal() == TOKEN


def full(*_given: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_of_two_processes_one_waits_for_the_other(tmp_path: Path) -> None:
    with rotating() as server:
        some = [Tokens(settings(server.url, tokens=tmp_path, timeout=10.0)) for _ in range(6)]
        found: list[str] = []
        threads = [threading.Thread(target=lambda one=one: found.append(one.current().reveal())) for one in some]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [TOKEN] * 6


def test_what_is_asked_for_follows_the_way_in() -> None:
    adapter = Email(settings("https://login.example/token"))
    told = adapter.guide()
    assert [(asked.key, asked.optional) for asked in told.asks] == [("user", False), ("refresh_token", False), ("client_secret", True)]
    assert adapter.config.needs() == ("user", "refresh_token")
    assert replace(adapter.config, token_url=None).needs() == ("user", "token")
    given = {"user": Secret("a"), "refresh_token": Secret("b")}
    assert adapter.offers(given) == [Offer(given, "presse@valmont.example")]
