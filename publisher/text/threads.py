"""Threads: cutting one text into the fewest, evenest posts that each make sense; called by adapters whose posts are short.

Whole sentences as far as possible, in their order; what has to go is what costs least, and is declared. Each post is counted
whole before it is given back. passages makes units ready, leaving_out chooses, cuts divides the over-long, fitting breaks, plans holds
the result.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from publisher.errors import RenderError
from publisher.i18n import N_
from publisher.text import plans, starts
from publisher.text.cuts import Cut, Rank, divide
from publisher.text.fitting import Piece, Rooms, Table
from publisher.text.leaving_out import Candidate, choose
from publisher.text.passages import Passage, Unit, considered, leaders, leans, passages, strongest, wanted
from publisher.text.plans import Plan, Segment

__all__ = ["Thread", "Unit", "arrange"]

Count = Callable[[str], int]

# What a break between passages costs in unevenness.
_QUESTION_WITHOUT_ANSWER = 1.5
_POINTS_BACK = 0.6
_INSIDE_PARAGRAPH = 0.2

_BAD_START = "@,;:»”)"


class Thread(NamedTuple):
    """The posts as they will be read, numbered, and what was done to the text; post numbers start at 1.

    `left_out`: units left out, verbatim, in order. `cut`: posts where a sentence begins that ends in a later one. `reopened`: posts
    that end with a sentence of a quotation or parenthesis, closed there and opened again in the next. `anaphoric`: posts that
    start with a pronoun or demonstrative. `overflow`: the rules could not be kept, and the posts must not leave. Either what must
    stay needs more posts than the maximum (they are all here) or is endless (then it is left out), or something that
    must not be cut is longer than a post.
    """

    posts: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    cut: tuple[int, ...] = ()
    reopened: tuple[int, ...] = ()
    anaphoric: tuple[int, ...] = ()
    overflow: bool = False


def arrange(units: Sequence[Unit], *, limit: int, count: Count, maximum: int, closing: str = "", closing_first: bool = False) -> Thread:
    """Arrange the units in at most `maximum` posts of at most `limit`, as `count` counts them.

    `closing` stands on its own line in the last post, or in the first. Raises RenderError when it leaves no room for text.
    """
    ready = passages(units)
    read = considered(ready, limit, maximum)
    weigh = cache(count)
    spare = 0
    while True:  # weights of parts may add up to less than the whole: an address that forms across a joint
        frame = _Frame(limit - spare, maximum, closing, weigh, closing_first=closing_first)
        thread = _Arrangement(ready, read, frame).thread()
        excess = max(map(count, thread.posts), default=0) - limit
        if excess <= 0:
            return thread
        spare += excess


class _Frame(NamedTuple):
    """What surrounds the text of every post."""

    limit: int
    maximum: int
    closing: str
    weigh: Count
    closing_first: bool

    def rooms(self, digits: int) -> Rooms:
        """Return the room for text beside numbers of so many digits (0: no number) and the closing line."""
        inner = self.limit - (self.weigh(f" {'9' * digits}/{'9' * digits}") if digits else 0)
        closed = inner - (self.weigh(f"\n{self.closing}") if self.closing else 0)
        if closed < 1:
            raise self.no_room()
        if not digits:
            return Rooms(closed, closed, closed)
        return Rooms(closed, inner, inner) if self.closing_first else Rooms(inner, inner, closed)

    def no_room(self) -> RenderError:
        """Return the error that says why no post can be written."""
        sentence = N_("No room is left for text in a post of %(limit)s characters beside “%(closing)s”: shorten that line.")
        return RenderError("thread-without-room", sentence, limit=self.limit, closing=self.closing)

    def post(self, body: str, number: int, total: int) -> str:
        """Return the whole post: text, number, closing line."""
        numbered = f"{body} {number}/{total}" if total > 1 else body
        closes = number == (1 if self.closing_first else total)
        return f"{numbered}\n{self.closing}" if self.closing and closes else numbered


class _Terms(NamedTuple):
    """What a plan must keep to; `loose`: a sentence that fits a post may be cut if the closing line leaves it no room."""

    rooms: Rooms
    most: int | None
    loose: bool = False


class _Arrangement:
    """One attempt to arrange passages within a frame."""

    def __init__(self, ready: Sequence[Passage], read: set[int], frame: _Frame) -> None:
        self._ready = ready
        self._read = sorted(read)
        self._frame = frame
        self._weigh = frame.weigh
        self._divide = cache(lambda text, room: tuple(divide(text, lambda part: frame.weigh(part) <= room)))

    def thread(self) -> Thread:
        """Return the thread of this attempt: everything if it fits, else what is dearest."""
        return self._written(self._single() or self._numbered())

    def _single(self) -> Plan | None:
        terms = _Terms(self._frame.rooms(0), 1)
        return self._whole(terms) or (self._chosen(terms) if self._frame.maximum == 1 else None)

    def _numbered(self) -> Plan:
        """Return the plan for the first width of numbers that is wide enough for its own number of posts."""
        digits = 1
        while True:
            strict = _Terms(self._frame.rooms(digits), self._frame.maximum)
            loose = strict._replace(loose=True)
            plan = self._whole(strict) or self._chosen(strict) or self._chosen(loose) or self._bare(loose)
            if len(str(len(plan.ranges))) <= digits:
                return plan
            digits += 1

    def _whole(self, terms: _Terms) -> Plan | None:
        """Return the plan that leaves nothing out; None: it needs more posts, or something that may go fits none."""
        if sum(self._weigh(self._ready[index].text) for index in self._read) > (terms.most or 0) * terms.rooms.inner:
            return None
        return self._plan(self._read, terms) if self._readable(terms.rooms) == self._read else None

    def _chosen(self, terms: _Terms) -> Plan | None:
        """Return the plan that leaves out as little as it can; None: what must stay does not fit, or nothing would stay."""
        readable = wanted(self._ready, self._readable(terms.rooms))
        chosen = choose(list(self._candidates(readable, terms)), terms.rooms, terms.most or 0)
        return self._plan([readable[index] for index in chosen], terms) if chosen else None

    def _bare(self, terms: _Terms) -> Plan:
        """Return the plan with all that must stay and nothing else, in more posts than the maximum if it needs them."""
        kept = [index for index in self._read if self._ready[index].cost == math.inf]
        if plan := self._plan(kept, terms):
            return plan
        if plan := self._plan(kept, terms._replace(most=None)):
            return plan._replace(overflow=True)
        raise self._frame.no_room()

    def _plan(self, kept: Sequence[int], terms: _Terms) -> Plan | None:
        segments = self._segments(kept, terms)
        ranges = Table(list(self._pieces(segments)), terms.rooms).solve(terms.most) if segments else []
        return None if ranges is None else Plan(kept, segments, ranges, overflow=any(segment.is_forced for segment in segments))

    def _readable(self, rooms: Rooms) -> list[int]:
        """Return the passages without those that may go and would have to be cut where nothing may be cut."""

        def broken(index: int) -> bool:
            return any(cut.rank is Rank.FORCED for cut in self._cuts(self._ready[index].text, rooms))

        return [index for index in self._read if self._ready[index].cost == math.inf or not broken(index)]

    def _candidates(self, readable: Sequence[int], terms: _Terms) -> Iterator[Candidate]:
        rooms = terms.rooms
        leads = leaders([self._ready[index] for index in readable])
        for place, (index, (leads_to, introduces)) in enumerate(zip(readable, leads, strict=True)):
            joint = self._joint(readable, place)
            loose = terms.loose and place == 0 and rooms.first < rooms.inner
            pieces = tuple(self._pieces(self._parts(index, joint, rooms, loose=loose)))
            heavy = not terms.loose and pieces[-1].head + pieces[-1].weight > rooms.last
            leaning = place > 0 and readable[place - 1] == index - 1 and leans(self._ready, index)
            yield Candidate(pieces, self._ready[index].cost, (joint.count("\n"), self._weigh(joint)), leads_to, introduces, heavy, leaning)

    def _segments(self, kept: Sequence[int], terms: _Terms) -> list[Segment]:
        closed = 0 if terms.rooms.first < terms.rooms.inner else len(kept) - 1  # the passage beside the closing line
        segments: list[Segment] = []
        for place, index in enumerate(kept):
            segments += self._parts(index, self._joint(kept, place), terms.rooms, loose=terms.loose and place == closed)
        return segments

    def _joint(self, kept: Sequence[int], place: int) -> str:
        before = kept[place - 1] if place else -1
        return strongest([self._ready[index].joint for index in range(before + 1, kept[place] + 1)])

    def _parts(self, index: int, joint: str, rooms: Rooms, *, loose: bool) -> list[Segment]:
        """Return the passage, in parts if it must be cut; reserved ones if it is for the closing line's sake."""
        passage = self._ready[index]
        cuts = self._cuts(passage.text, rooms, loose=loose)
        reserved = self._weigh(passage.text) <= rooms.inner
        ends = [*(cut.end for cut in cuts), len(passage.text)]
        parts = [Segment(passage.text[: ends[0]], joint, passage)]
        for cut, end in zip(cuts, ends[1:], strict=True):
            parts.append(Segment(passage.text[cut.start : end], passage.text[cut.end : cut.start], passage, cut, reserved))
        return parts

    def _cuts(self, text: str, rooms: Rooms, *, loose: bool = False) -> tuple[Cut, ...]:
        if self._weigh(text) <= (rooms.tightest if loose else rooms.inner):
            return ()
        cuts = self._divide(text, rooms.tightest)
        if not loose and any(cut.rank is Rank.FORCED for cut in cuts):
            return self._divide(text, rooms.inner)
        return cuts

    def _pieces(self, segments: Sequence[Segment]) -> Iterator[Piece]:
        weigh = self._weigh
        for before, segment in zip([None, *segments], segments, strict=False):
            weight, joint, cut = weigh(segment.text), weigh(segment.joint), segment.cut
            if cut:
                yield Piece(weight, joint, weigh(cut.tail), weigh(cut.head), int(cut.inside), cut.soft, segment.reserved)
            elif before:
                yield Piece(weight, joint, hard=_hard(before.passage, segment.passage), soft=_soft(before.passage, segment))
            else:
                yield Piece(weight)

    def _written(self, plan: Plan) -> Thread:
        total = len(plan.ranges)
        posts = [self._frame.post(plans.body(plan.segments, *ends), number, total) for number, ends in enumerate(plan.ranges, 1)]
        left = [passage for index, passage in enumerate(self._ready) if index not in set(plan.kept)]
        return Thread(
            tuple(posts),
            tuple(source for passage in left for source in passage.sources),
            tuple(plans.cut(plan)),
            tuple(plans.reopened(plan)),
            tuple(plans.anaphoric(plan)),
            overflow=plan.overflow or any(passage.cost == math.inf for passage in left),
        )


def _hard(before: Passage, passage: Passage) -> int:
    return int(before.leads or passage.text[0] in _BAD_START)


def _soft(before: Passage, segment: Segment) -> float:
    return (
        (_INSIDE_PARAGRAPH if "\n" not in segment.joint else 0)
        + (_QUESTION_WITHOUT_ANSWER if before.asks else 0)
        + (_POINTS_BACK if starts.points_back(segment.text) else 0)
    )
