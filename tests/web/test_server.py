"""The pages over a real socket."""

import dataclasses
import socket

import pytest
import requests

from publisher import config
from publisher.errors import ConfigError
from publisher.pipeline.desk import Desk
from publisher.web import server
from publisher.web.server import LARGEST, Behind, Pages


def at(desk: Desk, port: int) -> Desk:
    return dataclasses.replace(desk, config=dataclasses.replace(desk.config, web=config.Web(port=port)))


def test_they_answer_at_the_configured_port_with_nothing_from_elsewhere(town, caplog) -> None:
    caplog.set_level("INFO")
    town.planned("Un titre secret")
    pages = Pages(at(town.desk, 0))
    pages.start()
    try:
        (address,) = (record.args["address"] for record in caplog.records if "address" in (record.args or {}))
        answer = requests.get(address, timeout=10, headers={"Connection": "close"})
    finally:
        pages.stop()
    assert (answer.status_code, answer.url) == (200, f"{address}connexion/?next=/")
    assert "Un titre secret" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers
    assert not [link for link in ("http:", "https:", "//") if f'="{link}' in answer.text]


def test_a_request_that_is_too_large_is_refused(town, caplog) -> None:
    caplog.set_level("INFO")
    pages = Pages(at(town.desk, 0))
    pages.start()
    try:
        (address,) = (record.args["address"] for record in caplog.records if "address" in (record.args or {}))
        answer = requests.post(address, iter([b"x" * LARGEST, b"x"]), timeout=10, headers={"Connection": "close"})
    finally:
        pages.stop()
    assert answer.status_code == 413


def test_a_port_that_is_taken_is_one_sentence(town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ConfigError, match="choose another port"):
        Pages(at(town.desk, other.getsockname()[1])).start()


def test_what_never_began_may_be_stopped(town) -> None:
    Pages(town.desk).stop()


@pytest.mark.parametrize(
    ("caller", "told", "seen"),
    [
        ("10.0.0.7", {"FOR": "203.0.113.9", "PROTO": "https"}, ("203.0.113.9", "https")),
        ("10.0.0.7", {"FOR": "6.6.6.6, 203.0.113.9", "PROTO": "http"}, ("203.0.113.9", "http")),
        ("10.0.0.7", {}, ("10.0.0.7", "http")),
        ("192.0.2.1", {"FOR": "203.0.113.9", "PROTO": "https"}, ("192.0.2.1", "http")),
        ("nonsense", {"FOR": "203.0.113.9", "PROTO": "https"}, ("nonsense", "http")),
    ],
)
def test_only_the_town_s_own_proxy_speaks_for_others(caller, told, seen) -> None:
    answered = Behind(lambda environ, start: [environ], ("10.0.0.0/8",))
    headers = {f"HTTP_X_FORWARDED_{name}": value for name, value in told.items()}
    (environ,) = answered({"REMOTE_ADDR": caller, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_HOST": "evil.example", **headers}, None)
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == seen
    assert not [name for name in environ if name.startswith("HTTP_X_FORWARDED")]


@pytest.mark.parametrize(("proxies", "seen"), [(("127.0.0.1",), "203.0.113.9 https"), ((), "127.0.0.1 http")])
def test_what_the_towns_proxy_says_reaches_the_pages(town, caplog, monkeypatch, proxies, seen) -> None:
    """Through the whole server: the library below must not drop the words before they are weighed."""

    def echo(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']}".encode()]

    caplog.set_level("INFO")
    monkeypatch.setattr(server, "get_wsgi_application", lambda: echo)
    pages = Pages(
        dataclasses.replace(town.desk, config=dataclasses.replace(town.desk.config, web=config.Web(port=0, trusted_proxies=proxies)))
    )
    pages.start()
    try:
        (address,) = (record.args["address"] for record in caplog.records if "address" in (record.args or {}))
        told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Connection": "close"}
        assert requests.get(address, timeout=10, headers=told).text == seen
    finally:
        pages.stop()
