"""What goes wrong between the service and Facebook, with real processes, real kills and the simulated page as the judge.

Two phases settle every doubt without a person: what nobody sees is made again, what names its post is published again.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import stories
from tests.e2e.stories import Story, Told, telling
from tests.e2e.townhall import ON_FACEBOOK, TownHall

CREATE, PUBLISH = "POST .*/feed$", "POST .*/[0-9]+_[0-9]+$"
TEXT = "Le marché change de place"


@pytest.fixture(scope="module")
def told(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What became of each story."""
    with telling(STORIES, tmp_path_factory.mktemp("stories"), peopled, on=ON_FACEBOOK, at_once=8) as told:
        yield told


def outcome(hall: TownHall, name: str, code: int) -> dict[str, Any]:
    """Where it ends, what readers see, and how many posts nobody sees were left behind."""
    state, reason, steps = hall.where(name, "facebook")
    seen = [post for post in hall.facebook.timeline() if not post.deleted]
    return {
        "code": code,
        "state": state,
        "reason": reason,
        "steps": list(steps.values()),
        "seen": [post.text.splitlines()[0] for post in seen],
        "orphans": len(hall.facebook.accepted) - len(seen),
        "publications": len(hall.facebook.entries("published")),
    }


def expected(
    state: str = "delivered", reason: str | None = None, steps: str = "sent sent", *, seen: int = 1, **more: int
) -> dict[str, Any]:
    rest = {"code": 0, "orphans": 0, **more}
    return {"state": state, "reason": reason, "steps": steps.split(), "seen": [TEXT] * seen, "publications": seen, **rest}


def access_lost_between_the_phases(hall: TownHall) -> dict[str, Any]:
    hall.facebook.faults.inject("token-expired", on=PUBLISH)
    name = hall.approved()
    stopped = outcome(hall, name, hall.run("--until-idle"))
    hall.publisher("unpause", "--channel", "facebook", "--as", "dominique")
    return {"stopped": stopped, "then": outcome(hall, name, hall.run("--until-idle"))}


def the_same_again(hall: TownHall) -> dict[str, Any]:
    """A town that says again what it has just said."""
    name = hall.approved()
    hall.run("--until-idle")
    again = hall.queue("--again", "--channel", "facebook")
    hall.publisher("approve", again, "--as", "dominique")
    code = hall.run("--until-idle")
    return {"first": hall.where(name, "facebook")[0], **outcome(hall, again, code)}


with_fault, killed_at = partial(stories.with_fault, "facebook", outcome), partial(stories.killed_at, outcome)

# visits count from the website's page, which is the first call of the run; then the hidden post, then its publication
ENDS: Mapping[str, tuple[Story, dict[str, Any]]] = {
    "nothing goes wrong": (with_fault("empty", "GET /nothing"), expected()),
    "killed before the post left": (killed_at("intent.committed:2"), expected()),
    "killed when the post was made": (killed_at("call.answered:2"), expected(orphans=1)),
    "killed after the post was written down": (killed_at("outcome.committed:2"), expected()),
    "killed before the publication left": (killed_at("intent.committed:3"), expected()),
    "killed when it was published": (killed_at("call.answered:3"), expected()),
    "killed before the publication was written down": (killed_at("outcome.pre:3"), expected()),
    "post made, answer lost": (with_fault("commit-then-drop", CREATE), expected(orphans=1)),
    "post made, error told": (with_fault("commit-then-unknown", CREATE), expected(orphans=1)),
    "post not made": (with_fault("html-502", CREATE), expected()),
    "published, answer lost": (with_fault("commit-then-drop", PUBLISH), expected()),
    "published, error told": (with_fault("commit-then-service", PUBLISH), expected()),
    "published, answer empty": (with_fault("empty", PUBLISH), expected()),
    "publication dripping": (with_fault("drip", PUBLISH), expected()),
    "not published": (with_fault("503", PUBLISH, times=2), expected()),
    "link refused": (with_fault("unscraped", CREATE), expected("failed", "refused", "failed pending", seen=0)),
    "hidden post gone": (with_fault("object-missing", PUBLISH), expected("failed", "refused", "sent failed", seen=0, orphans=1)),
}
STORIES: dict[str, Story] = {name: story for name, (story, _) in ENDS.items()}
for _tell in (access_lost_between_the_phases, the_same_again):
    STORIES[_tell.__name__] = _tell


@pytest.mark.parametrize("name", list(ENDS))
def test_each_fault_ends_where_it_must(told: Told, name: str) -> None:
    assert told[name].result() == ENDS[name][1]


def test_an_access_lost_between_the_phases_publishes_nothing_until_somebody_opens_the_channel(told: Told) -> None:
    found = told["access_lost_between_the_phases"].result()
    assert found["stopped"] == expected("sending", "unauthorized", "sent pending", seen=0, orphans=1, code=3)
    assert found["then"] == expected()


def test_what_facebook_takes_for_a_repetition_is_not_said_twice(told: Told) -> None:
    found = told["the_same_again"].result()
    assert found == {"first": "delivered", **expected("failed", "refused", "sent failed", orphans=1)}
