"""Where a sentence that is longer than a post may be cut, and what then ends and begins its parts; read by threads.

A comma or colon at a cut gives way to `…`. Where that could be taken for the author's own (inside a quotation, in a sentence
that holds one) it is not written. A quotation or parenthesis is closed in front of the cut and opened again behind it.
"""

import itertools
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from publisher.text import ties
from publisher.text.counting import grapheme_starts
from publisher.text.marks import QUOTES, Pair, closing_of, opening_of, pairs
from publisher.text.patterns import late
from publisher.text.sentences import breaks

_GAP = late(r"[ \t\n]+|[\u00a0\u202f]")
_WORD_BEFORE = late(r"\S+$")
_WORDS_AFTER = late(r"(\S+)(?:\s+(\S+))?")
_WINDOW = 60
_ENOUGH = 60  # places: a stretch with more (a list without end) is first divided at some of them only
_CLOSED_QUOTATION = ("»", "”", '"', "»,", "”,", '",')
_DASHES = frozenset("–—-")
_LONE_DASH = late(r"(?<=\S\s)[–—-](?=\s)")
_PAUSES = ";!?….–—-"
_SPEECH = 80  # characters: a shorter quotation may be a mere expression
_NO_BREAK = "\u00a0\u202f"


class Rank(IntEnum):
    """Kinds of places in the order in which they are resorted to; FORCED parts what must never be parted."""

    SENTENCE = 0
    CLAUSE = 1
    COMMA = 2
    QUOTED_SENTENCE = 3
    QUOTED_CLAUSE = 4
    QUOTED_COMMA = 5
    LINK_WORD = 6
    SMALL_WORD = 7
    SPACE = 8
    ANY_SPACE = 9
    NAME = 10
    FORCED = 11


# What a cut costs in unevenness, besides what it costs to reopen a quotation.
_SOFT = {Rank.SENTENCE: 0.0, Rank.CLAUSE: 3.0, Rank.COMMA: 3.0}
_SOFT_BETWEEN_WORDS = 6.0
_SOFT_IN_A_LIST = 1.0  # a comma between things of one kind (`les haies, les mares`) is a poorer place than `, mais`
_SOFT_REOPENED = 2.0
_QUOTED = {Rank.SENTENCE: Rank.QUOTED_SENTENCE, Rank.CLAUSE: Rank.QUOTED_CLAUSE, Rank.COMMA: Rank.QUOTED_COMMA}


class Cut(NamedTuple):
    """The first part ends with text[:end] + tail, the second begins with head + text[start:].

    `soft` is what it costs in unevenness; `inside`: of quotation marks or parentheses.
    """

    end: int
    start: int
    rank: Rank
    tail: str = ""
    head: str = ""
    soft: float = 0.0
    inside: bool = False

    @property
    def parts_sentence(self) -> bool:
        """Whether a sentence ends elsewhere than it began; else one is whole in front of the cut, the next behind it."""
        return self.rank not in (Rank.SENTENCE, Rank.QUOTED_SENTENCE)


def divide(text: str, fits: Callable[[str], bool]) -> list[Cut]:
    """Return the places, in order, at which the text is cut so that every part fits; a lower rank serves only where higher ones fail."""
    return [] if fits(text) else _divided(text, (None, None), places(text), fits)


def places(text: str) -> list[Cut]:
    """Return every place where the text may be cut, and those of last resort, in order."""
    found = list(_gaps(text))
    ranks = _ranks(text, [gap for gap, _ in found])
    doubtful = "…" in text or "..." in text
    return [_cut(text, gap, rank, opened, doubtful=doubtful) for (gap, opened), rank in zip(found, ranks, strict=True)]


