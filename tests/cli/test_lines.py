import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from publisher.cli.lines import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("un deux trois", 8, ["un deux", "trois"]),
        ("à 12\u00a0% ici", 6, ["à 12\u00a0%", "ici"]),
        ("à 12\u00a0% ici", 5, ["à", "12\u00a0%", "ici"]),
        ("un\n\ndeux", 9, ["un", "", "deux"]),
        ("abcdefg hi", 3, ["abc", "def", "g", "hi"]),
        ("a abcdefg", 3, ["a", "abc", "def", "g"]),
        ("😀😀 😀", 4, ["😀😀", "😀"]),
    ],
)
def test_lines_break_at_plain_spaces_only(text, width, lines):
    assert list(wrap(text, width)) == lines


@given(st.text(st.sampled_from("ab \n\u00a0é😀"), max_size=80), st.integers(2, 20))
def test_nothing_is_lost_and_every_line_fits(text, width):
    lines = list(wrap(text, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(cell_len(line) <= width for line in lines)
