"""French sentences: where a press text may be divided; read by adaptation (which sentences go) and by threads (where posts end).

Own rules, because no library knows press abbreviations, guillemets and reporting clauses. Plain and typeset text give the same breaks.
A sentence begins and ends with a character that is not white space. Only the white space between two sentences is not returned;
what stands inside one is byte for byte that of the text. A missing space (`terminée.Les`) is never repaired: it is no break.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from publisher.text import abbreviations
from publisher.text.letters import EMOJI, SPACE
from publisher.text.marks import ADDRESS, Pair, may_hold_address, outermost, pairs
from publisher.text.patterns import late

_EMOJI = f"[{EMOJI}]"
_EVENTS = r"(?P<stop>[.!?…]++)|(?P<line>\n\s*+)"
_EVENT = late(_EVENTS)
_EVENT_OR_ADDRESS = late(f"{ADDRESS}|{_EVENTS}")
_CLOSER = late(rf"[»”\"’')\]*_]|{SPACE}[»”)\]\"]|{SPACE}?{_EMOJI}++|{SPACE}?[:;]-?[)D](?!\w)")
_OPENERS = late(rf"(?>(?:[«“„\"'‘(\[¿¡–—\-•*_#@>→\s]|{_EMOJI})*)")
_ITEM = late(rf"(?:[-–—•*▪◦‣·]|(?:\d{{1,2}}|[a-z])[.)]){SPACE}")
_LETTERED = late(rf"[a-z]\){SPACE}")
_GAP = late(r"\s*+")
_WORD = late(r"[^\W_]|\+")
_ADDRESS = late(ADDRESS)
_ADDRESS_LINE = late(rf"(?:{ADDRESS}){SPACE}*+(?:\n|$)")
_NEVER_FIRST = frozenset(",;:)»]”")
_NEAR = 64  # how far the next word is looked for: behind a longer run of dashes there is no sentence


class Break(NamedTuple):
    """The white space from `end` to `start` parts two sentences; `inside`: within quotation marks or parentheses."""

    end: int
    start: int
    inside: bool


def split(text: str) -> list[str]:
    """Return the sentences; a quotation or parenthesis stays whole with the sentence that holds it."""
    return _parts(text, (found for found in breaks(text) if not found.inside))


def inner(sentence: str) -> list[str]:
    """Return the parts of one sentence, divided inside its quotations and parentheses: for those longer than a post."""
    return _parts(sentence, (found for found in breaks(sentence) if found.inside))


def breaks(text: str) -> Iterator[Break]:
    """Yield every place where a sentence ends and another follows, in order, in time linear in the text."""
    found = pairs(text)
    closings = {pair.closing for pair in found}
    enclosures = iter(outermost(found))
    enclosure = next(enclosures, None)
    sentence = start = _end_of_space(text, 0)  # of the whole sentence under way, of the innermost one
    first_word = _first_word(text, start)
    for event in (_EVENT_OR_ADDRESS if may_hold_address(text) else _EVENT).finditer(text):
        if event.lastgroup is None or event.start() < start:
            continue
        while enclosure and enclosure.closing < event.start():
            enclosure = next(enclosures, None)
        end, following = _gap(text, event, closings)
        holder = enclosure if enclosure and enclosure.opening < event.start() else None
        inside = holder is not None and end <= holder.closing
        if holder and not inside and _in_passing(text, holder, sentence):
            continue
        if first_word < end < following and _divides(text, event, start, following):
            yield Break(end, following, inside)
            start = following
            first_word = _first_word(text, start)
            sentence = sentence if inside else following


def _parts(text: str, found: Iterable[Break]) -> list[str]:
    start = _end_of_space(text, 0)
    parts = []
    for one in found:
        parts.append(text[start : one.end])
        start = one.start
    rest = text[start : _start_of_space(text, len(text))]
    return [*parts, rest] if rest else parts


def _gap(text: str, event: re.Match[str], closings: set[int]) -> tuple[int, int]:
    """Return where the text in front of the possible break ends and where the text behind it begins."""
    if event.lastgroup == "line":
        return _start_of_space(text, event.start()), event.end()
    end = event.end()
    while closer := _CLOSER.match(text, end):
        if closer[0][-1] == '"' and len(closer[0]) > 1 and closer.end() - 1 not in closings:  # it opens what follows
            break
        end = closer.end()
    return end, _end_of_space(text, end)


def _in_passing(text: str, holder: Pair, sentence: int) -> bool:
    """Tell whether the parenthesis that just closed stands inside a sentence: `(et la mairie !)`; a quotation may end one."""
    return text[holder.opening] in "([" and holder.opening > sentence


def _divides(text: str, event: re.Match[str], start: int, following: int) -> bool:
    if following == len(text) or text[following] in _NEVER_FIRST:
        return False
    word = _OPENERS.match(text, following, following + _NEAR).end()  # type: ignore[union-attr] # may be empty, never None
    divides = _line_divides if event.lastgroup == "line" else _stop_divides
    return divides(text, event, start, word)


def _stop_divides(text: str, event: re.Match[str], start: int, word: int) -> bool:
    if not _WORD.match(text, word):
        return False
    trails_off = event[0].startswith(("…", ".."))
    if _is_small(text, word) and (trails_off or not (_ADDRESS.match(text, word) or _LETTERED.match(text, word))):
        return False
    return event[0] != "." or abbreviations.ends(text, start, event.start(), word)


def _line_divides(text: str, event: re.Match[str], start: int, word: int) -> bool:
    if event[0].count("\n") > 1 or _ITEM.match(text, event.end()):
        return True
    if _is_small(text, word):
        return _ADDRESS_LINE.match(text, word) is not None
    stop = _start_of_space(text, event.start()) - 1
    cut_short = text[stop] == "." and text[stop - 1 : stop] != "."
    return not cut_short or abbreviations.ends(text, start, stop, word)


def _is_small(text: str, word: int) -> bool:
    """Tell whether a word begins with a small letter; iPhone and eBay may begin a sentence."""
    first, second, third = text[word : word + 1], text[word + 1 : word + 2], text[word + 2 : word + 3]
    return first.islower() and not (second.isupper() or (second.islower() and third.isupper()))


def _first_word(text: str, place: int) -> int:
    found = _WORD.search(text, place)
    return found.start() if found else len(text)


def _end_of_space(text: str, place: int) -> int:
    return _GAP.match(text, place).end()  # type: ignore[union-attr] # may be empty, never None


def _start_of_space(text: str, place: int) -> int:
    while place and text[place - 1].isspace():
        place -= 1
    return place
