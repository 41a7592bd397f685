"""The connections of a mailing: one thread drives them all, and none holds the others up."""

import select
import socket
import threading
import time
from collections.abc import Callable

import pytest

from publisher.adapters.base import Pace, Receipt, Wait, Waits
from publisher.errors import NotSent, RateLimited, SendError
from publisher.i18n import N_
from publisher.pipeline import crew
from publisher.pipeline.crew import Crew
from publisher.pipeline.ledger import Call, Turn

pytestmark = pytest.mark.usefixtures("data_dir")

WAIT = RateLimited("greylisted", N_("Come back later."))


class Line:
    """A session whose other end is in the hands of the test."""

    def __init__(self, says: Callable[[], object] = lambda: None, goodbye: Callable[[], object] = lambda: None) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.usable = self.in_order = True
        self.closed = threading.Event()
        self._says, self._goodbye = says, goodbye

    def answer(self) -> None:
        self.theirs.send(b".")

    def send(self, step: str, recipient: str, content: bytes) -> Waits[Receipt]:
        del recipient, content
        yield Wait(self.ours.fileno(), select.POLLIN, time.monotonic() + 5)
        self.ours.recv(1)
        self._says()
        return Receipt(step)

    def close(self) -> None:
        self._goodbye()
        self.ours.close()
        self.theirs.close()
        self.closed.set()


class Lines:
    """A mailing over such sessions, which are handed out in this order."""

    def __init__(self, *lines: Line) -> None:
        self.waiting = list(lines)

    def open(self) -> Line:
        if not self.waiting:
            raise NotSent("full", N_("No more lines."))
        return self.waiting.pop(0)

    def content(self, values: object) -> bytes:
        return repr(values).encode()


def call(number: int) -> Call:
    return Call(Turn(number, "message", f"redaction{number}@journal.example", f"<{number}>", 0, 0, tainted=False), number, {})


def connected(*lines: Line, spare: tuple[Line, ...] = ()) -> Crew:
    made = Crew(Lines(*lines, *spare), Pace(len(lines)))
    made.connect(len(lines))
    end = time.monotonic() + 5
    while made.room < len(lines) and time.monotonic() < end:
        made.hear(0)
    assert made.room == len(lines)
    return made


def refuse(error: SendError) -> Callable[[], None]:
    def raises() -> None:
        raise error

    return raises


@pytest.mark.parametrize("turn", range(10))
def test_once_all_are_there_nothing_wakes_it(turn) -> None:
    made = connected(*(Line() for _ in range(16)))
    time.sleep(0.02)  # let the last bell ring
    made._wait(0)
    assert made._poll.poll(0) == []
    made.leave()


def test_it_does_not_spin_while_some_are_free_and_one_is_slow(monkeypatch) -> None:
    lines = Line(), Line()
    made = connected(*lines)
    monkeypatch.setattr(crew, "LOOK", 0.3)
    began = time.process_time()
    made.make([call(1)])
    assert made.hear(0) == []
    assert made.is_busy
    assert time.process_time() - began < 0.1
    lines[0].answer()
    assert [ended.turn.row for ended, _result in made.hear(0)] == [1]
    made.leave()


def test_a_stalled_one_keeps_none_of_the_others_waiting() -> None:
    lines = Line(), Line()
    made = connected(*lines)
    made.make([call(1), call(2)])
    lines[1].answer()
    began = time.monotonic()
    assert [ended.turn.row for ended, _result in made.hear(0.01)] == [2]
    assert time.monotonic() - began < 0.5
    made.leave()


def test_the_first_does_not_wait_for_the_others_longer_than_until_the_next_look(monkeypatch) -> None:
    monkeypatch.setattr(crew, "LOOK", 0.1)
    lines = Line(), Line()
    made = connected(*lines)
    made.make([call(1), call(2)])
    lines[0].answer()
    began = time.monotonic()
    assert len(made.hear(60.0)) == 1
    assert time.monotonic() - began < 5
    made.leave()


def test_goodbyes_are_said_side_by_side_and_nobody_waits_for_them() -> None:
    together = threading.Barrier(4)
    lines = [Line(goodbye=lambda: together.wait(5)) for _ in range(4)]
    made = connected(*lines)
    made.leave()
    assert all(line.closed.wait(5) for line in lines)


def test_a_connection_that_opens_too_late_is_closed_all_the_same() -> None:
    late, may = Line(), threading.Event()
    lines = Lines(late)
    lines.open = lambda: may.wait(5) and late
    made = Crew(lines, Pace(1))
    made.connect(1)
    made.leave()
    may.set()
    assert late.closed.wait(5)


def test_a_recipient_who_must_wait_on_the_last_message_of_a_connection_is_no_farewell() -> None:
    line, spare = Line(refuse(WAIT)), Line()
    made = connected(line, spare=(spare,))
    line.usable = False  # it has carried what it may
    made.make([call(1)])
    line.answer()
    assert [result for _ended, result in made.hear(0)] == [WAIT]
    assert (made.is_there, made.lost) == (True, None)
    while not made.room:
        made.hear(0)
    assert line.closed.is_set()
    made.leave()


def test_a_server_that_takes_its_leave_with_a_wait_is_left_alone_and_its_goodbye_not_waited_for() -> None:
    may = threading.Event()
    line = Line(refuse(WAIT), goodbye=lambda: may.wait(5))
    made = connected(line)
    line.usable = line.in_order = False
    made.make([call(1)])
    line.answer()
    began = time.monotonic()
    assert [result for _ended, result in made.hear(0)] == [WAIT]
    assert time.monotonic() - began < 2
    assert (made.is_there, made.lost, made.room) == (False, WAIT, 0)
    may.set()
    assert line.closed.wait(5)
    made.leave()
