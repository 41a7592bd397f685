"""What every test can rely on: an empty environment, English sentences, a home of its own, and no network but loop-back."""

import os
import socket
from collections.abc import Generator
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import settings

from publisher import i18n

IN_CI = os.environ.get("CI", "").lower() == "true"
LOCAL_NAMES = {None, "", "localhost"}

settings.register_profile("untimed", deadline=None)  # a busy machine fails no test; the rest stays as it is, in CI too
settings.load_profile("untimed")


class NetworkRefused(RuntimeError):
    """A test tried to leave the machine."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Nothing of the machine's settings reaches a test, or its children."""
    for name in list(os.environ):
        if name.startswith(("PUBLISHER_", "LC_")) or name.lower().endswith("_proxy") or name in {"LANGUAGE", "DJANGO_SETTINGS_MODULE"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    i18n.activate("en")


@pytest.fixture(autouse=True)
def _network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loop-back and Unix sockets only: an address outside is a bug in the test."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self, address):
        _refuse_outside(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        _refuse_outside(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host, *args, **options):
        _refuse_host(host)
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _refuse_outside(family: int, address: tuple) -> None:
    if family in {socket.AF_INET, socket.AF_INET6}:
        _refuse_host(address[0])


def _refuse_host(host: str | bytes | None) -> None:
    host = host.decode() if isinstance(host, bytes) else host
    if host in LOCAL_NAMES:
        return
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkRefused(f"a test tried to reach {host}")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI nothing may be skipped: what a test needs is installed, or the run is red."""
    if IN_CI and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
