import os
import socket

import pytest

from publisher import i18n
from tests.conftest import NetworkRefused, _refuse_skip


@pytest.mark.parametrize("host", ["192.0.2.1", "www.example.org", b"www.example.org"])
def test_an_outside_host_is_refused(host):
    with pytest.raises(NetworkRefused):
        socket.create_connection((host, 9), timeout=1)


def test_an_outside_address_is_refused_below_the_resolver():
    with socket.socket() as client, pytest.raises(NetworkRefused):
        client.connect_ex(("192.0.2.1", 9))


def test_loop_back_is_reachable():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_the_environment_says_nothing_about_the_machine(home):
    assert [name for name in os.environ if name.startswith(("PUBLISHER_", "LC_"))] == []
    assert (os.environ["HOME"], os.environ["LANG"], i18n.current()) == (str(home), "en_GB.UTF-8", "en")


def test_a_skip_is_a_failure_in_ci(monkeypatch):
    report = pytest.TestReport("nodeid", ("file", 1, "domain"), {}, "skipped", ("file", 1, "no chromium"), "call")
    monkeypatch.setattr("tests.conftest.IN_CI", True)
    _refuse_skip(report)
    assert (report.outcome, report.longrepr) == ("failed", "skipped, which CI does not allow: no chromium")


def test_a_skip_is_a_skip_elsewhere(monkeypatch):
    report = pytest.TestReport("nodeid", ("file", 1, "domain"), {}, "skipped", ("file", 1, "no chromium"), "call")
    monkeypatch.setattr("tests.conftest.IN_CI", False)
    _refuse_skip(report)
    assert report.outcome == "skipped"
