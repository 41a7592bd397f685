import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from publisher.testing.faults import FAULTS
from publisher.testing.simulator import platforms
from publisher.testing.storm import STORM, Storm, Weather

WEATHER = [Weather("^POST", {"503": 0.2, "reset": 0.1}, {"503": {"body": "busy"}}), Weather("", {"429": 0.5})]


def struck(seed: int, line: str, times: int = 2000) -> Counter[object]:
    storm = Storm(FAULTS, WEATHER, random.Random(seed))
    return Counter((fault.status, fault.travel.value, fault.body) if fault else None for fault in (storm.next(line) for _ in range(times)))


def test_each_fault_comes_as_often_as_its_chance_says() -> None:
    found = struck(1, "POST /2/tweets")
    assert set(found) == {None, (503, "whole", "busy"), (None, "reset", None)}
    assert found[503, "whole", "busy"] == pytest.approx(400, abs=60)
    assert found[None, "reset", None] == pytest.approx(200, abs=60)


def test_the_first_weather_that_matches_decides() -> None:
    assert set(struck(1, "GET /2/users/me")) == {None, (429, "whole", None)}


def test_the_same_seed_gives_the_same_weather() -> None:
    assert struck(3, "POST /", 50) == struck(3, "POST /", 50)


def test_what_was_injected_comes_first() -> None:
    storm = Storm(FAULTS, WEATHER, random.Random(1))
    storm.inject("422", on="POST")
    assert storm.next("POST /").status == 422


def test_every_platform_has_its_storm_and_never_refuses_what_it_accepted() -> None:
    for platform in platforms(lambda: datetime(2026, 11, 24, tzinfo=UTC)):
        for weather in STORM[platform.name]:
            Storm(platform.named_faults, [weather], random.Random(1))
            for fault in (platform.named_faults[name] for name in weather.chances):
                assert not (fault.accepts and 400 <= (fault.status or 0) < 500)
