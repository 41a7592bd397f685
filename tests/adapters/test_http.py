import gzip
import socket
import threading
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.adapters.answer import Answer
from publisher.adapters.flight import _Connection, _Flight
from publisher.adapters.http import HttpAdapter, outcome, retry_at, unusable
from publisher.adapters.settings import HttpSettings
from publisher.config import Network
from publisher.errors import Evidence, NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized

from .sockets import Script, answering, certificate, head, request, reset, serving, whole

TIMEOUT = 0.3
PATIENCE = 3.0
DATE = "Tue, 24 Nov 2026 09:00:00 GMT"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def adapter(timeout: float = PATIENCE, **network: object) -> HttpAdapter:
    return HttpAdapter(HttpSettings(adapter="test", api_base="http://127.0.0.1", timeout=timeout, network=Network(**network)))


def failure(url: str, **network: object) -> SendError:
    with pytest.raises(SendError) as caught:
        adapter(TIMEOUT, **network).exchange("POST", url, json={"text": "Là."})
    return caught.value


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


# --- what comes back ---


def test_answer_is_read_whole_and_the_request_sent_once() -> None:
    with serving(answering(whole("201 Created", b'{"id": 1}', X_Trace="t", Date=DATE))) as server:
        answer = adapter().exchange("POST", f"{server.url}/posts?a=b", json={"text": "Là."}, headers={"X-Key": "k"})
    assert answer == Answer("127.0.0.1", 201, {"content-length": "9", "x-trace": "t", "date": DATE}, b'{"id": 1}')
    assert answer.parsed() == {"id": 1}
    assert answer.date == AT
    (received,) = server.received
    first, *lines = received.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    sent = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert first == "POST /posts?a=b HTTP/1.1"
    assert received.endswith(b'\r\n\r\n{"text": "L\\u00e0."}')
    assert (sent["connection"], sent["x-key"], sent["content-type"]) == ("close", "k", "application/json")


def test_answer_packed_or_in_chunks_is_unpacked() -> None:
    packed = gzip.compress(b'{"id": 1}')
    with serving(answering(whole(body=packed, Content_Encoding="gzip"))) as server:
        assert adapter().exchange("GET", server.url).body == b'{"id": 1}'
    with serving(answering(head(Transfer_Encoding="chunked"), b'5\r\n{"id"\r\n4\r\n: 1}\r\n0\r\n\r\n')) as server:
        assert adapter().exchange("GET", server.url).parsed() == {"id": 1}


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"<html>", b"\xff", b"[" * 100_000])
def test_body_that_is_no_object_is_read_as_an_empty_one(body: bytes) -> None:
    assert Answer("host", 200, {}, body).parsed() == {}


def test_evidence_keeps_what_tells_and_cuts_what_is_long() -> None:
    headers = {"date": DATE, "retry-after": "3", "x-rate-limit-reset": "9", "x-transaction-id": "t", "set-cookie": "secret", "server": "s"}
    told = {name: headers[name] for name in ("date", "retry-after", "x-rate-limit-reset", "x-transaction-id")}
    assert Answer("host", 429, headers, "é".encode() * 3000).evidence == Evidence(429, told, "é" * 2000)


def test_no_cookie_is_kept_between_calls() -> None:
    http = adapter()
    with serving(answering(whole(Set_Cookie="a=b; Path=/"))) as server:
        http.exchange("GET", server.url)
        http.exchange("GET", server.url)
    assert len(server.received) == 2
    assert b"Cookie" not in server.received[1]


# --- nothing left ---


def test_refused_connection_is_not_sent(free_port: int) -> None:
    error = failure(f"http://127.0.0.1:{free_port}")
    assert (type(error), error.code) == (NotSent, "unreachable")
    assert str(error) == "127.0.0.1 could not be reached, so nothing was sent."


def test_unknown_name_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure("http://api.example")
    assert (type(error), error.code, error.params) == (NotSent, "name-not-found", {"host": "api.example"})


