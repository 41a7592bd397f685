"""Units of a thread made ready: a quotation that runs over several is one passage, leaders know what they lead to; used by threads."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from publisher.text import starts
from publisher.text.marks import pairs
from publisher.text.patterns import late

_LONGEST_QUOTATION = 2000  # characters: beyond that the closing mark belongs to another quotation
_MOST_PASSAGES = 250
_MOST_POSTS = 60  # read no more text than fills so many

_QUESTION_END = late(r"\?[\s»”\")]*$")
_COLON_END = late(r":[\s»”\"*]*$")
_NUMBERED = late(r"(\d{1,2})[.)]\s")
_ITEM = late(r"(?:[-–—•*▪◦‣·]|\d{1,2}[.)]|[a-z]\))\s")


class Unit(NamedTuple):
    """One sentence, heading or list item of a thread, typeset.

    `joint` is what stands between it and the unit before when both share a post. `cost` is the price of leaving it
    out (the lowest go first); infinite: it must stay; zero: it goes as soon as anything must. `heading` is glued to what follows.
    """

    text: str
    joint: str = " "
    cost: float = math.inf
    heading: bool = False


class Passage(NamedTuple):
    """One or more units that stay or go together; `sources` are their texts, verbatim."""

    text: str
    joint: str
    cost: float
    heading: bool
    sources: tuple[str, ...]

    @property
    def leads(self) -> bool:
        """Whether it is nothing without what follows: a heading, or an introduction that ends with a colon."""
        return self.heading or bool(_COLON_END.search(self.text))

    @property
    def asks(self) -> bool:
        """Whether it is a question, whose answer follows."""
        return bool(_QUESTION_END.search(self.text))


def passages(units: Sequence[Unit]) -> list[Passage]:
    """Return the passages in order; units without text are passed over."""
    units = [unit for unit in units if not unit.text.isspace() and unit.text]
    offsets = [0, *accumulate(len(unit.joint) + len(unit.text) for unit in units)]
    whole = "".join(unit.joint + unit.text for unit in units)
    ready: list[Passage] = []
    first = 0
    for pair in pairs(whole, across_paragraphs=True):
        opened, closed = bisect_right(offsets, pair.opening) - 1, bisect_right(offsets, pair.closing) - 1
        if (
            opened < first
            or opened == closed
            or not _is_quotation(whole[pair.opening], pair.closing - pair.opening, units[opened : closed + 1])
        ):
            continue
        ready += [_joined([unit]) for unit in units[first:opened]]
        ready.append(_joined(units[opened : closed + 1]))
        first = closed + 1
    return ready + [_joined([unit]) for unit in units[first:]]


def leaders(ready: Sequence[Passage]) -> list[tuple[int, bool]]:
    """Return for each passage (0 or the index behind the last one it leads to, whether those need it as an introduction).

    A heading leads to its section, an introduction to its list or to the next passage, a question to its answer. A heading right
    above a list introduces it.
    """
    found: list[tuple[int, bool]] = []
    for index, passage in enumerate(ready):
        if _heads_list(ready, index):
            found.append((_while(ready, index + 1, _is_item), True))
            continue
        end = _end_of_lead(ready, index)
        found.append((end if end > index + 1 else 0, passage.leads and not passage.heading))
    return found


def wanted(ready: Sequence[Passage], readable: Sequence[int]) -> list[int]:
    """Return of these passages the ones worth their room, without headings of nothing.

    They are those whose loss costs something, those that one of them leans on, and the answers to one of them.
    """
    chosen: set[int] = set()
    for index in reversed(readable):
        passage = ready[index]
        if passage.heading and passage.cost < math.inf:
            stays = any(below in chosen for below in range(index + 1, _end_of_lead(ready, index)))
        else:
            answers = index > 0 and ready[index - 1].asks and ready[index - 1].cost > 0
            stays = passage.cost > 0 or answers or (index + 1 in chosen and leans(ready, index + 1))
        if stays:
            chosen.add(index)
    return sorted(chosen)


def leans(ready: Sequence[Passage], index: int) -> bool:
    """Tell whether a passage would say something else without the one before: it points back to it, or bears the number after its."""
    passage = ready[index]
    if index == 0 or ready[index - 1].heading:
        return False
    number, before = _NUMBERED.match(passage.text), _NUMBERED.match(ready[index - 1].text)
    if number and before:
        return int(number[1]) == int(before[1]) + 1
    return "\n" not in passage.joint and starts.points_back(passage.text)


def _end_of_lead(ready: Sequence[Passage], index: int) -> int:
    passage, end = ready[index], index + 1
    if passage.heading and not passage.asks:
        end = _while(ready, end, lambda one: one.heading)
        return _while(ready, end, lambda one: not one.heading)
    if end == len(ready) or ready[end].heading or not (passage.leads or passage.asks):
        return end
    if passage.leads and _is_item(ready[end]):
        return _while(ready, end, _is_item)
    return end + 1


def _while(ready: Sequence[Passage], end: int, holds: Callable[[Passage], bool]) -> int:
    while end < len(ready) and holds(ready[end]):
        end += 1
    return end


def _heads_list(ready: Sequence[Passage], index: int) -> bool:
    passage = ready[index]
    return passage.heading and not passage.asks and passage.cost < math.inf and index + 1 < len(ready) and _is_item(ready[index + 1])


def _is_item(passage: Passage) -> bool:
    return _ITEM.match(passage.text) is not None


def considered(ready: Sequence[Passage], limit: int, maximum: int) -> set[int]:
    """Return the indices of the passages that are read at all: of an endless document the dearest, then the first."""
    room = limit * max(_MOST_POSTS, 2 * maximum)
    chosen: set[int] = set()
    for index in sorted(range(len(ready)), key=lambda index: -ready[index].cost):
        if len(chosen) == _MOST_PASSAGES:
            break
        if len(ready[index].text) <= room:
            chosen.add(index)
            room -= len(ready[index].text)
    return chosen


def strongest(joints: Sequence[str]) -> str:
    """Return the joint with the most line breaks, the first of equals: it stays when what stood beside it goes."""
    return max(joints, key=lambda joint: joint.count("\n"))


def _is_quotation(mark: str, length: int, held: Sequence[Unit]) -> bool:
    return mark in "«“„" and length <= _LONGEST_QUOTATION and not any(unit.heading for unit in held)


def _joined(units: Sequence[Unit]) -> Passage:
    text = units[0].text + "".join(unit.joint + unit.text for unit in units[1:])
    sources = tuple(unit.text for unit in units)
    return Passage(text, units[0].joint, sum(unit.cost for unit in units), heading=units[0].heading, sources=sources)
