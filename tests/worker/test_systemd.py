import logging
import socket

from publisher.worker import systemd


def test_without_systemd_nothing_is_told(monkeypatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.tell("READY=1")


def test_a_path_and_an_abstract_name(monkeypatch, tmp_path) -> None:
    for bound, told in ((str(tmp_path / "notify"), str(tmp_path / "notify")), (f"\0{tmp_path}", f"@{tmp_path}")):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(bound)
            listener.settimeout(5)
            monkeypatch.setenv("NOTIFY_SOCKET", told)
            systemd.tell("READY=1")
            assert listener.recv(100) == b"READY=1"


def test_a_socket_that_is_gone_stops_nothing(monkeypatch, tmp_path, caplog) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    with caplog.at_level(logging.WARNING):
        systemd.tell("WATCHDOG=1")
    assert caplog.messages == ["systemd could not be told WATCHDOG=1: there is no such folder; correct the path."]
