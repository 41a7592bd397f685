"""The connections of one round of a mailing, side by side: they call, tell what came of it, and write nothing."""

import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import connections

from publisher import crashpoints
from publisher.adapters.base import Mailing, Pace, Session
from publisher.errors import NotSent, RateLimited, SendError
from publisher.i18n import N_
from publisher.pipeline import guard
from publisher.pipeline.ledger import Call, Result

LOOK = 1.0
"""Seconds after which a crew that hears nothing lets the switches be looked at again."""

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class _Event:
    """What a connection tells: a call that ended, or why it has no session any more; `ready`: it can make a call."""

    connection: "_Connection"
    ready: bool
    ended: tuple[Call, Result] | None = None
    lost: SendError | None = None


class Crew:
    """The connections of one round: who is free, who is busy, and how fast all of them may go."""

    def __init__(self, mailing: Mailing, pace: Pace) -> None:
        self._mailing, self._pace = mailing, pace
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._all: set[_Connection] = set()
        self._free: deque[_Connection] = deque()
        self._under_way = 0
        self._given: deque[float] = deque()
        self._sent_away = False
        self.lost: SendError | None = None

    def connect(self, count: int) -> None:
        """Open as many connections as there is work for, within the pace."""
        self._all.update(_Connection(self._mailing, self._events) for _number in range(min(count, self._pace.connections)))
        for connection in self._all:
            connection.start()

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way."""
        return self._under_way > 0

    @property
    def is_there(self) -> bool:
        """Whether a connection is left, and the server wants to hear of us."""
        return bool(self._all) and not self._sent_away

    @property
    def room(self) -> int:
        """How many calls may begin now."""
        if self._sent_away:
            return 0
        if self._pace.per_minute is None:
            return len(self._free)
        while self._given and time.monotonic() - self._given[0] >= MINUTE:
            self._given.popleft()
        return min(len(self._free), self._pace.per_minute - len(self._given))

    def hear(self, patience: float) -> list[tuple[Call, Result]]:
        """Wait a moment for what the connections tell; return the calls that ended.

        The first one waits for the others under way, as long as a commit takes: one commit for all of them is soonest done.
        """
        heard: list[_Event] = []
        with suppress(queue.Empty):
            self._take(heard, LOOK)
            end = time.monotonic() + patience
            while True:
                left = end - time.monotonic() if self.is_busy else 0.0
                self._take(heard, max(left, 0.0))
        return [event.ended for event in heard if event.ended]

    def _take(self, heard: list[_Event], seconds: float) -> None:
        """Take one event in. Raises queue.Empty."""
        event = self._events.get(block=seconds > 0, timeout=seconds)
        self._note(event)
        heard.append(event)

    def make(self, calls: Sequence[Call]) -> None:
        """Give each call to a free connection."""
        for call in calls:
            self._free.popleft().give(call)
        self._under_way += len(calls)
        self._given.extend(time.monotonic() for _call in calls)

    def leave(self) -> None:
        """Close all connections; those that are busy end when their call does."""
        for connection in self._all:
            connection.give(None)

    def _note(self, event: _Event) -> None:
        self._under_way -= event.ended is not None
        if event.ready:
            self._free.append(event.connection)
        elif event.ended and isinstance(event.ended[1], RateLimited):  # it concerns everybody: the server took its leave with it
            self.lost, self._sent_away = event.ended[1], True
        if event.lost:
            self._all.discard(event.connection)
            self.lost = event.lost


class _Connection(threading.Thread):
    """A thread that keeps one session open and makes the calls that it is given; it never writes to the database."""

    def __init__(self, mailing: Mailing, events: "queue.SimpleQueue[_Event]") -> None:
        super().__init__(name="mail", daemon=True)
        self._mailing, self._events = mailing, events
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()

    def give(self, call: Call | None) -> None:
        """Let it make a call; None ends it."""
        self._calls.put(call)

    def run(self) -> None:
        """Connect, then make one call after the other; a session that is used up is replaced by a new one."""
        session = self._open()
        while session and (call := self._calls.get()):
            result = self._call(session, call) if session.usable else _left()
            self._events.put(_Event(self, session.usable, (call, result)))
            if not session.usable:
                session.close()
                session = self._open()
        if session:
            session.close()
        connections.close_all()

    def _open(self) -> Session | None:
        try:
            session = guard.ask(self._mailing.open)
        except SendError as error:
            self._events.put(_Event(self, ready=False, lost=error))
            return None
        self._events.put(_Event(self, ready=True))
        return session

    def _call(self, session: Session, call: Call) -> Result:
        crashpoints.visit("call.pre")
        try:
            return guard.ask(lambda: session.send(call.turn.step, call.turn.recipient, self._mailing.content(call.values)))
        except SendError as error:
            return error
        finally:
            crashpoints.visit("call.answered")


def _left() -> NotSent:
    return NotSent("server-left", N_("The server closed the connection before the next message: nothing of it was sent."))
