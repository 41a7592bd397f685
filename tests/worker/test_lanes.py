import threading
import time

import pytest

from publisher.worker.lanes import Lanes


def settled(lanes: Lanes) -> None:
    end = time.monotonic() + 5
    while not lanes.idle:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_lanes_work_side_by_side() -> None:
    lanes, meeting = Lanes(2), threading.Barrier(2, timeout=5)
    lanes.enter("a", meeting.wait)
    lanes.enter("b", meeting.wait)
    settled(lanes)


def test_no_more_lanes_work_at_a_time_than_there_is_room() -> None:
    lanes, lock, working, most = Lanes(2), threading.Lock(), 0, 0

    def work() -> None:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        time.sleep(0.01)
        with lock:
            working -= 1

    for number in range(8):
        lanes.enter(f"lane {number}", work)
    settled(lanes)
    assert most == 2


def test_a_lane_never_works_twice_at_a_time_and_forgets_no_call() -> None:
    lanes, begun, go, done = Lanes(4), threading.Event(), threading.Event(), []

    def first() -> None:
        begun.set()
        assert go.wait(5)
        done.append("first")

    lanes.enter("a", first)
    assert begun.wait(5)
    for name in ("second", "third"):
        lanes.enter("a", lambda name=name: done.append(name))
    assert not done
    go.set()
    settled(lanes)
    assert done == ["first", "third"]  # what was asked for while it was busy is done once


def test_a_lane_is_free_again_after_what_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    lanes, begun, go, done = Lanes(1), threading.Event(), threading.Event(), []

    def wrong() -> None:
        begun.set()
        assert go.wait(5)
        raise ZeroDivisionError

    lanes.enter("a", wrong)
    assert begun.wait(5)
    lanes.enter("a", lambda: done.append("asked for meanwhile"))
    go.set()
    settled(lanes)
    lanes.enter("a", lambda: done.append("asked for later"))
    settled(lanes)
    assert done == ["asked for meanwhile", "asked for later"]
    assert caplog.messages == ["This should not have happened; the service goes on."]


def test_closing_waits_for_what_has_begun_and_begins_nothing() -> None:
    lanes, begun, go, done = Lanes(1), threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        go.wait(5)
        done.append("begun")

    lanes.enter("a", work)
    assert begun.wait(5)
    lanes.enter("a", lambda: done.append("again"))
    lanes.enter("b", lambda: done.append("waiting for room"))
    threading.Timer(0.05, go.set).start()
    assert lanes.close(5)
    lanes.enter("c", lambda: done.append("too late"))
    assert done == ["begun"]
    assert lanes.idle


def test_closing_gives_up_after_its_patience() -> None:
    lanes, go = Lanes(1), threading.Event()
    lanes.enter("a", lambda: go.wait(5))
    assert not lanes.close(0.05)
    go.set()
    settled(lanes)


def test_a_machine_without_room_for_a_thread_keeps_the_lane_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the channel would be busy for ever, and nobody would know."""
    lanes, done = Lanes(1), []

    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        with pytest.raises(RuntimeError):
            lanes.enter("a", lambda: done.append("lost"))
    lanes.enter("a", lambda: done.append("done"))
    settled(lanes)
    assert done == ["done"]
