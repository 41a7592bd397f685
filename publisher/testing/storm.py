"""Bad weather: faults that nobody lined up, drawn by dice for each request; the same seed and the same requests, the same weather.

    platform.faults = Storm(platform.named_faults, [Weather(on="^POST", chances={"commit-then-503": 0.05})], random.Random(1))

`STORM` is the weather in which the kill campaign of this project flies. It never says "refused" after accepting: to whom a
platform lies like that, nothing can be promised.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.testing.faults import Fault, Faults


@dataclass(frozen=True, slots=True)
class Weather:
    """The chance of each named fault for the requests that match `on`, as those of a fault do; `changes` to some of their fields."""

    on: str
    chances: Mapping[str, float]
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Storm(Faults):
    """Faults by chance; those that were injected come first."""

    def __init__(self, named: Mapping[str, Fault], weather: Sequence[Weather], dice: random.Random) -> None:
        """Draw from the named faults; the first weather that matches a request decides."""
        super().__init__(named)
        self._weather = [(Fault(on=each.on), self._odds(named, each)) for each in weather]
        self._dice = dice

    def next(self, line: str) -> Fault | None:
        """Return the fault for a request, "METHOD /path", if one hits it."""
        return super().next(line) or self._struck(line)

    @staticmethod
    def _odds(named: Mapping[str, Fault], weather: Weather) -> Sequence[tuple[float, Fault]]:
        return [(chance, replace(named[name], **weather.changes.get(name, {}))) for name, chance in weather.chances.items()]

    def _struck(self, line: str) -> Fault | None:
        odds = next((odds for place, odds in self._weather if place.meets(line)), ())
        with self._lock:
            drawn = self._dice.random()
        for chance, fault in odds:
            drawn -= chance
            if drawn < 0:
                return fault
        return None


HANGS = 0.4
"""Seconds that a stalled answer takes in the storm: longer than the caller's patience there."""

_STALLS: Mapping[str, Mapping[str, Any]] = {"slow": {"pause": HANGS}, "late": {"hesitates": HANGS}, "silent": {"pause": HANGS}}
_WRITES = Weather(
    "^(POST|PUT|DELETE) ",
    {
        "commit-then-500": 0.02,
        "commit-then-503": 0.03,
        "commit-then-reset": 0.03,
        "commit-then-drop": 0.02,
        "truncated": 0.01,
        "slow": 0.01,
        "late": 0.005,
        "503": 0.01,
        "reset": 0.01,
        "silent": 0.005,
        "429": 0.04,
        "422": 0.01,
    },
    _STALLS,
)
_READS = Weather("^GET ", {"503": 0.03, "reset": 0.02, "429": 0.02, "truncated": 0.02, "html-200": 0.01, "silent": 0.005}, _STALLS)
_MAIL = (
    Weather("^CONNECT", {"too-many-connections": 0.03, "drop-at-connect": 0.02}),
    Weather("^(MAIL|EHLO|DATA)", {"busy": 0.01, "drop": 0.01}),
    Weather("^RCPT", {"greylisted": 0.06, "busy": 0.01, "reset": 0.01}),
    Weather("^BODY", {"drop-in-body": 0.02}),
    Weather(r"^\. ", {"commit-then-drop": 0.03, "commit-then-reset": 0.02, "drop-at-end": 0.02, "truncated": 0.01, "slow": 0.01}, _STALLS),
)

STORM: Mapping[str, Sequence[Weather]] = {"facebook": (_WRITES, _READS), "x": (_WRITES, _READS), "email": _MAIL}
