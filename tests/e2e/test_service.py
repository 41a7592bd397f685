"""The service as the machine sees it: told to stop, killed, locked out, watched; it ends well and comes back knowing where it was."""

import os
import signal
import socket
import sqlite3
import time

from publisher.testing.faults import Fault
from tests.e2e.townhall import TownHall, end, ready, wait_for

CREATE = "POST /2/tweets"


def test_a_second_service_is_refused_and_the_first_ends_at_once_when_idle(hall: TownHall) -> None:
    with hall.service() as first:
        ready(hall)
        sentence = hall.refused("run", code=75)
        assert sentence == (
            f"Another Publisher service (process {first.pid}) works on {hall.data}. Stop it first, or use another data directory."
        )
        assert "Another Publisher service" in hall.refused("migrate", code=75)
        code, seconds = end(first)
    assert (code, seconds < 5) == (0, True)
    assert hall.log.rstrip().endswith("The service has stopped.")


def test_told_to_stop_during_a_slow_call_it_writes_the_outcome_and_goes_no_further(hall: TownHall) -> None:
    hall.configure(timeout=10.0)
    hall.x.faults.inject(Fault(accepts=True, pause=4.0), on=CREATE)
    name = hall.approved()
    with hall.service() as service:
        wait_for(hall.accepted)
        code, seconds = end(service)
    assert (code, seconds < 30) == (0, True)
    assert list(hall.where(name)[2].values()) == ["sent", "pending", "pending"]
    assert len(hall.accepted()) == 1
    assert hall.run("--until-idle") == 0
    assert len({post["text"] for post in hall.accepted()}) == len(hall.accepted()) == 3


def test_told_to_stop_while_the_press_room_is_sent_elsewhere_it_sends_it_again_at_the_next_start(hall: TownHall) -> None:
    upload = hall.folder / "upload"
    upload.write_text("#!/bin/sh\necho begun >> ../uploads\ntest -e ../quick || sleep 60\necho done >> ../uploads\n", encoding="utf-8")
    upload.chmod(0o700)
    command = {"PUBLISHER_CHANNELS_WEBSITE_COMMAND": str(upload)}
    name = hall.approved()
    with hall.service(**command, own_group=True) as service:
        wait_for((hall.folder / "uploads").exists)
        os.killpg(service.pid, signal.SIGTERM)  # as systemd stops a unit: the command, too
        assert service.wait(30) == 0
    assert (hall.uploads(), hall.where(name, "website")[2], hall.accepted()) == (["begun"], {"page": "in_doubt"}, [])
    (hall.folder / "quick").touch()
    with hall.service(**command):
        wait_for(lambda: hall.where(name, "website")[0] == "delivered")
    assert (hall.uploads(), len(hall.pages())) == (["begun", "begun", "done"], 1)


def test_killed_it_comes_back_and_goes_on(hall: TownHall) -> None:
    name = hall.approved("--at", hall.ahead(7).isoformat())
    with hall.service() as service:
        ready(hall)
        assert end(service, signal.SIGKILL)[0] == -signal.SIGKILL
    assert hall.run("--until-idle") == 0
    wait_for(lambda: hall.run("--until-idle") == 0 and hall.status(name)["state"] == "published")
    assert len(hall.accepted()) == 3


def test_what_only_a_person_can_open_ends_it_with_3(hall: TownHall) -> None:
    hall.publisher("pause", "--channel", "x", "--reason", "Alerte.", "--as", "camille")
    name = hall.approved()
    assert hall.run("--until-idle") == 3
    assert hall.where(name, "website")[0] == "delivered"
    assert hall.where(name)[:2] == ("planned", "paused")
    hall.publisher("unpause", "--channel", "x", "--as", "camille")
    hall.publisher("hold", hall.delivery(name), "--as", "camille")
    assert hall.run("--until-idle") == 3
    assert hall.accepted() == []
    hall.publisher("resume", name, "--as", "camille")
    hall.configure(more="enabled = false")
    assert hall.run("--until-idle") == 3
    assert hall.where(name)[:2] == ("planned", "channel-disabled")
    hall.configure()
    assert hall.run("--until-idle") == 0
    assert len(hall.accepted()) == 3


