import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
import requests

from publisher.testing.faults import FAULTS, Fault, Travel
from publisher.testing.ledger import Entry
from publisher.testing.platform import Answer, Platform, Request, Shown
from publisher.testing.simulator import PLATFORMS, Simulator, platforms
from publisher.testing.wire import BOMB
from publisher.testing.x import X

from .conftest import Clock

Call = Callable[..., requests.Response]
CREATION = {"method": "POST", "path": "/2/tweets", "json": {"text": "Un."}}


@pytest.fixture
def control(base: str) -> str:
    return base.replace("/x", "/control/x")


@pytest.mark.parametrize(
    ("name", "status", "taken_in"),
    [
        *((name, int(name), 0) for name in FAULTS if name.isdecimal()),
        ("commit-then-500", 500, 1),
        ("commit-then-503", 503, 1),
        ("commit-then-422", 422, 1),
        ("429-seconds", 429, 0),
        ("429-absurd", 429, 0),
        ("html-200", 200, 1),
        ("html-502", 502, 0),
        ("html-503", 503, 0),
        ("empty", 200, 1),
        ("invalid-json", 200, 1),
        ("empty-object", 200, 1),
        ("list", 200, 1),
        ("no-id", 200, 1),
        ("token-expired", 401, 0),
        ("permission-revoked", 403, 0),
        ("not-enrolled", 403, 0),
        ("credits-depleted", 402, 0),
        ("credits-depleted-403", 403, 0),
        ("spend-cap", 403, 0),
        ("duplicate", 403, 0),
        ("reply-refused", 403, 0),
        ("not-permitted", 403, 0),
        ("old-shape-429", 429, 0),
        ("usage-capped", 429, 0),
    ],
)
def test_named_fault_answers_its_status_once_and_the_platform_acts_or_not(call: Call, x: X, name: str, status: int, taken_in: int) -> None:
    x.faults.inject(name)
    answer = call(**CREATION, allow_redirects=False)
    assert (answer.status_code, len(x.accepted)) == (status, taken_in)
    assert call("GET", "/2/users/me").status_code == 200


@pytest.mark.parametrize(
    ("name", "taken_in", "error"),
    [
        ("commit-then-drop", 1, RemoteDisconnected),
        ("commit-then-reset", 1, ConnectionResetError),
        ("drop", 0, RemoteDisconnected),
        ("reset", 0, ConnectionResetError),
    ],
)
def test_connection_ends_without_a_byte(call: Call, x: X, name: str, taken_in: int, error: type[Exception]) -> None:
    x.faults.inject(name)
    with pytest.raises(requests.ConnectionError) as caught:
        call(**CREATION)
    assert type(caught.value.args[0].args[1]) is error
    assert len(x.accepted) == taken_in


@pytest.mark.parametrize(("name", "taken_in"), [("slow", 1), ("late", 0), ("silent", 0)])
def test_silence_outlasts_the_caller_and_ends_with_the_simulator(call: Call, x: X, name: str, taken_in: int) -> None:
    x.faults.inject(name)
    with pytest.raises(requests.ReadTimeout):
        call(**CREATION, timeout=0.2)
    assert len(x.accepted) == taken_in


def test_late_acceptance_comes_after_the_caller_has_gone(call: Call, x: X) -> None:
    x.faults.inject("late", hesitates=0.3)
    with pytest.raises(requests.ReadTimeout):
        call(**CREATION, timeout=0.1)
    assert x.accepted == []
    wait_until(lambda: len(x.accepted) == 1)


