from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from requests_oauthlib import OAuth1

from publisher.testing.simulator import Simulator
from publisher.testing.x import CREDENTIALS, X


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def x(clock: Clock, tmp_path: Path) -> X:
    return X(clock, tmp_path / "x.jsonl")


@pytest.fixture
def base(x: X) -> Iterator[str]:
    with Simulator([x]) as simulator:
        yield simulator.url_of("x")


@pytest.fixture
def call(base: str, clock: Clock) -> Callable[..., requests.Response]:
    """Make one signed request, with a client library that the simulator does not share."""

    def made(method: str, path: str, **options: Any) -> requests.Response:
        options = {"auth": signature(clock), "timeout": 5, **options}
        return requests.request(method, base + path, **options)

    return made


def signature(clock: Clock, **changes: Any) -> OAuth1:
    mine = {"client_key": CREDENTIALS.api_key, "client_secret": CREDENTIALS.api_secret, "timestamp": str(int(clock.now.timestamp()))}
    user = {"resource_owner_key": CREDENTIALS.access_token, "resource_owner_secret": CREDENTIALS.access_token_secret}
    return OAuth1(**(mine | user | changes))
