"""The connections of one round of a mailing, side by side in one thread: they call, tell what came of it, and write nothing."""

import math
import queue
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import connections

from publisher import crashpoints
from publisher.adapters.base import Mailing, Pace, Receipt, Session, Wait, Waits
from publisher.errors import RateLimited, SendError
from publisher.pipeline import guard
from publisher.pipeline.ledger import Call, Result

LOOK = 1.0
"""Seconds after which a crew that hears nothing lets the switches be looked at again."""

MINUTE = 60.0

BELLS = 4096
"""Bytes that are taken from the door at a time: more than there are connections, for a bell left there would wake us again and again."""


@dataclass(slots=True)
class _UnderWay:
    """A call under way, over which session, and until when it waits for its socket."""

    session: Session
    call: Call
    waits: Waits[Receipt]
    until: float = math.inf


class Crew:
    """The connections of one round: who is free, who is busy, and how fast all of them may go."""

    def __init__(self, mailing: Mailing, pace: Pace) -> None:
        self._mailing, self._pace = mailing, pace
        self._free: deque[Session] = deque()
        self._busy: dict[int, _UnderWay] = {}
        self._ended: list[tuple[Call, Result]] = []
        self._has_news = False
        self._opening = 0
        self._openers: list[threading.Thread] = []
        self._opened: queue.SimpleQueue[Session | SendError] = queue.SimpleQueue()
        self._door, self._bell = socket.socketpair()
        self._door.settimeout(0)
        self._poll = select.poll()
        self._poll.register(self._door, select.POLLIN)
        self._given: deque[float] = deque()
        self._sent_away = False
        self.lost: SendError | None = None

    def connect(self, count: int) -> None:
        """Open as many connections as there is work for, within the pace."""
        for _number in range(min(count, self._pace.connections)):
            self._open()

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way, or its end not told yet."""
        return bool(self._busy or self._ended)

    @property
    def is_there(self) -> bool:
        """Whether a connection is left, and the server wants to hear of us."""
        return bool(self._opening or self._free or self._busy) and not self._sent_away

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
        """Let the connections work until something ends or one of them is free; return the calls that ended.

        The first one waits for the others under way, as long as a commit takes: one commit for all of them is soonest done.
        """
        guard.outside()
        self._wait(0)  # whoever can go on does so, whatever is to be told already
        self._listen(LOOK, until=lambda: self._has_news)
        if self._ended:
            self._listen(min(patience, LOOK), until=lambda: not self._busy)
        ended, self._ended, self._has_news = self._ended, [], False
        return ended

    def make(self, calls: Sequence[Call]) -> None:
        """Begin each call over a free connection."""
        guard.outside()
        for call in calls:
            session = self._free.popleft()
            self._go_on(_UnderWay(session, call, self._call(session, call)))
        self._given.extend(time.monotonic() for _call in calls)

    def leave(self) -> None:
        """Close all connections, and wait for no server that is slow to say goodbye; a call under way is cut off."""
        for work in self._busy.values():
            work.session.close()
        threading.Thread(target=self._say_goodbye, name="mail goodbye", daemon=True).start()

    def _listen(self, seconds: float, until: Callable[[], bool]) -> None:
        """Let everybody go on who can, until something is so, or the time is over."""
        end = time.monotonic() + seconds
        while not until() and (left := end - time.monotonic()) > 0:
            self._wait(left)

    def _wait(self, seconds: float) -> None:
        """Wait until a socket is ready, or the time of one is over, and go on with what waited for it."""
        first = min((work.until for work in self._busy.values()), default=math.inf) - time.monotonic()
        ready = {found for found, _event in self._poll.poll(max(0, math.ceil(1000 * min(seconds, first))))}
        if self._door.fileno() in ready:
            self._welcome()
        now = time.monotonic()
        for number in [number for number, work in self._busy.items() if number in ready or work.until <= now]:
            self._poll.unregister(number)
            self._go_on(self._busy.pop(number))

    def _call(self, session: Session, call: Call) -> Waits[Receipt]:
        crashpoints.visit("call.pre")
        return (yield from session.send(call.turn.step, call.turn.recipient, self._mailing.content(call.values)))

    def _go_on(self, work: _UnderWay) -> None:
        """Let a call go as far as it can."""
        result: Wait | Result
        try:
            result = guard.go_on(work.waits)
        except SendError as error:
            result = error
        if isinstance(result, Wait):
            work.until = result.until
            self._busy[result.socket] = work
            self._poll.register(result.socket, result.event)
            return
        crashpoints.visit("call.answered")
        self._ended.append((work.call, result))
        self._has_news = True
        self._dismiss(work.session, result)

    def _dismiss(self, session: Session, result: Result) -> None:
        """Keep the connection for the next call, replace it if it is used up, or leave the server alone."""
        if session.usable:
            self._free.append(session)
        elif isinstance(result, RateLimited) and not session.in_order:  # it concerns everybody: the server took its leave with it
            self.lost, self._sent_away = result, True
            _part(session)
        else:
            self._open(session)

    def _open(self, former: Session | None = None) -> None:
        """Open a connection, in the place of a former one, in a thread of its own: names, greetings and logins take their time."""
        opener = threading.Thread(target=self._bring, args=(former,), name="mail", daemon=True)
        opener.start()
        self._openers = [*filter(threading.Thread.is_alive, self._openers), opener]
        self._opening += 1

    def _bring(self, former: Session | None) -> None:
        opened: Session | SendError
        if former:
            former.close()
        try:
            opened = guard.ask(self._mailing.open)
        except SendError as error:
            opened = error
        connections.close_all()
        self._opened.put(opened)
        self._bell.send(b".")

    def _welcome(self) -> None:
        with suppress(BlockingIOError):
            self._door.recv(BELLS)
        with suppress(queue.Empty):
            while True:
                opened = self._opened.get(block=False)
                self._opening -= 1
                self._has_news = True
                if isinstance(opened, SendError):
                    self.lost = opened
                else:
                    self._free.append(opened)

    def _say_goodbye(self) -> None:
        for opener in self._openers:
            opener.join()
        self._welcome()
        for session in self._free:
            _part(session)
        self._door.close()
        self._bell.close()


def _part(session: Session) -> None:
    """Close a connection beside what the others do: a server may take its time to say goodbye."""
    threading.Thread(target=session.close, name="mail goodbye", daemon=True).start()
