import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection

from publisher import config
from publisher.adapters.base import Probes
from publisher.models import Notice, Person
from publisher.pipeline import claim, reconcile
from publisher.pipeline.claim import Claim
from publisher.pipeline.plan import Window
from publisher.pipeline.tenure import Tenure
from publisher.testing.email import Mail
from publisher.testing.memory_platform import accept, unknown
from publisher.testing.smtp import SmtpServer
from publisher.worker import embedded, systemd
from publisher.worker.embedded import Service
from publisher.worker.lanes import Lanes
from tests.pipeline.test_handover import handed
from tests.pipeline.town import Town


@pytest.fixture(autouse=True)
def _ended(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What works beside a test ends with it: its database is gone afterwards, and the next test has another one."""
    begun: list[Lanes] = []

    class Watched(Lanes):
        def __init__(self, threads: int) -> None:
            super().__init__(threads)
            begun.append(self)

    monkeypatch.setattr(embedded, "Lanes", Watched)
    yield
    assert all(lanes.close(20) for lanes in begun)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What systemd is told, in order."""
    messages: list[str] = []
    monkeypatch.setattr(systemd, "tell", messages.append)
    return messages


def test_a_sign_of_life_is_given_after_a_write_and_no_more_often_than_needed(town: Town, told: list[str]) -> None:
    service = Service(town.service(), until_idle=False)
    service._beat()
    service._beat()
    assert told == ["WATCHDOG=1"]
    town.clock.move(embedded.BEAT)
    service._beat()
    assert told == ["WATCHDOG=1", "WATCHDOG=1"]


def test_a_service_that_was_taken_over_ends_without_a_sign_of_life(town: Town, told: list[str], caplog: pytest.LogCaptureFixture) -> None:
    service = Service(town.service(), until_idle=False)
    town.service()
    service._beat()
    assert told == []
    assert (service._tenure.ending.is_set(), service._code()) == (True, 1)
    assert caplog.messages == ["Another service has taken over this data directory, or an older database was put there: this one ends."]


def test_a_database_that_cannot_be_used_is_told_and_looked_at_again(
    town: Town, told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(town.service(), until_idle=True)
    with monkeypatch.context() as broken:
        broken.setattr(type(service._tenure), "beat", lambda _: (_ for _ in ()).throw(OperationalError("database is locked")))
        service._tick()
    assert caplog.messages == ["Nothing leaves until the database can be used: database is locked"]
    assert not service._tenure.ending.is_set()
    assert told == []
    service._beat()
    assert told == ["WATCHDOG=1"]


@pytest.mark.parametrize("error", [OperationalError("database is locked"), OSError("no space left")])
def test_the_work_of_a_lane_survives_a_database_or_a_disk_that_cannot_be_used(
    town: Town, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def work() -> None:
        raise error

    Service(town.service(), until_idle=False)._careful(work)
    (told,) = caplog.messages
    assert told.startswith("Nothing leaves until the database can be used: ")
    assert str(error) in told


def test_a_dead_clock_takes_the_service_with_it(town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Ended(BaseException):
        pass

    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(embedded.os, "_exit", end)
    monkeypatch.setattr(embedded, "TICK", 0.001)
    service = Service(town.service(), until_idle=False)
    with pytest.raises(Ended, match="1"):
        service._watch()
    assert caplog.messages == ["The clock of the service has stopped: the service ends itself, to be started again."]


def test_a_sleep_is_no_dead_clock(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing ticks while a laptop is shut or a process is stopped, and nothing waits either."""
    service = Service(town.service(), until_idle=False)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        town.clock.move(minutes=120)
        service._ticks += len(waits) % embedded.DEAD == 0
        return len(waits) > 3 * embedded.DEAD

    monkeypatch.setattr(service._tenure.ending, "wait", wait)
    service._watch()
    assert len(waits) == 3 * embedded.DEAD + 1


def test_a_tick_that_fails_does_not_count_and_one_without_database_does(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(town.service(), until_idle=False)

    def fails(error: Exception) -> None:
        monkeypatch.setattr(service, "_beat", lambda: (_ for _ in ()).throw(error))

    fails(RuntimeError("a mistake of ours"))
    with pytest.raises(RuntimeError):
        service._tick()
    assert service._ticks == 0
    fails(OperationalError("database is locked"))
    service._tick()
    assert service._ticks == 1


def test_a_tick_waits_for_a_locked_database_for_some_seconds_only(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a program that keeps it locked for half a minute would look like a dead clock, and end a call under way."""
    service = Service(town.service(), until_idle=False)
    patience: list[int] = []

    def beat() -> None:
        with connection.cursor() as cursor:
            patience.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    monkeypatch.setattr(service, "_beat", beat)
    service._tick()
    with connection.cursor() as cursor:
        assert (patience, cursor.execute("PRAGMA busy_timeout").fetchone()[0]) == ([4000], 20000)


def serve(service: Service, times: int = 1) -> None:
    for _ in range(times):
        service._serve("memory")


def test_an_error_over_one_delivery_keeps_none_of_the_others_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = town.channel()
    poison = town.planned("Un.", memory=town.part("memory", "Un."))
    town.clock.move(1)
    other = town.planned("Deux.", memory=town.part("memory", "Deux."))
    town.clock.move(minutes=1)
    take = claim.claim

    def broken(tenure: Tenure, name: str) -> Claim | None:
        if name == town.deliveries(poison)[0].pk:
            raise AssertionError("a mistake of ours")
        return take(tenure, name)

    monkeypatch.setattr(claim, "claim", broken)
    service = Service(town.service(), until_idle=False)
    serve(service)
    assert [entry["content"]["text"] for entry in platform.accepted] == ["Deux."]
    serve(service, 2)
    assert [(row.state, row.reason) for name in (poison, other) for row in town.deliveries(name)] == [
        ("held", "crashed"),
        ("delivered", ""),
    ]


def test_an_error_over_one_doubt_keeps_none_of_the_others_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.channel()
    names = [town.planned(text, memory=town.part("memory", text)) for text in ("Un.", "Deux.")]
    town.platforms["memory"].script("send", unknown(accepted=True), accept())
    town.clock.move(minutes=1)
    service = Service(town.service(), until_idle=False)
    serve(service)
    town.clock.move(60)

    def broken(*_: object) -> bool:
        raise AssertionError("a mistake of ours")

    monkeypatch.setattr(reconcile, "settle", broken)
    serve(service, 3)
    states = sorted((row.state, row.reason) for name in names for row in town.deliveries(name))
    assert states == [("delivered", ""), ("held", "crashed")]


def test_one_thread_after_the_other_each_delivery_looked_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = town.channel()
    for number in range(4):
        town.planned(f"Annonce {number}", memory=town.part("memory", f"{number}a", f"{number}b"))
    town.clock.move(minutes=1)
    take, claims = claim.claim, []
    monkeypatch.setattr(claim, "claim", lambda tenure, name: claims.append(name) or take(tenure, name))
    serve(Service(town.service(), until_idle=False))
    texts = [entry["content"]["text"] for entry in platform.accepted]
    assert sorted(texts) == [f"{number}{part}" for number in range(4) for part in "ab"]
    assert all(first[0] == second[0] for first, second in zip(texts[::2], texts[1::2], strict=True))
    assert len(claims) == 12  # two parts each, and the look that finds no more


def test_a_leap_of_ten_years_is_one_tick_and_no_more():
    before = datetime(2027, 3, 1, tzinfo=UTC)
    leapt = before + timedelta(days=3650)
    assert embedded.Pulse().get_next_fire_time(before, leapt) == leapt + timedelta(seconds=embedded.TICK)


# -------------------------------------------------------------------- notices


def lanes_of(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    entered: list[str] = []
    monkeypatch.setattr(service._lanes, "enter", lambda name, _work: entered.append(name))
    service._attend()
    return entered


def test_notices_have_lanes_of_their_own_and_mails_only_with_a_mailbox(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.channel()
    assert lanes_of(Service(town.service(), until_idle=False), monkeypatch) == [":probe", ":preflight", ":notices"]
    town.notices = config.Notices(enabled=True, host="127.0.0.1", address="publisher@valmont.example")
    assert lanes_of(Service(town.service(), until_idle=False), monkeypatch) == [":probe", ":preflight", ":notices", ":mail"]


def test_a_mailbox_that_is_not_set_up_keeps_nothing_from_being_published(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.channel()
    town.notices = config.Notices(enabled=True)
    service = Service(town.service(), until_idle=False)
    (line,) = caplog.messages
    assert line.startswith("Nobody is told by e-mail: ")
    town.planned()
    town.clock.move(minutes=1)
    serve(service)
    assert town.state() == ("delivered", "")


def test_a_mail_server_that_is_slow_takes_no_room_from_a_channel(town: Town) -> None:
    """All that works beside the channels at the same time leaves as many threads as config.toml gives them."""
    town.channel()
    service, hanging, done = Service(town.service(), until_idle=False), Event(), Event()
    for lane in (embedded.EYES, embedded.WRITES, embedded.MAILS):
        service._lanes.enter(lane, lambda: hanging.wait(20) and None)
    others = town.desk.config.engine.workers
    barrier = Barrier(others, timeout=20)
    for number in range(others):
        service._lanes.enter(f"channel {number}", lambda: barrier.wait() == 0 and done.set())
    assert done.wait(20)
    hanging.set()
    assert service._lanes.close(20)


def test_a_running_service_tells_and_mails(town: Town) -> None:
    """One look of the service, its lanes and threads as they are: the letter is there, and nobody waited for it."""
    town.channel()
    platform = Mail(town.clock.now)
    Person.objects.filter(name="dominique").update(email="dominique@valmont.example")
    with SmtpServer(platform) as server:
        platform.switch(login=False)
        settings = {"host": server.host, "port": server.port, "security": "none", "address": "publisher@valmont.example"}
        town.notices = config.Notices(enabled=True, **settings)
        town.queue()
        service = Service(town.service(), until_idle=False)
        for _ in range(100):
            service._attend()
            if platform.accepted:
                break
            time.sleep(0.1)
        assert service._lanes.close(20)
    assert [entry["recipient"] for entry in platform.accepted] == ["dominique@valmont.example"]
    assert Notice.objects.get(person__name="dominique").mailed_at == town.clock.now()


def test_what_nobody_published_by_hand_in_its_time_is_missed(town: Town, told: list[str]) -> None:
    handed(town)
    town.clock.move(minutes=31)
    service = Service(town.service(), until_idle=False)
    service._look()  # wakes the lanes, which find it too late
    assert service._lanes.close(20)
    assert town.state("app") == ("missed", "too-late")


def in_two_days(town: Town) -> Window:
    at = town.clock.now() + timedelta(days=2)
    return Window(at, at + timedelta(minutes=30), None, "12:00")


def test_what_is_to_leave_within_days_is_looked_at_beside_the_rest(town: Town) -> None:
    platform = town.channel("memory", Probes)
    town.planned(memory=town.part(window=in_two_days(town)))
    service = Service(town.service(), until_idle=False)
    for _ in range(3):
        service._look_far_ahead()
        town.clock.move(1)
    assert [method for method, _ in platform.calls] == ["probe"]
    assert town.state() == ("planned", "")


def test_a_service_that_ends_when_nothing_is_due_does_not_look_far_ahead(town: Town) -> None:
    platform = town.channel("memory", Probes)
    town.planned(memory=town.part(window=in_two_days(town)))
    Service(town.service(), until_idle=True)._look_far_ahead()
    assert platform.calls == []


def test_new_secrets_are_taken_by_the_lane_that_asks_the_platforms(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """In that lane alone, so that no probe made with the old ones is kept for the new ones."""
    town.channel("memory", Probes)
    asked: list[str] = []
    monkeypatch.setattr("publisher.pipeline.renewal.renew", lambda _desk: asked.append("renew"))
    monkeypatch.setattr("publisher.pipeline.probe.ahead", lambda _tenure: asked.append("ahead"))
    Service(town.service(), until_idle=False)._look()
    assert asked == ["renew", "ahead"]
