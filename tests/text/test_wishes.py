"""Wishes that a text be not published yet."""

import re

from hypothesis import given
from hypothesis import strategies as st

from publisher.text import wishes


@given(st.from_regex(re.compile(wishes.OPENING), fullmatch=True), st.booleans())
def test_whatever_opens_a_line_with_a_wish_is_looked_at(line, shouted) -> None:
    assert wishes.may_open(line.upper() if shouted else line)
