"""Which part of which passage stands in which post, and what a reader meets where one post ends; made and read by threads."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from publisher.text import starts
from publisher.text.cuts import Cut, Rank
from publisher.text.fitting import Ranges
from publisher.text.passages import Passage
from publisher.text.sentences import breaks


class Segment(NamedTuple):
    """A passage or, behind `cut`, a part of one; `joint` is what stands between it and the segment before in the same post."""

    text: str
    joint: str
    passage: Passage
    cut: Cut | None = None
    reserved: bool = False

    @property
    def is_forced(self) -> bool:
        """Whether something that must not be cut is cut in front of it."""
        return self.cut is not None and self.cut.rank is Rank.FORCED

    @property
    def begins_amid_sentence(self) -> bool:
        """Whether its first words go on with a sentence of the post before."""
        return self.cut is not None and self.cut.parts_sentence


class Plan(NamedTuple):
    """Which passages stay, in segments, and which segments make each post."""

    kept: Sequence[int]
    segments: Sequence[Segment]
    ranges: Ranges
    overflow: bool = False


def body(segments: Sequence[Segment], start: int, end: int) -> str:
    """Return the text of a post: a quotation that is cut is closed at its end and opened again at the start of the next."""
    first = segments[start]
    text = (first.cut.head if first.cut else "") + first.text + "".join(one.joint + one.text for one in segments[start + 1 : end])
    behind = segments[end].cut if end < len(segments) else None
    return text + (behind.tail if behind else "")


def cut(plan: Plan) -> Iterator[int]:
    """Yield the posts in which a sentence begins that ends in a later one."""
    for number, (start, end) in enumerate(plan.ranges[:-1], 1):
        held = plan.segments[start:end]
        in_one = held[0].passage is held[-1].passage and not any(breaks(body(plan.segments, start, end)))
        if plan.segments[end].begins_amid_sentence and not (held[0].begins_amid_sentence and in_one):
            yield number


def reopened(plan: Plan) -> Iterator[int]:
    """Yield the posts that end between two sentences of a quotation or parenthesis."""
    for number, (_, end) in enumerate(plan.ranges[:-1], 1):
        behind = plan.segments[end].cut
        if behind and behind.inside and not behind.parts_sentence:
            yield number


def anaphoric(plan: Plan) -> Iterator[int]:
    """Yield the posts whose first sentence points to the one before by its first word."""
    for number, (start, _) in enumerate(plan.ranges[1:], 2):
        first = plan.segments[start]
        if not first.begins_amid_sentence and starts.is_anaphoric(first.text):
            yield number
