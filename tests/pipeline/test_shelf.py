"""The list of announcements: what a line tells, what is selected, and how few queries it takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publisher.pipeline import hold, shelf
from tests.pipeline.town import Town


@pytest.fixture
def four(town: Town) -> dict[str, str]:
    """One that awaits its visa, one planned, one held, one sent back."""
    town.channel()
    found = {name: town.queue(name, memory=town.part("memory", name)) for name in ("asked", "planned", "held", "back")}
    for name in ("planned", "held"):
        town.approve(found[name])
    hold.hold(town.desk, town.who("camille"), found["held"])
    town.reject(found["back"])
    return found


def test_a_line_tells_title_state_hour_and_author(town: Town, four: dict[str, str]) -> None:
    (line,) = shelf.lines(town.desk, [four["planned"]])
    (delivery,) = line.deliveries
    assert (line.title, line.state, line.at, line.by) == ("planned", "planned", delivery.due_at, "camille")
    assert [row.state for row in shelf.lines(town.desk, list(four.values()))] == ["awaiting_approval", "planned", "held", "draft"]


@pytest.mark.parametrize(
    ("selection", "found"),
    [("", {"back", "held", "planned", "asked"}), ("visa", {"asked"}), ("prevues", {"planned"}), ("a-regler", {"held"})],
)
def test_a_selection(town: Town, four: dict[str, str], selection: str, found: set[str]) -> None:
    names = list(shelf.names("", selection))
    assert {line.title for line in shelf.lines(town.desk, names)} == found


@pytest.mark.usefixtures("four")
def test_a_selection_that_does_not_exist_selects_nothing_away() -> None:
    assert set(shelf.names("", "x")) == set(shelf.names())


def test_words_and_selection_together(town: Town, four: dict[str, str]) -> None:
    assert list(shelf.names("lann", "prevues")) == [four["planned"]]
    assert list(shelf.names("asked", "prevues")) == []


def test_thirty_lines_cost_what_one_costs(town: Town) -> None:
    town.channel()
    names = [town.planned(f"Une {number}", memory=town.part("memory", f"Une {number}")) for number in range(6)]
    with CaptureQueriesContext(connection) as one:
        shelf.lines(town.desk, names[:1])
    with CaptureQueriesContext(connection) as many:
        shelf.lines(town.desk, names)
    assert len(one) == len(many) == 3  # versions, deliveries, approvals