def test_an_account_other_than_the_tokens_sends_nothing(hall: TownHall) -> None:
    hall.configure(account="mairie_de_valmont")
    name = hall.approved()
    assert hall.run("--until-idle") == 3
    assert hall.where(name)[:2] == ("held", "account-differs")
    assert hall.accepted() == []
    assert "“valmont_tilleuls”, not to “mairie_de_valmont”" in hall.publisher("check", "--online", code=1).stdout


def test_check_online_only_reads(hall: TownHall) -> None:
    checks = {one["check"]: one["problems"] for one in hall.json("check", "--online")["checks"]}
    assert checks["access"] == []
    for access, code in (("expired", "unauthorized"), ("read-only", "oauth1-permissions")):
        hall.x.switch(access=access)
        (problem,) = next(one["problems"] for one in hall.json("check", "--online", code=1)["checks"] if one["check"] == "access")
        assert (problem["severity"], problem["code"], problem["channel"]) == ("error", code, "x")
    assert {request["method"] for request in hall.x.requests} == {"GET"}
    assert not (hall.folder / "site" / "index.html").exists()


def test_systemd_is_told_what_it_waits_for(hall: TownHall) -> None:
    path = hall.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(20)
        with hall.service(NOTIFY_SOCKET=str(path)) as service:
            told = {listener.recv(100), listener.recv(100)}
            assert told == {b"WATCHDOG=1", b"READY=1"}
            service.terminate()
            while (last := listener.recv(100)) == b"WATCHDOG=1":
                pass
            assert last == b"STOPPING=1"
            assert service.wait(30) == 0


def test_a_database_locked_for_some_seconds_delays_and_kills_nothing(hall: TownHall) -> None:
    name = hall.approved("--at", hall.ahead(6).isoformat())
    with hall.service() as service:
        ready(hall)
        with sqlite3.connect(hall.data / "publisher.sqlite3", isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(8)
            assert hall.accepted() == []
            other.execute("ROLLBACK")
        other.close()
        wait_for(lambda: len(hall.accepted()) == 3)
        assert end(service)[0] == 0
    assert hall.status(name)["state"] == "published"


def test_a_damaged_database_is_one_sentence_and_stays_as_it_is(hall: TownHall) -> None:
    path = hall.data / "publisher.sqlite3"
    good = path.read_bytes()
    for spoilt in (b"not a database" * 1000, good[:8192] + b"\xff" * (len(good) - 8192)):
        path.write_bytes(spoilt)
        for verb in (("run", "--until-idle"), ("status",), ("queue", "marche.md", "--as", "camille")):
            assert "is damaged" in hall.refused(*verb)
        assert path.read_bytes() == spoilt


def test_a_missing_secret_is_named(hall: TownHall) -> None:
    env = hall.folder / ".env"
    env.write_text("".join(line for line in env.read_text().splitlines(keepends=True) if not line.startswith("X_API_SECRET")))
    sentence = hall.refused("run")
    assert sentence.startswith("The secret X_API_SECRET, needed by [channels.x], is missing")
    assert hall.queue().startswith("a-")  # who only writes needs no secret


def test_a_time_moved_earlier_is_not_kept_until_somebody_agrees_again(hall: TownHall) -> None:
    name = hall.approved("--at", hall.ahead(3600).isoformat(), "--channel", "website")
    soon = hall.ahead(4)
    hall.publisher("reschedule", name, "--at", soon.isoformat(), "--as", "camille")
    with hall.service() as service:
        ready(hall)
        time.sleep(6)
        assert hall.pages() == []
        hall.publisher("approve", name, "--now", "--as", "dominique")
        wait_for(hall.pages)
        assert end(service)[0] == 0