def test_truncated_answer_is_shorter_than_it_says(call: Call, x: X) -> None:
    x.faults.inject("truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        call(**CREATION)
    assert len(x.accepted) == 1


def test_drip_gives_a_byte_at_a_time(call: Call, x: X, base: str) -> None:
    x.faults.inject("drip", pace=0.1)
    host, port = base.removeprefix("http://").removesuffix("/x").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /x/2/users/me HTTP/1.1\r\nHost: x\r\n\r\n")
        assert [connection.recv(10) for _ in range(4)] == [b"H", b"T", b"T", b"P"]


def test_endless_answer_never_ends(call: Call, x: X) -> None:
    x.faults.inject("endless")
    with call(**CREATION, stream=True) as answer:
        received = 0
        for block in answer.iter_content(65536):
            received += len(block)
            if received > 2**22:
                break
    assert received > 2**22


def test_bomb_is_small_on_the_wire_and_large_unpacked(call: Call, x: X) -> None:
    x.faults.inject("bomb")
    with call(**CREATION, stream=True) as answer:
        assert int(answer.headers["Content-Length"]) < BOMB / 100
        assert sum(len(block) for block in answer.iter_content(2**20)) == BOMB


def test_faults_happen_in_order_to_matching_requests_after_skipping(call: Call, x: X) -> None:
    x.faults.inject("503", on="^POST /2/tweets$", skip=1, times=2)
    x.faults.inject("500", on="GET /2/users/me")
    statuses = [call("POST", "/2/tweets", json={"text": f"{n}."}).status_code for n in range(4)]
    assert statuses == [201, 503, 503, 201]
    assert [call("GET", "/2/users/me").status_code for _ in range(2)] == [500, 200]
    assert x.faults.waiting == ()


def test_unknown_fault_or_bad_pattern_is_refused_at_once(x: X) -> None:
    with pytest.raises(KeyError):
        x.faults.inject("unheard-of")
    with pytest.raises(TypeError):
        x.faults.inject("503", unheard_of=1)
    with pytest.raises(ValueError, match="unterminated"):
        x.faults.inject("503", on="[")
    with pytest.raises(ValueError, match="sideways"):
        x.faults.inject(Fault(), travel="sideways")
    with pytest.raises(KeyError, match="x has no switch lagg"):
        x.switch(lagg=3)
    assert x.faults.waiting == ()


def test_request_is_on_disk_before_the_answer_and_shows_no_secret(call: Call, x: X, tmp_path: Path) -> None:
    x.faults.inject("slow")
    with pytest.raises(requests.ReadTimeout):
        call("POST", "/2/tweets?a=b", json={"text": "Là."}, timeout=0.2)
    first, *_ = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text("utf-8").splitlines()]
    assert {key: first[key] for key in ("event", "number", "method", "path", "query")} == {
        "event": "request",
        "number": 1,
        "method": "POST",
        "path": "/2/tweets",
        "query": "a=b",
    }
    assert json.loads(first["body"]) == {"text": "Là."}
    assert first["headers"]["authorization"] == "OAuth …"
    assert "signature" not in (tmp_path / "x.jsonl").read_text("utf-8")


