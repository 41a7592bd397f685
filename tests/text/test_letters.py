"""The classes written out are those of the Unicode character database, as the regex package knows it."""

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from publisher.text.counting import graphemes
from publisher.text.letters import CAPITALS, EMOJI, LETTER

# without ʕ, which changed its class lately
ALPHABETS = [chr(code) for code in (*range(0x295), *range(0x296, 0x530), *range(0x1E00, 0x2000))]
BASIC_PLANE = [chr(code) for code in range(0x10000)]


@pytest.mark.parametrize(
    ("characters", "ours", "property_"),
    [
        (ALPHABETS, f"[{CAPITALS}]", r"\p{Lu}"),
        (ALPHABETS, rf"{LETTER}|[²³¹¼½¾]", r"[\p{L}²³¹¼½¾]"),  # Python takes these figures for letters
        (BASIC_PLANE, f"[{EMOJI}]", r"[\p{Extended_Pictographic}\u200d\ufe0f\u20e3]"),
    ],
    ids=["capitals", "letters", "emoji"],
)
def test_a_class_holds_what_unicode_says(characters: list[str], ours: str, property_: str) -> None:
    mine, theirs = re.compile(ours), regex.compile(property_)
    assert [one for one in characters if mine.fullmatch(one)] == [one for one in characters if theirs.fullmatch(one)]


@pytest.mark.parametrize("one", ["🎉", "🏽", "🇫", "🀄", "🅰", "🆗", "🛝", "🟠", "🧑", "🪿", "🫡"])
def test_emoji_of_the_higher_planes_are_emoji(one: str) -> None:
    assert re.fullmatch(f"[{EMOJI}]", one)


@pytest.mark.parametrize("one", ["𝐀", "🄰", "🜀", "𓀀"])
def test_other_signs_of_the_higher_planes_are_none(one: str) -> None:
    assert not re.fullmatch(f"[{EMOJI}]", one)


@given(st.text(st.one_of(st.characters(max_codepoint=0x2FF), st.sampled_from("’«»…–€\u00a0\u202f\u0301\u200d\ufe0f‼🎉🇫🇷"))))
def test_short_cuts_count_the_same_graphemes(text: str) -> None:
    assert graphemes(text) == len(regex.findall(r"\X", text))
