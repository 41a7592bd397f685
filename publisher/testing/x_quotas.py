"""How often X may be called: per user and quarter of an hour for each endpoint, and posts per day for the application."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

QUARTER = 900  # seconds
DAY = 86_400

CREATE = "POST /2/tweets"

# as X publishes them
LIMITS: Mapping[str, int] = {
    CREATE: 100,
    "DELETE /2/tweets/:id": 50,
    "GET /2/tweets/:id": 900,
    "GET /2/tweets": 900,
    "GET /2/users/me": 75,
    "GET /2/users/:id/tweets": 900,
}


class Quota(NamedTuple):
    """A limit, how much of it is used, and when it starts anew (seconds since 1970)."""

    limit: int
    used: int
    reset: int


class Quotas:
    """Counts calls and posts; windows start on the clock's quarters of an hour and days."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, int]] = Counter()
        self._posts: Counter[int] = Counter()

    def count_call(self, endpoint: str, at: datetime) -> None:
        """Count one call, granted or not."""
        self._calls[endpoint, _window(at, QUARTER)] += 1

    def count_post(self, at: datetime) -> None:
        """Count one post that was created."""
        self._posts[_window(at, DAY)] += 1

    def quarter(self, endpoint: str, now: datetime, limits: Mapping[str, int]) -> Quota:
        """Return what is left of this quarter of an hour, this call included; `limits` replace the usual ones."""
        window = _window(now, QUARTER)
        return Quota(int(limits.get(endpoint, LIMITS[endpoint])), self._calls[endpoint, window], (window + 1) * QUARTER)

    def day(self, now: datetime, limit: int) -> Quota:
        """Return what is left of this day's posts."""
        window = _window(now, DAY)
        return Quota(limit, self._posts[window], (window + 1) * DAY)


def headers(name: str, quota: Quota) -> dict[str, str]:
    """Return the three headers that tell a quota."""
    remaining = max(quota.limit - quota.used, 0)
    return {f"{name}-limit": str(quota.limit), f"{name}-remaining": str(remaining), f"{name}-reset": str(quota.reset)}


def _window(at: datetime, length: int) -> int:
    return int(at.timestamp()) // length
