"""Straight quotation marks turned into French ones, the inner level into “ ”; a step of typography.

Marks pair inside one block: a blank line, a list item, a heading or a table cell starts anew. What finds no fellow
stays straight, and so do inches.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from publisher.text.patterns import late
from publisher.text.protection import GAP, INDENT, ITEM, MARK

_TOKEN = late(rf"(?P<end>\n[ \t{INDENT}]*+(?=\n)|{ITEM}|\|)|[\"«»]")
_TRANSPARENT = f'*_~"{MARK}'
_LONGEST_RUN = 16  # signs looked through on either side of a mark: more is not writing
_SPACES = f" \t\n\u00a0\u202f{GAP}{INDENT}{ITEM}"
_BEFORE_OPENING = _SPACES + "([{«“‘'’-–—/,:|=>…"
_AFTER_CLOSING = _SPACES + ")]}»”’'.,;:!?…-–—/|<"


_QUOTATION = late(r"«[^«»]*+»")
# At least two letters: « rock 'n' roll » has apostrophes.
_SINGLE = late(
    rf"(?<![^{re.escape(_SPACES)}([{{«“*_~{MARK}])'(?=[^\s'{re.escape(_SPACES)}])([^'«»“”\n|{ITEM}]{{2,200}}+)'(?=[{re.escape(_AFTER_CLOSING)}*_~{MARK}]|$)"
)


class _Mark(NamedTuple):
    """A mark where it stands; `opens` and `closes` tell what its neighbours allow, `measure` that it may be inches."""

    place: int
    sign: str
    opens: bool
    closes: bool
    measure: bool = False


def replace_straight_quotes(text: str) -> str:
    """Return the text, things to keep masked, with « » and “ ” for the straight marks that pair."""
    if '"' not in text:
        return text
    signs: dict[int, str] = {}
    block: list[_Mark] = []
    for token in _TOKEN.finditer(text):
        if token["end"]:
            signs |= _signs(block)
            block = []
        else:
            block.append(_read(text, token.start()))
    signs |= _signs(block)
    pieces = []
    position = 0
    for place, sign in sorted(signs.items()):
        pieces += [text[position:place], sign]
        position = place + 1
    return "".join(pieces) + text[position:]


def replace_single_quotes(text: str) -> str:
    """Return the text, things to keep masked, with “ ” for the straight single marks that pair inside « »."""
    if "'" not in text or "«" not in text:
        return text
    return _QUOTATION.sub(lambda quotation: _SINGLE.sub(r"“\1”", quotation[0]), text)


def _read(text: str, place: int) -> _Mark:
    """Classify a mark by what stands on both sides, emphasis and other straight marks looked through."""
    sign = text[place]
    if sign != '"':
        return _Mark(place, sign, opens=sign == "«", closes=sign == "»")
    left = (text[max(0, place - _LONGEST_RUN) : place].rstrip(_TRANSPARENT) or "\n")[-1]
    right = (text[place + 1 : place + 1 + _LONGEST_RUN].lstrip(_TRANSPARENT) or "\n")[0]
    opens, closes = left in _BEFORE_OPENING, right in _AFTER_CLOSING
    return _Mark(place, sign, opens=opens, closes=closes, measure=closes and left.isdigit())


def _signs(block: list[_Mark]) -> dict[int, str]:
    """Return the signs that replace the straight marks of one block, by their places."""
    closings = {opening.place: closing.place for opening, closing in _pairs(block)}
    ends = set(closings.values())
    signs: dict[int, str] = {}
    depth = 0
    for mark in block:
        if mark.place in closings:
            signs[mark.place], signs[closings[mark.place]] = ("“", "”") if depth else ("«", "»")
        depth = max(0, depth + (mark.place in closings or mark.sign == "«") - (mark.place in ends or mark.sign == "»"))
    return signs


def _pairs(block: list[_Mark]) -> Iterator[tuple[_Mark, _Mark]]:
    """Yield the straight marks that belong together; a pair never straddles a French quotation."""
    pending: list[tuple[_Mark, int]] = []  # each with how many straight marks are open in a row
    for mark, later_closings in zip(block, _later_closings(block), strict=True):
        opening, depth = pending[-1] if pending else (None, 0)
        if mark.sign == "»":
            while pending and pending.pop()[0].sign != "«":
                pass
        elif mark.sign == "«":
            pending.append((mark, 0))
        elif opening and depth and mark.closes and not (mark.measure and later_closings >= depth):
            pending.pop()
            if mark.place > opening.place + 1:
                yield opening, mark
        elif mark.opens:
            pending.append((mark, depth + 1))


def _later_closings(block: list[_Mark]) -> list[int]:
    """Return, for each mark, how many sure closing marks come before the next that opens: with enough of them, 17" is inches."""
    counts: list[int] = []
    later = 0
    for mark in reversed(block):
        counts.append(later)
        sure = mark.sign == '"' and not mark.opens
        later = later + (mark.closes and not mark.measure) if sure else 0
    return counts[::-1]