def test_control_injects_switches_and_tells(call: Call, x: X, control: str) -> None:
    wanted = {"faults": ["503", {"name": "drop", "on": "DELETE"}, {"status": 418, "body": "{}"}], "switches": {"lag": 2}}
    told = requests.post(control, json=wanted, timeout=5).json()
    assert [(fault["on"], fault["status"], fault["travel"]) for fault in told["faults"]] == [
        ("", 503, "whole"),
        ("DELETE", None, "drop"),
        ("", 418, "whole"),
    ]
    assert told["switches"]["lag"] == x.switches["lag"] == 2
    assert call(**CREATION).status_code == 503
    assert call(**CREATION).status_code == 418
    assert requests.post(control, json={"clear": True}, timeout=5).json()["faults"] == []
    assert call(**CREATION).status_code == 201
    assert [entry["text"] for entry in requests.get(control, timeout=5).json()["accepted"]] == ["Un."]


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '{"faults": [{"on": "["}]}', '{"faults": ["unheard-of"]}', '{"faults": 3}', '{"switches": {"lagg": 1}}', '{"autre": 1}'],
)
def test_control_refuses_what_it_does_not_understand(control: str, body: str) -> None:
    answer = requests.post(control, data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("not understood")


def test_unknown_platform_is_not_found(base: str) -> None:
    root = base.removesuffix("/x")
    for path in ("/autre/2/tweets", "/control/autre", "/control"):
        assert requests.get(root + path, timeout=5).status_code == 404


def test_pages_show_timeline_thread_and_calls_without_script(call: Call, x: X, base: str) -> None:
    first = call("POST", "/2/tweets", json={"text": "<b>Un</b> & deux."}).json()["data"]["id"]
    second = call(
        "POST", "/2/tweets", json={"text": "Suite\u202f: https://example.org/?a=1&b=2.", "reply": {"in_reply_to_tweet_id": first}}
    ).json()["data"]["id"]
    other = call("POST", "/2/tweets", json={"text": "Autre chose."}).json()["data"]["id"]
    call("DELETE", f"/2/tweets/{other}")
    x.faults.inject("drop")
    with pytest.raises(requests.ConnectionError):
        call("POST", "/2/tweets", json={"text": "Perdu."})
    index = requests.get(base.removesuffix("/x"), timeout=5)
    timeline = requests.get(base + "/", timeout=5).text
    thread = requests.get(f"{base}/valmont_tilleuls/status/{second}", timeout=5).text
    log = requests.get(f"{base}/log", timeout=5).text
    assert requests.get(f"{base}/valmont_tilleuls", timeout=5).text == timeline
    assert '<a href="/x/">X</a>' in index.text
    assert "&lt;b&gt;Un&lt;/b&gt; &amp; deux." in timeline
    assert timeline.index("Autre chose.") < timeline.index("Un&lt;") < timeline.index("Suite\u202f:")
    assert "<s>Autre chose.</s>" in timeline
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noreferrer">https://example.org/?a=1&amp;b=2</a>.</p>' in timeline
    assert ("Suite" in thread, "Un&lt;" in thread, "Autre" in thread) == (True, True, False)
    assert log.index("Perdu.") < log.index("Suite\u202f:")
    assert "<em>drop</em>" in log
    assert all("<script" not in page for page in (index.text, timeline, thread, log))
    assert index.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'; frame-src 'self'"
    assert requests.get(f"{base}/valmont_tilleuls/status/5", timeout=5).status_code == 404
    assert requests.get(base.removesuffix("x") + "style.css", timeout=5).headers["Content-Type"].startswith("text/css")


def test_empty_pages_say_so(base: str) -> None:
    assert "Nothing has been published here yet." in requests.get(base, timeout=5).text
    assert "No call has been received yet." in requests.get(f"{base}/log", timeout=5).text


def test_stopping_frees_the_port_and_does_not_wait_for_slow_answers(clock: Clock) -> None:
    platform = X(clock)
    simulator = Simulator([platform])
    simulator.start()
    platform.faults.inject("slow")
    thread = threading.Thread(target=swallow, args=(simulator.url_of("x"),))
    thread.start()
    wait_until(lambda: len(platform.requests) == 1)
    began = time.monotonic()
    port = int(simulator.url.rpartition(":")[2])
    simulator.stop()
    thread.join()
    assert time.monotonic() - began < 2
    with Simulator([X(clock)], port) as again:
        assert again.url == simulator.url


def test_status_without_a_name_and_an_answer_of_its_own_words(call: Call, x: X) -> None:
    x.faults.inject(Fault(status=520, body="{}"))
    x.faults.inject(Fault())
    assert [call(**CREATION).status_code for _ in range(3)] == [520, 503, 201]


def test_caller_that_hangs_up_early_is_no_news(base: str, x: X, capfd: pytest.CaptureFixture[str]) -> None:
    host, port = base.removeprefix("http://").removesuffix("/x").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /x/2/tweets HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert requests.get(base, timeout=5).status_code == 200
    assert capfd.readouterr().err == ""
    assert x.requests == []


def test_fault_of_the_simulator_itself_is_told(base: str, x: X, capfd: pytest.CaptureFixture[str]) -> None:
    x.timeline = lambda: 1 / 0
    with pytest.raises(requests.ConnectionError):
        requests.get(base, timeout=5)
    wait_until(lambda: "ZeroDivisionError" in capfd.readouterr().err)


class Board(Platform):
    """A second platform, of three lines: a notice board that takes any text."""

    name = "board"
    label = "Board"

    def answer(self, request: Request) -> Answer:
        self.record("accepted", text=request.body.decode())
        return Answer(201, b"pinned")

    def error(self, status: int) -> Answer:
        return Answer(status, b"torn")

    def timeline(self) -> list[Shown]:
        return [Shown(str(n), "board", str(entry["text"]), self.now(), str(n)) for n, entry in enumerate(self.accepted)]

    def learn(self, entry: Entry) -> None:
        """Keep nothing but the ledger."""


def test_second_platform_shares_the_port_and_nothing_else(clock: Clock) -> None:
    x, board = X(clock), Board(clock)
    with Simulator([x, board]) as simulator:
        board.faults.inject("503")
        answers = [requests.post(f"{simulator.url_of('board')}/pin", data="Bonjour.", timeout=5) for _ in range(2)]
        page = requests.get(simulator.url_of("board"), timeout=5).text
        index = requests.get(simulator.url, timeout=5).text
        log = requests.get(f"{simulator.url_of('board')}/log", timeout=5).text
    assert "<pre>Bonjour.</pre>" in log
    assert [(answer.status_code, answer.content) for answer in answers] == [(503, b"torn"), (201, b"pinned")]
    assert "Bonjour." in page
    assert ('href="/x/"' in index, 'href="/board/"' in index) == (True, True)
    assert (len(x.requests), len(board.requests)) == (0, 2)


def test_every_platform_of_the_table_opens(clock: Clock, tmp_path: Path) -> None:
    opened = platforms(clock, tmp_path)
    assert [platform.name for platform in opened] == list(PLATFORMS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["email.jsonl", "email.messages", "facebook.jsonl", "x.jsonl"]


def test_every_way_to_travel_has_a_named_fault() -> None:
    assert {fault.travel for fault in FAULTS.values()} == set(Travel)


def swallow(base: str) -> None:
    with socket.create_connection(("127.0.0.1", int(base.split(":")[2].split("/", maxsplit=1)[0]))) as connection:
        connection.sendall(b"POST /x/2/tweets HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        while connection.recv(1000):
            pass


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")
