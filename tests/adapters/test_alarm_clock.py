"""One clock for all deadlines: it rings in their order, when their time has come, and never for what was turned off."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from publisher.adapters import flight
from publisher.adapters.alarm_clock import AlarmClock, seconds
from publisher.adapters.settings import WireSettings
from publisher.errors import NotSent, OutcomeUnknown


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_rings_in_the_order_of_the_deadlines_and_not_before() -> None:
    clock, rung, now = AlarmClock(), [], seconds()
    for wait in (0.15, 0.05, 0.1):  # the second is earlier than what is waited for
        clock.set(now + wait, lambda wait=wait: rung.append((wait, seconds() - now)))
    wait_for(lambda: len(rung) == 3)
    assert [wait for wait, _ in rung] == [0.05, 0.1, 0.15]
    assert all(at >= wait for wait, at in rung)


def test_what_is_turned_off_does_not_ring() -> None:
    clock, rung, now = AlarmClock(), [], seconds()
    alarms = [clock.set(now + 0.05, lambda number=number: rung.append(number)) for number in range(3)]
    alarms[0].off()
    alarms[2].off()
    wait_for(lambda: rung == [1])
    time.sleep(0.05)
    assert rung == [1]


def test_a_deadline_that_has_passed_rings_at_once() -> None:
    rung = threading.Event()
    AlarmClock().set(seconds() - 3600, rung.set)
    assert rung.wait(5)


def test_many_calls_keep_one_thread() -> None:
    clock, before = AlarmClock(), threading.active_count()
    alarms = [clock.set(seconds() + 60, lambda: None) for _ in range(500)]
    assert threading.active_count() == before + 1
    for alarm in alarms:
        alarm.off()


@pytest.fixture
def no_threads() -> Iterator[Callable[[], None]]:
    """A machine that has no room for another thread's stack, until the test lets it have some."""
    usual = threading.stack_size(1 << 47)
    yield lambda: threading.stack_size(usual) and None
    threading.stack_size(usual)


def test_without_a_thread_nothing_is_set_and_the_next_one_tries_again(no_threads) -> None:
    clock, rung = AlarmClock(), []
    with pytest.raises(RuntimeError):
        clock.set(seconds(), lambda: rung.append("lost"))
    no_threads()
    clock.set(seconds(), lambda: rung.append("set"))
    wait_for(lambda: bool(rung))
    assert rung == ["set"]


def test_without_a_thread_a_call_leaves_no_byte_and_says_so(no_threads, monkeypatch) -> None:
    monkeypatch.setattr(flight, "CLOCK", AlarmClock())
    settings = WireSettings(adapter="test", timeout=0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(NotSent) as told:
            flight.fly(settings, "POST", url, data=b"Bonjour.")
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
        assert told.value.code == "no-thread"
        no_threads()
        listening.settimeout(5)
        with pytest.raises(OutcomeUnknown):  # nobody answers: the alarm of the next call rings
            flight.fly(settings, "POST", url, data=b"Bonjour.")


def test_a_process_that_was_forked_has_its_own() -> None:
    from publisher.adapters.alarm_clock import CLOCK

    CLOCK.set(seconds() + 60, lambda: None).off()
    pid = os.fork()
    if pid == 0:
        rung = threading.Event()
        CLOCK.set(seconds(), rung.set)
        os._exit(0 if rung.wait(5) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
