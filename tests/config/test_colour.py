import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import colour
from publisher.config.colour import legible

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("given_colour", "paper", "shown"),
    [
        ("#1f4e79", "#ffffff", "#1f4e79"),
        ("#ffffff", "#ffffff", "#757575"),
        ("#000000", "#000000", "#757575"),
        ("#000000", "#ffffff", "#000000"),
    ],
)
def test_a_colour_changes_as_little_as_needed(given_colour, paper, shown):
    assert legible(given_colour, paper) == shown


@given(COLOURS, COLOURS)
def test_every_colour_becomes_legible_on_every_paper(given_colour, paper):
    one, other = (colour._channels(text) for text in (legible(given_colour, paper), paper))
    assert colour._contrast(one, other) >= colour.LEGIBLE
