"""Quotation marks and parentheses: which opening belongs to which closing; read by sentences and by cuts."""

from collections import deque
from typing import NamedTuple

from publisher.text.letters import SPACE
from publisher.text.patterns import late

# Addresses may hold dots and parentheses: nothing inside them is punctuation. The look-behind keeps the search linear.
ADDRESS = (
    r"(?:(?<![^\W_])(?:https?://|www\.)(?:\([^\s()«»]*+\)|[^\s«»“”\"<>()])*(?<![.,;:!?…\]'’*])"
    r"|(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+)"
)

_MARKS = rf"(?P<blank>\n{SPACE}*+\n)|(?<![:;])(?<![:;]-)(?P<opening>[«“„(\[])|(?P<closing>[»”)\]])|(?P<straight>\")"
_MARK = late(_MARKS)
_MARK_OR_ADDRESS = late(f"{ADDRESS}|{_MARKS}")
_IN_ADDRESSES = ("@", "://", "www.")
_CLOSING = {"«": "»", "“": "”", "„": "”", "(": ")", "[": "]", '"': '"'}
_OPENINGS = {"»": "«", "”": "“„", ")": "(", "]": "[", '"': '"'}
_STRENGTH = {"«": 3, "“": 2, "„": 2, '"': 2, "(": 1, "[": 1}
QUOTES = '«“"'
_DEEPEST = 12  # deeper nesting is noise, and a bounded stack keeps hostile text linear


class Pair(NamedTuple):
    """Places of an opening mark and of its closing one."""

    opening: int
    closing: int


def pairs(text: str, *, across_paragraphs: bool = False) -> list[Pair]:
    """Return the matched pairs in the order of their openings; a mark without its fellow is left out.

    A blank line forgets what is open unless `across_paragraphs`. A stray parenthesis never undoes a quotation; guillemets repeated
    at the start of a line go on with the quotation that is open.
    """
    found: list[Pair] = []
    stack: deque[int] = deque(maxlen=_DEEPEST)
    for match in (_MARK_OR_ADDRESS if may_hold_address(text) else _MARK).finditer(text):
        if match.lastgroup == "blank" and not across_paragraphs:
            stack.clear()
        elif match.lastgroup == "opening" and not _goes_on(text, stack, match.start()):
            stack.append(match.start())
        elif match.lastgroup == "closing":
            _close(text, stack, match.start(), found)
        elif match.lastgroup == "straight":
            _straight(text, stack, match.start(), found)
    return sorted(found)


def may_hold_address(text: str) -> bool:
    """Tell whether it is worth looking for addresses, which is slow."""
    return any(sign in text for sign in _IN_ADDRESSES)


def is_speech(text: str) -> bool:
    """Tell whether most of the text is what somebody says."""
    return 2 * sum(pair.closing - pair.opening for pair in outermost(pairs(text)) if text[pair.opening] in QUOTES) > len(text)


def outermost(found: list[Pair]) -> list[Pair]:
    """Keep the pairs that stand in no other one."""
    outer: list[Pair] = []
    for pair in found:
        if not outer or pair.opening > outer[-1].closing:
            outer.append(pair)
    return outer


def closing_of(text: str, pair: Pair) -> str:
    """Return the closing mark of the pair with the space in front of it."""
    before = text[pair.closing - 1]
    return (before if before.isspace() and before != "\n" else "") + text[pair.closing]


def opening_of(text: str, pair: Pair) -> str:
    """Return the opening mark of the pair with the space behind it."""
    behind = text[pair.opening + 1]
    return text[pair.opening] + (behind if behind.isspace() and behind != "\n" else "")


def _goes_on(text: str, stack: deque[int], place: int) -> bool:
    return text[place] == "«" and text[place - 1 : place] == "\n" and any(text[opening] == "«" for opening in stack)


def _close(text: str, stack: deque[int], place: int, found: list[Pair]) -> None:
    wanted = _OPENINGS[text[place]]
    strength = _STRENGTH[wanted[0]]
    for depth in range(len(stack) - 1, -1, -1):
        mark = text[stack[depth]]
        if mark in wanted:
            found.append(Pair(stack[depth], place))
            while len(stack) > depth:
                stack.pop()
            return
        if _STRENGTH[mark] > strength:
            return


def _straight(text: str, stack: deque[int], place: int, found: list[Pair]) -> None:
    if any(text[opening] == '"' for opening in stack):
        _close(text, stack, place, found)
    elif place == 0 or not text[place - 1].isalnum():  # 17" is a length
        stack.append(place)