def test_nothing_leaves_after_the_deadline_however_late_the_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def slowly(host: str, *arguments: object, **options: object) -> object:
        time.sleep(3 * TIMEOUT)
        return look_up("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with serving(answering(whole())) as server:
        error = failure(f"http://localhost:{server.port}")
    assert (type(error), error.code) == (NotSent, "unreachable")
    assert server.received in ([], [b""])


def test_connection_that_is_never_taken_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening, ExitStack() as queue:
        address = listening.getsockname()
        with suppress(TimeoutError):
            while True:  # until the queue is full, and the system answers no more
                queue.enter_context(socket.create_connection(address, timeout=0.1))
        began = time.monotonic()
        error = failure(f"http://127.0.0.1:{address[1]}")
    assert (type(error), error.code) == (NotSent, "unreachable")
    assert time.monotonic() - began < 3 * TIMEOUT


def test_first_byte_does_not_leave_once_the_deadline_has_passed() -> None:
    with _Flight(0.0) as flight:
        while not flight.expired:
            time.sleep(0.001)
        with pytest.raises(TimeoutError):
            flight.begin()
    assert not flight.begun


def test_address_that_cannot_be_one_is_not_sent() -> None:
    for url in ("http://exa mple", "http://" + "a" * 70 + ".example", "ftp://127.0.0.1"):
        assert type(failure(url)) is NotSent


# --- TLS ---


def test_certificate_of_the_towns_own_authority_is_accepted(authority: trustme.CA, ca_file: Path) -> None:
    with serving(answering(whole(body=b'{"id": 1}')), certificate(authority)) as server:
        assert adapter(ca_file=ca_file).exchange("GET", f"https://127.0.0.1:{server.port}").parsed() == {"id": 1}


@pytest.mark.parametrize("case", ["unknown authority", "wrong host", "expired"])
def test_bad_certificate_is_not_sent(authority: trustme.CA, ca_file: Path, case: str) -> None:
    expired = {"not_before": AT - timedelta(days=900), "not_after": AT - timedelta(days=800)} if case == "expired" else {}
    tls = certificate(
        trustme.CA() if case == "unknown authority" else authority,
        "autre.example" if case == "wrong host" else "127.0.0.1",
        **expired,
    )
    with serving(answering(whole()), tls) as server:
        error = failure(f"https://127.0.0.1:{server.port}", ca_file=ca_file)
    assert (type(error), error.code) == (NotSent, "tls-failed")
    assert server.received == []


def silence(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def reset_after_a_byte(connection: socket.socket) -> None:
    connection.recv(1)
    reset(connection)


def drip_a_handshake(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x10\x00")  # the head of a long handshake record
    for _ in range(40):
        connection.sendall(b"\x02")
        time.sleep(TIMEOUT / 4)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (lambda connection: (connection.recv(65536), connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "tls-failed"),
        (lambda connection: connection.recv(1), None),
        (reset_after_a_byte, None),  # earlier than that, the ssl module of Python 3.11 leaves its socket to the garbage collector
        (silence, None),
        (drip_a_handshake, None),
    ],
)
def test_handshake_that_does_not_end_well_is_not_sent(ca_file: Path, script: Script, code: str | None) -> None:
    with serving(script) as server:
        began = time.monotonic()
        error = failure(f"https://127.0.0.1:{server.port}", ca_file=ca_file)
    assert type(error) is NotSent
    assert code is None or error.code == code
    assert time.monotonic() - began < 2 * TIMEOUT + 1
    assert all(b"POST" not in received for received in server.received)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_unreadable_certificates_of_the_town_are_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    error = failure("https://127.0.0.1:9", ca_file=path)
    assert (type(error), error.code) == (NotSent, "ca-file")
    assert str(path) in str(error)


def test_answer_that_drips_through_tls_is_cut_too(authority: trustme.CA, ca_file: Path) -> None:
    drip = answering(head(Content_Length=100), *(b"x" for _ in range(40)), pace=TIMEOUT / 4)
    with serving(drip, certificate(authority)) as server:
        began = time.monotonic()
        error = failure(f"https://127.0.0.1:{server.port}", ca_file=ca_file)
        took = time.monotonic() - began
    assert (type(error), error.code) == (OutcomeUnknown, "deadline")
    assert took < 2 * TIMEOUT + 0.5


# --- proxy ---


@pytest.mark.parametrize(
    "script",
    [
        answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        answering(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        answering(b"nonsense\r\n\r\n"),
        answering(),
        lambda connection: (request(connection), reset(connection)),
        silence,
    ],
)
def test_proxy_that_does_not_connect_us_is_not_sent(script: Script) -> None:
    with serving(script) as proxy:
        error = failure("https://api.example/posts", https_proxy=proxy.url)
    assert (type(error), error.code) == (NotSent, "proxy-refused")
    assert [received.split(b" HTTP")[0] for received in proxy.received] == [b"CONNECT api.example:443"]


def test_unreachable_proxy_is_not_sent(free_port: int) -> None:
    error = failure("https://api.example/posts", https_proxy=f"http://127.0.0.1:{free_port}")
    assert (type(error), error.code) == (NotSent, "proxy-refused")


def tunnel(port: int) -> Script:
    def script(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as onward:
            thread = threading.Thread(target=pump, args=(onward, connection))
            thread.start()
            pump(connection, onward)
            thread.join()

    return script


def pump(source: socket.socket, target: socket.socket) -> None:
    while content := source.recv(65536):
        target.sendall(content)
    target.shutdown(socket.SHUT_WR)


def test_proxy_carries_the_call_and_the_town_is_spared_it(authority: trustme.CA, ca_file: Path) -> None:
    tls = certificate(authority, "api.example")
    with serving(answering(whole(body=b'{"id": 1}')), tls) as server, serving(tunnel(server.port)) as proxy:
        answer = adapter(https_proxy=proxy.url, ca_file=ca_file).exchange("POST", "https://api.example/posts", json={})
    assert answer.parsed() == {"id": 1}
    assert server.received[0].startswith(b"POST /posts HTTP/1.1")
    assert proxy.received[0].startswith(b"CONNECT api.example:443")


def test_answer_cut_inside_the_tunnel_is_unknown(authority: trustme.CA, ca_file: Path) -> None:
    with serving(request, certificate(authority, "api.example")) as server, serving(tunnel(server.port)) as proxy:
        error = failure("https://api.example/posts", https_proxy=proxy.url, ca_file=ca_file)
    assert (type(error), error.code) == (OutcomeUnknown, "no-answer")


def test_loopback_and_no_proxy_go_straight(authority: trustme.CA, ca_file: Path, free_port: int) -> None:
    nowhere = f"http://127.0.0.1:{free_port}"
    with serving(answering(whole()), certificate(authority)) as server:
        adapter(https_proxy=nowhere, ca_file=ca_file).exchange("GET", f"https://127.0.0.1:{server.port}")
    with serving(answering(whole()), certificate(authority, "localhost")) as server:
        adapter(https_proxy=nowhere, ca_file=ca_file).exchange("GET", f"https://localhost:{server.port}")


@pytest.mark.parametrize(
    ("no_proxy", "asked_for"),
    [
        (("api.example",), "api.example"),
        ((".example",), "api.example"),
        (("example",), "api.example"),
        (("pi.example",), "127.0.0.1"),
        ((), "127.0.0.1"),
    ],
)
def test_no_proxy_names_hosts_and_domains(
    monkeypatch: pytest.MonkeyPatch, free_port: int, no_proxy: tuple[str, ...], asked_for: str
) -> None:
    asked: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    failure("https://api.example", https_proxy=f"http://127.0.0.1:{free_port}", no_proxy=no_proxy)
    assert asked == [asked_for]


def test_what_is_not_encrypted_goes_past_the_proxy(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    """It would be read there, token included, and the proxy's answer taken for the platform's."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *others, **options: real("127.0.0.1", *others, **options))
    url = "http://intranet.valmont.example"
    with serving(answering(whole())) as server, serving(answering(whole("400 Bad Request"))) as proxy:
        adapter(https_proxy=proxy.url).exchange("POST", f"{url}:{server.port}/posts", json={})
        error = failure(f"{url}:{free_port}", https_proxy=proxy.url)
    assert proxy.received == []
    assert server.received[0].startswith(b"POST /posts HTTP/1.1")
    assert (type(error), error.code) == (NotSent, "unreachable")


def test_what_is_told_twice_is_joined() -> None:
    twice = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(twice)) as server:
        error = failure(server.url)
    assert isinstance(error, RateLimited)
    assert (error.retry_at, error.evidence.headers["retry-after"]) == (None, "5, 9")


def test_stray_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, free_port: int, home: Path) -> None:
    (home / ".netrc").write_text("machine 127.0.0.1 login stray password stray")
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    with serving(answering(whole())) as server:
        adapter().exchange("GET", server.url)
    (home / ".netrc").unlink()
    assert b"Authorization" not in server.received[0]


# --- nobody knows ---


def close_at_once(connection: socket.socket) -> None:
    del connection


def reset_after_reading(connection: socket.socket) -> None:
    request(connection)
    reset(connection)


def endless(connection: socket.socket) -> None:
    request(connection)
    connection.sendall(head())
    for _ in range(1000):
        connection.sendall(b"x" * 65536)


BOMB = gzip.compress(bytes(2**26))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (close_at_once, "no-answer"),
        (reset_after_a_byte, "no-answer"),
        (reset_after_reading, "no-answer"),
        (request, "no-answer"),
        (silence, "no-answer"),
        (answering(b"nonsense\r\n\r\n"), "no-answer"),
        (answering(b"HTTP/1.1 403 Forb"), "no-answer"),
        (answering(b"HTTP/1.1 201 Created\r\nDate: x\r\nContent-"), "no-answer"),
        (answering(head(Content_Length=100), b'{"id"'), "no-answer"),
        (answering(head(Transfer_Encoding="chunked"), b"zz\r\n"), "no-answer"),
        (answering(whole(body=b"not packed", Content_Encoding="gzip")), "no-answer"),
        (answering(whole(body=BOMB, Content_Encoding="gzip")), "answer-too-large"),
        (answering(whole(body=b"x" * (2**20 + 1))), "answer-too-large"),
        (endless, "answer-too-large"),
        (answering(*(b"H" for _ in range(40)), pace=TIMEOUT / 4), "deadline"),
        (answering(head(Content_Length=100), *(b"x" for _ in range(40)), pace=TIMEOUT / 4), "deadline"),
        (answering(head(), *(b"x" for _ in range(40)), pace=TIMEOUT / 4), "deadline"),
        (answering(*(b"HTTP/1.1 100 Continue\r\n\r\n" for _ in range(40)), pace=TIMEOUT / 4), "deadline"),
    ],
)
def test_whatever_goes_wrong_after_the_first_byte_is_unknown_in_time(script: Script, code: str) -> None:
    with serving(script) as server:
        began = time.monotonic()
        error = failure(server.url)
        took = time.monotonic() - began
    assert (type(error), error.code) == (OutcomeUnknown, code)
    assert took < 2 * TIMEOUT + 0.5
    assert len(server.received) == 1


def test_request_cut_while_it_leaves_is_unknown() -> None:
    with serving(reset_after_a_byte) as server, pytest.raises(OutcomeUnknown) as caught:
        adapter().exchange("POST", server.url, headers={"X-Long": "x" * 2**23})
    assert caught.value.code == "no-answer"


def test_no_garbage_ever_escapes_as_anything_but_an_outcome() -> None:
    answers = [b""]
    with serving(lambda connection: (request(connection), connection.sendall(answers[-1]))) as server:

        @settings(max_examples=200)
        @given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda rest: b"HTTP/1.1 201 Created\r\n" + rest)))
        def try_out(garbage: bytes) -> None:
            answers.append(garbage)
            with suppress(OutcomeUnknown, Rejected, Unauthorized, RateLimited):
                assert 200 <= adapter().exchange("POST", server.url, json={}).status < 300

        try_out()
    assert len(server.received) == len(answers) - 1


def test_connection_is_never_made_a_second_time() -> None:
    with serving(silence) as server, _Flight(TIMEOUT) as flight:
        connection = _Connection("127.0.0.1", server.port, flight=flight)
        connection.connect()
        connection.close()
        with pytest.raises(ConnectionError, match="a second call"):
            connection.send(b"POST / HTTP/1.1")
    assert server.received == [b""]


def test_answer_as_large_as_allowed_is_read() -> None:
    with serving(answering(whole(body=b"x" * 2**20))) as server:
        assert len(adapter().exchange("GET", server.url).body) == 2**20


def test_redirection_is_not_followed() -> None:
    with serving(answering(whole())) as elsewhere, serving(answering(whole("302 Found", b"", Location=elsewhere.url))) as server:
        error = failure(server.url)
    assert (type(error), error.code, error.evidence.headers["location"]) == (OutcomeUnknown, "http-302", elsewhere.url)
    assert elsewhere.received == []


# --- the table ---

JSON = b'{"detail": "no"}'
PAGE = b"<h1>no</h1>"
TABLE = [
    *((status, body, Rejected) for status in (400, 403, 404, 413, 422) for body in (JSON, b"")),
    *((status, PAGE, OutcomeUnknown) for status in (400, 403, 404, 413, 422)),
    *((401, body, Unauthorized) for body in (JSON, PAGE, b"")),
    *((429, body, RateLimited) for body in (JSON, PAGE, b"")),
    *((status, JSON, OutcomeUnknown) for status in (101, 204, 300, 301, 302, 304, 307, 308, 402, 405, 408, 409, 410, 418, 451)),
    *((status, JSON, OutcomeUnknown) for status in (500, 501, 502, 503, 504, 520, 599, 999)),
]


@pytest.mark.parametrize(("status", "body", "kind"), TABLE)
def test_status_gives_the_error_class(status: int, body: bytes, kind: type[SendError]) -> None:
    error = outcome(Answer("api.example", status, {"content-type": "x"}, body))
    assert type(error) is kind
    assert error.evidence == Evidence(status, {"content-type": "x"}, body.decode())
    assert "api.example" in str(error)


@pytest.mark.parametrize("status", ["500 Oops", "503 Service Unavailable", "409 Conflict", "408 Request Timeout"])
def test_status_of_a_real_answer_is_raised_after_one_call(status: str) -> None:
    with serving(answering(whole(status, JSON))) as server:
        error = failure(server.url)
    assert (type(error), error.code) == (OutcomeUnknown, f"http-{status[:3]}")
    assert len(server.received) == 1


def test_unusable_answer_is_unknown() -> None:
    answer = Answer("api.example", 200, {}, b"{}")
    error = unusable(answer)
    assert (type(error), error.code, error.evidence) == (OutcomeUnknown, "unusable-answer", Evidence(200, {}, "{}"))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "120", "date": DATE}, AT + timedelta(seconds=120)),
        ({"retry-after": "0", "date": DATE}, AT),
        ({"retry-after": "1000000000", "date": DATE}, AT + timedelta(days=366)),
        ({"retry-after": "9" * 400, "date": DATE}, AT + timedelta(days=366)),
        ({"retry-after": "120"}, None),
        ({"retry-after": "Tue, 24 Nov 2026 09:05:00 GMT"}, AT + timedelta(minutes=5)),
        ({"retry-after": "Tue, 24 Nov 2026 10:05:00 +0100", "date": DATE}, AT + timedelta(minutes=5)),
        ({"retry-after": "Tue, 24 Nov 2026 09:05:00 -0000"}, AT + timedelta(minutes=5)),
        ({"retry-after": "-5", "date": DATE}, None),
        ({"retry-after": "٣", "date": DATE}, None),
        ({"retry-after": "soon", "date": DATE}, None),
        ({"retry-after": "Tue, 99 Nov 2026 09:05:00 GMT"}, None),
        ({"retry-after": "120", "date": "yesterday"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_or_left(headers: dict[str, str], expected: datetime | None) -> None:
    assert retry_at(Answer("host", 429, headers)) == expected
    assert outcome(Answer("host", 429, headers)).retry_at == expected


@pytest.mark.parametrize("place", ["watch", "begin"])
def test_no_first_byte_leaves_after_the_deadline_whatever_the_timer_does(place: str) -> None:
    """A process that was stopped while it connected goes on before its timer is woken: an hour later, perhaps."""
    flight = _Flight(-1.0)  # the timer has not even begun
    with socket.socket() as connection, pytest.raises(TimeoutError):
        flight.watch(connection) if place == "watch" else flight.begin()
    assert not flight.begun
