"""What goes wrong between the service and X, with real processes: each story runs in a town hall of its own, all at the same time.

The judge is the simulator's durable log. A doubt takes as long as X needs to settle (30 s) and the call's own deadline, so
the stories wait side by side.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from publisher.testing.faults import Fault
from tests.e2e import stories
from tests.e2e.stories import Story, Told, telling
from tests.e2e.townhall import TownHall

CREATE = "POST /2/tweets"
STORIES: dict[str, Story] = {}


@pytest.fixture(scope="module")
def told(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What became of each story."""
    with telling(STORIES, tmp_path_factory.mktemp("stories"), peopled) as told:
        yield told


def outcome(hall: TownHall, name: str, code: int) -> dict[str, Any]:
    """Where it ends, and what X took in: parts by number, parents by number."""
    accepted = hall.accepted()
    numbers = {post["id"]: place for place, post in enumerate(accepted, 1)}
    state, reason, steps = hall.where(name)
    return {
        "code": code,
        "state": state,
        "reason": reason,
        "steps": list(steps.values()),
        "parents": [numbers.get(post["reply_to"]) for post in accepted],
        "each once": len({post["text"] for post in accepted}) == len(accepted),
        "website": hall.where(name, "website")[0],
    }


def expected(state: str, reason: str | None, steps: str, posts: int, code: int) -> dict[str, Any]:
    return {
        "code": code,
        "state": state,
        "reason": reason,
        "steps": steps.split(),
        "parents": [None, *range(1, posts)][:posts],
        "each once": True,
        "website": "delivered",
    }


WHOLE = expected("delivered", None, "sent sent sent", 3, 0)


with_fault, killed_at = partial(stories.with_fault, "x", outcome, on=CREATE), partial(stories.killed_at, outcome)

# visits count from the website's page, which is the first call of the run
STORIES |= {
    "killed after post 2 was written down": killed_at("outcome.committed:3"),
    "killed before post 3 left": killed_at("intent.committed:4"),
    "killed when post 3 was answered": killed_at("call.answered:4"),
    "500 after acceptance": with_fault("commit-then-500", skip=1),
    "cut connection, accepted": with_fault("commit-then-drop", skip=2),
    "cut connection, not accepted": with_fault("drop", skip=1),
    "dripping answer": with_fault("drip", skip=1),
    "HTML in place of the answer": with_fault("html-200"),
    "an older text of ours": with_fault("duplicate"),
    "reply refused": with_fault("reply-refused", skip=1),
}
ENDS = {
    "killed after post 2 was written down": WHOLE,
    "killed before post 3 left": expected("held", "undecided", "sent sent in_doubt", 2, 3),
    "killed when post 3 was answered": WHOLE,
    "500 after acceptance": WHOLE,
    "cut connection, accepted": WHOLE,
    "cut connection, not accepted": expected("held", "undecided", "sent in_doubt pending", 1, 3),
    "dripping answer": WHOLE,
    "HTML in place of the answer": WHOLE,
    "an older text of ours": expected("failed", "refused", "failed pending pending", 0, 0),
    "reply refused": expected("held", "part-refused", "sent failed pending", 1, 3),
}


def a_wait_that_x_asks_for(hall: TownHall) -> dict[str, Any]:
    """X says when its quota is full again: a second or two from now."""
    reset = int(datetime.now(UTC).timestamp()) + 8
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
    hall.x.faults.inject(Fault(status=429, headers=headers), on=CREATE)
    name = hall.approved()
    code = hall.run("--until-idle")
    first = datetime.fromisoformat(hall.accepted()[0]["created_at"])
    return {**outcome(hall, name, code), "after the reset": first.timestamp() >= reset}


def a_lost_access(hall: TownHall) -> dict[str, Any]:
    hall.x.switch(access="expired")
    name = hall.approved()
    stopped = outcome(hall, name, hall.run("--until-idle"))
    hall.x.switch(access="valid")
    still = outcome(hall, name, hall.run("--until-idle"))
    hall.publisher("unpause", "--channel", "x", "--as", "dominique")
    return {"stopped": stopped, "still": still == stopped, "then": outcome(hall, name, hall.run("--until-idle")), "log": hall.log}


