"""What a simulator can be told to do wrong: one fault per request, consumed in order (contracts of each platform say which occur).

A fault says three separate things: whether the platform acts on the request, what it answers instead of its own words, and
how the bytes of the answer travel. `FAULTS` names those that every HTTP platform shares; a platform adds its own.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Travel(StrEnum):
    """How the bytes of an answer reach the caller, if they do."""

    WHOLE = "whole"
    DROP = "drop"
    RESET = "reset"
    DRIP = "drip"
    ENDLESS = "endless"
    TRUNCATED = "truncated"
    BOMB = "bomb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next requests whose "METHOD /path" matches `on`.

    `skip` requests pass first, then `times` are hit. `accepts`: the platform acts, `hesitates` seconds after the request came
    and `pause` seconds before it answers. Without `status` it answers its own words if it acts, else its 503.
    """

    on: str = ""
    skip: int = 0
    times: int = 1
    accepts: bool = False
    hesitates: float = 0.0
    pause: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    travel: Travel = Travel.WHOLE
    pace: float = 1.0

    def meets(self, line: str) -> bool:
        """Tell whether a request, "METHOD /path", is one that it hits."""
        return re.search(self.on, line) is not None


HTML = "<!doctype html><title>Over capacity</title><h1>Something went wrong</h1>"
ELSEWHERE = {"Location": "https://elsewhere.example/"}
PATIENCE = 30.0  # seconds: longer than any caller waits

FAULTS: Mapping[str, Fault] = {
    "commit-then-drop": Fault(accepts=True, travel=Travel.DROP),
    "commit-then-reset": Fault(accepts=True, travel=Travel.RESET),
    "commit-then-500": Fault(accepts=True, status=500),
    "commit-then-503": Fault(accepts=True, status=503),
    "commit-then-422": Fault(accepts=True, status=422),
    "drop": Fault(travel=Travel.DROP),
    "reset": Fault(travel=Travel.RESET),
    **{str(status): Fault(status=status) for status in (400, 401, 403, 404, 408, 409, 413, 422, 500, 502, 503, 504)},
    **{str(status): Fault(status=status, headers=ELSEWHERE) for status in (301, 302, 307)},
    "429": Fault(status=429),
    "429-seconds": Fault(status=429, headers={"Retry-After": "120"}),
    "429-absurd": Fault(status=429, headers={"Retry-After": "1000000000"}),
    "slow": Fault(accepts=True, pause=PATIENCE),
    "late": Fault(accepts=True, hesitates=PATIENCE),
    "silent": Fault(travel=Travel.DROP, pause=PATIENCE),
    "drip": Fault(accepts=True, travel=Travel.DRIP),
    "endless": Fault(accepts=True, status=200, travel=Travel.ENDLESS),
    "bomb": Fault(accepts=True, status=200, travel=Travel.BOMB),
    "truncated": Fault(accepts=True, travel=Travel.TRUNCATED),
    "html-200": Fault(accepts=True, status=200, body=HTML, headers={"Content-Type": "text/html"}),
    "html-502": Fault(status=502, body=HTML, headers={"Content-Type": "text/html"}),
    "html-503": Fault(status=503, body=HTML, headers={"Content-Type": "text/html"}),
    "empty": Fault(accepts=True, status=200, body=""),
    "invalid-json": Fault(accepts=True, status=200, body='{"data": {"id": '),
    "empty-object": Fault(accepts=True, status=200, body="{}"),
    "list": Fault(accepts=True, status=200, body="[]"),
    "no-id": Fault(accepts=True, status=200, body='{"data": {"text": "…"}}'),
}


class Faults:
    """The faults waiting to happen, oldest first; kept in memory only, so a restarted simulator behaves."""

    def __init__(self, named: Mapping[str, Fault]) -> None:
        self._named = named
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def inject(self, fault: Fault | str, **changes: Any) -> None:
        """Let a fault, or a named one, happen, with some of its fields changed. Raises KeyError, TypeError, ValueError."""
        made = replace(self._named[fault] if isinstance(fault, str) else fault, **changes)
        try:
            re.compile(made.on)
        except re.error as error:
            raise ValueError(f"on: {error}") from error
        with self._lock:
            self._waiting.append(replace(made, travel=Travel(made.travel)))

    def clear(self) -> None:
        """Forget the faults that have not happened."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not happened yet."""
        with self._lock:
            return tuple(self._waiting)

    def next(self, line: str) -> Fault | None:
        """Return the fault for a request, "METHOD /path", and count it as happened."""
        if not self._waiting:
            return None
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if not fault.meets(line):
                    continue
                if fault.skip:
                    self._waiting[place] = replace(fault, skip=fault.skip - 1)
                    return None
                left = replace(fault, times=fault.times - 1)
                self._waiting[place : place + 1] = [left] if left.times else []
                return fault
        return None