def _divided(text: str, edges: tuple[Cut | None, Cut | None], found: list[Cut], fits: Callable[[str], bool]) -> list[Cut]:
    if fits(_part(text, *edges)):
        return []
    if not found:
        return _forced(text, edges, fits)
    rank = min(cut.rank for cut in found)
    best = [cut for cut in found if cut.rank is rank]
    best = best[:: len(best) // _ENOUGH + 1]
    taken = set(best)
    rest = [cut for cut in found if cut not in taken]
    result: list[Cut] = []
    for before, after in itertools.pairwise([edges[0], *best, edges[1]]):
        # between both cuts: a comma that gives way lies inside a cut, and a place beside it would part what is gone
        low = bisect_left(rest, before.start, key=_end) if before else 0
        high = bisect_left(rest, after.end, key=_end) if after else len(rest)
        between = [cut for cut in rest[low:high] if after is None or cut.start <= after.end]
        result += _divided(text, (before, after), between, fits)
        result += [after] if after and after is not edges[1] else []
    return result


def _forced(text: str, edges: tuple[Cut | None, Cut | None], fits: Callable[[str], bool]) -> list[Cut]:
    """Halve what has no place to be cut until its parts fit, between letters if at all possible."""
    start, end = edges[0].start if edges[0] else 0, edges[1].end if edges[1] else len(text)
    letters = grapheme_starts(text, start, end)
    letters = letters if len(letters) > 1 else list(range(start, end))  # one letter with hundreds of accents
    if len(letters) < 2:  # noqa: PLR2004 - nothing to halve
        return []
    middle = letters[len(letters) // 2]
    opened = [pair for pair in pairs(text, across_paragraphs=True) if pair.opening < middle <= pair.closing]
    cut = Cut(middle, middle, Rank.FORCED, _closings(text, opened), _openings(text, opened), _SOFT_BETWEEN_WORDS, bool(opened))
    return [*_divided(text, (edges[0], cut), [], fits), cut, *_divided(text, (cut, edges[1]), [], fits)]


def _part(text: str, before: Cut | None, after: Cut | None) -> str:
    body = text[before.start if before else 0 : after.end if after else len(text)]
    return (before.head if before else "") + body + (after.tail if after else "")


def _end(cut: Cut) -> int:
    return cut.end


def _gaps(text: str) -> Iterator[tuple[tuple[int, int], list[Pair]]]:
    """Yield the white space between words, each with the marks that are open there, outermost first."""
    waiting = pairs(text, across_paragraphs=True)[::-1]
    opened: list[Pair] = []
    for gap in _GAP.finditer(text):
        while waiting and waiting[-1].opening < gap.start():
            opened = [*opened, waiting.pop()]
        opened = [pair for pair in opened if pair.closing >= gap.end()]
        empty = opened and (opened[-1].opening == gap.start() - 1 or opened[-1].closing == gap.end())
        if gap.start() > 0 and gap.end() < len(text) and not empty:
            yield gap.span(), opened


def _ranks(text: str, gaps: list[tuple[int, int]]) -> Iterator[Rank]:
    """Yield for each gap the kind of place that it is."""
    sentence_ends = {found.end for found in breaks(text)}
    closing_dashes = {found.start() for found in itertools.islice(_LONE_DASH.finditer(text), 1, None, 2)}  # the second of two
    quotations = deque(sorted(pair.closing for pair in pairs(text, across_paragraphs=True) if _is_speech(text, pair)))
    tied = deque(ties.together(text))
    reporting = False
    for gap in gaps:
        while tied and tied[0][1] <= gap[0]:
            tied.popleft()
        while quotations and quotations[0] < gap[0]:
            reporting = bool(quotations.popleft())
        if gap[0] in sentence_ends:
            reporting = False
            yield Rank.SENTENCE
        elif (tied and tied[0][0] < gap[0]) or text[gap[0]] in _NO_BREAK:
            yield Rank.FORCED
        else:
            rank = _rank(text, gap, closing_dashes)
            yield max(rank, Rank.ANY_SPACE) if reporting else rank


def _is_speech(text: str, pair: Pair) -> bool:
    """Tell whether it is a quotation so long that what follows it says who speaks, and stays with its end."""
    return text[pair.opening] in QUOTES and pair.closing - pair.opening > _SPEECH


def _rank(text: str, gap: tuple[int, int], closing_dashes: set[int]) -> Rank:
    left = _WORD_BEFORE.search(text, max(0, gap[0] - _WINDOW), gap[0])
    right = _WORDS_AFTER.match(text, gap[1], gap[1] + 2 * _WINDOW)
    if left is None or right is None:
        return Rank.FORCED
    if left[0] in _DASHES or right[1] in _DASHES:
        closes, opens = left.start() in closing_dashes, right[1] in _DASHES and gap[1] not in closing_dashes
        return Rank.CLAUSE if closes or opens else Rank.FORCED
    if ties.tied(left[0], right[1]):
        return Rank.FORCED
    if "\n" in text[slice(*gap)] or ties.ends_a_clause(left[0]):
        introduces = left[0][-1] == ":" and right[0][0] in QUOTES
        return Rank.FORCED if introduces else Rank.CLAUSE
    return _rank_of_words(left[0], right[1], right[2] or "")


def _rank_of_words(left: str, right: str, after: str) -> Rank:
    if left.endswith(_CLOSED_QUOTATION) or (left[-1] == "," and ties.is_office(right)):
        return Rank.ANY_SPACE
    if left[-1] in ",)]":
        return Rank.COMMA
    if ties.is_name(left, right, after):
        return Rank.NAME
    if ties.clings(left):
        return Rank.ANY_SPACE
    first = ties.begins_a_part(right)
    if first in ties.LINK_WORDS:
        return Rank.LINK_WORD
    return Rank.SMALL_WORD if first in ties.SMALL_WORDS else Rank.SPACE


def _cut(text: str, gap: tuple[int, int], rank: Rank, opened: list[Pair], *, doubtful: bool) -> Cut:
    end, start = gap
    last = text[end - 1]
    doubtful = doubtful or bool(opened)
    if last == ":" and doubtful:  # a post does not end with a colon
        rank = Rank.FORCED
    trails_off = not doubtful and rank not in (Rank.SENTENCE, Rank.FORCED) and last not in _PAUSES and text[end - 2 : end] != ".,"
    if trails_off and last in ",:":
        end = _without_space(text, end - 1)
    tail = ("…" if trails_off else "") + _closings(text, opened)
    repeated = text[start - 1 : start + 1] == "\n«"  # guillemets open each paragraph of a long quotation by themselves
    head = "" if repeated else _openings(text, opened)
    soft = _SOFT.get(rank, _SOFT_BETWEEN_WORDS) + (_SOFT_REOPENED if opened else 0)
    if rank is Rank.COMMA and not _links(text, start):
        soft += _SOFT_IN_A_LIST
    return Cut(end, start, _QUOTED.get(rank, rank) if opened else rank, tail, head, soft, inside=bool(opened))


def _links(text: str, start: int) -> bool:
    word = _WORDS_AFTER.match(text, start, start + _WINDOW)
    return word is not None and ties.begins_a_part(word[1]) in ties.LINK_WORDS


def _closings(text: str, opened: list[Pair]) -> str:
    return "".join(closing_of(text, pair) for pair in reversed(opened))


def _openings(text: str, opened: list[Pair]) -> str:
    return "".join(opening_of(text, pair) for pair in opened)


def _without_space(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end