def an_access_lost_midway(hall: TownHall) -> dict[str, Any]:
    hall.x.faults.inject("token-expired", on=CREATE, skip=1)
    name = hall.approved()
    stopped = outcome(hall, name, hall.run("--until-idle"))
    hall.publisher("unpause", "--channel", "x", "--as", "dominique")
    return {"stopped": stopped, "then": outcome(hall, name, hall.run("--until-idle"))}


def refused_and_replaced(hall: TownHall) -> dict[str, Any]:
    hall.x.faults.inject("reply-refused", on=CREATE, skip=1)
    name = hall.approved()
    hall.run("--until-idle")
    hall.publisher("resolve", hall.delivery(name), "--replace", "--as", "camille")
    code = hall.run("--until-idle")
    shown = [post for post in hall.x.timeline() if not post.deleted]
    state, reason, steps = hall.where(name)
    return {"code": code, "state": state, "reason": reason, "steps": steps, "shown": [post.text for post in shown]}


def refused_and_dropped(hall: TownHall) -> dict[str, Any]:
    hall.x.faults.inject("reply-refused", on=CREATE, skip=1)
    name = hall.approved()
    hall.run("--until-idle")
    hall.publisher("resolve", hall.delivery(name), "--drop", "--as", "camille")
    return outcome(hall, name, hall.run("--until-idle"))


def undecided_and_sent_again(hall: TownHall) -> dict[str, Any]:
    """Two people say that what was cut is not online."""
    hall.x.faults.inject("drop", on=CREATE, skip=2)
    name = hall.approved()
    held = hall.run("--until-idle")
    hall.publisher("resolve", name, "--send-again", "--as", "camille", code=3)
    hall.publisher("resolve", name, "--send-again", "--as", "camille", code=1)
    hall.publisher("resolve", name, "--send-again", "--as", "dominique")
    return {"held": held, **outcome(hall, name, hall.run("--until-idle"))}


def locked_out(hall: TownHall) -> tuple[str, str]:
    """Another program keeps the database for itself, for longer than a verb waits."""
    other = sqlite3.connect(hall.data / "publisher.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    sentence = hall.refused("queue", "marche.md", "--as", "camille")
    other.close()
    return sentence, hall.publisher("status").stdout


for _tell in (
    a_wait_that_x_asks_for,
    a_lost_access,
    an_access_lost_midway,
    refused_and_replaced,
    refused_and_dropped,
    undecided_and_sent_again,
    locked_out,
):
    STORIES[_tell.__name__] = _tell


@pytest.mark.parametrize("name", list(ENDS))
def test_each_fault_ends_where_it_must(told: Told, name: str) -> None:
    assert told[name].result() == ENDS[name]


def test_429_waits_for_the_reset(told: Told) -> None:
    assert told["a_wait_that_x_asks_for"].result() == {**WHOLE, "after the reset": True}


def test_a_lost_access_stops_the_channel_alone_until_somebody_opens_it(told: Told) -> None:
    found = told["a_lost_access"].result()
    assert found["stopped"] == expected("planned", "unauthorized", "pending pending pending", 0, 3)
    assert found["still"]
    assert found["then"] == WHOLE
    midway = told["an_access_lost_midway"].result()
    assert midway["stopped"] == expected("sending", "unauthorized", "sent pending pending", 1, 3)
    assert midway["then"] == WHOLE


def test_a_refused_reply_is_replaced_by_the_single_text(told: Told) -> None:
    found = told["refused_and_replaced"].result()
    assert (found["code"], found["state"], found["reason"]) == (0, "delivered", None)
    assert found["steps"]["single"] == "sent"
    (text,) = found["shown"]
    assert text.startswith("Le marché change de place")


def test_a_refused_reply_is_left_as_it_is(told: Told) -> None:
    assert told["refused_and_dropped"].result() == expected("delivered", "dropped-partly", "sent dropped dropped", 1, 0)


def test_what_nobody_can_settle_is_sent_again_by_two_people_only(told: Told) -> None:
    assert told["undecided_and_sent_again"].result() == {"held": 3, **WHOLE}


def test_a_database_that_somebody_keeps_locked_is_one_sentence(told: Told) -> None:
    sentence, status = told["locked_out"].result()
    assert "is locked by another program for too long" in sentence
    assert status == "Nothing is planned. “publisher queue FILE” begins.\n"
