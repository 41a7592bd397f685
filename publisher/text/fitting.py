"""The fewest and evenest posts that hold pieces of text in their order: the table behind threads; it sees weights, no text.

Stage 1 seeks the number of posts n for which n + (hard costs) is least: a hard cost is worth a whole post. Stage 2 seeks,
with that number, the breaks of least soft cost; one post more is taken only where it saves a lot.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

_WORTH_ONE_MORE = 3.0  # soft cost that one more post must save
_SHORT_LAST = 0.4  # of the mean: a last post shorter than this looks lost
_SHORT_LAST_COST = 2.0


class Piece(NamedTuple):
    """A piece that no break may enter, and what a break in front of it would cost.

    Weights are counted lengths: `joint` of what stands between it and the piece before when both share a post,
    `tail` and `head` of what ends and begins the posts when they do not. `reserved`: a sentence is cut here that would fit
    a whole post, were it not for the closing line: only the post with that line may be next to such a break.
    """

    weight: int
    joint: int = 0
    tail: int = 0
    head: int = 0
    hard: int = 0
    soft: float = 0.0
    reserved: bool = False


class Rooms(NamedTuple):
    """How much text the first, any other and the last post may hold."""

    first: int
    inner: int
    last: int

    @property
    def tightest(self) -> int:
        """The room that every post has."""
        return min(self.first, self.inner, self.last)


Ranges = list[tuple[int, int]]
Cost = tuple[int, float]


class _Solution(NamedTuple):
    cost: Cost
    ranges: Ranges


class Table:
    """Every way to break pieces into posts."""

    def __init__(self, pieces: Sequence[Piece], rooms: Rooms) -> None:
        """Find which stretches of pieces may be one post, and how many posts are needed from each piece on."""
        self._pieces = pieces
        self._rooms = rooms
        self._totals = [0, *accumulate(piece.joint + piece.weight for piece in pieces)]
        self._stretches = [list(self._stretches_from(start)) for start in range(len(pieces))]
        self._needed = self._count_needed()

    def solve(self, most: int | None = None) -> Ranges | None:
        """Return the pieces (start, end) of each post; None: they do not fit into `most` posts, or some piece fits none."""
        fewest = self._needed[0]
        if fewest is None or (most is not None and fewest > most):
            return None
        found: dict[int, _Solution] = {}
        posts = fewest
        while (most is None or posts <= most) and (not found or posts <= fewest + found[fewest].cost[0] + 1):
            if solution := self._solution(posts):
                found[posts] = solution
            posts += 1
        best = min(found, key=lambda posts: (posts + found[posts].cost[0], found[posts].cost[0]))
        longer = found.get(best + 1)
        if longer and longer.cost[0] <= found[best].cost[0] and longer.cost[1] + _WORTH_ONE_MORE <= found[best].cost[1]:
            return longer.ranges
        return found[best].ranges

    def _stretches_from(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield (end, weight) of every post that may begin with this piece."""
        pieces, whole = self._pieces, len(self._pieces)
        room = self._rooms.inner if start else self._rooms.first
        base = self._totals[start] + pieces[start].joint - (pieces[start].head if start else 0)
        for end in range(start + 1, whole):
            weight = self._totals[end] - base
            if weight > room:
                return
            if weight + pieces[end].tail <= room and self._may_break(start, end):
                yield end, weight + pieces[end].tail
        if self._totals[whole] - base <= min(room, self._rooms.last):
            yield whole, self._totals[whole] - base

    def _may_break(self, start: int, end: int) -> bool:
        """Tell whether the post from `start` may end before the last; at a reserved break only the one with the closing line may."""
        if self._rooms.last < self._rooms.inner:
            return not start or not self._pieces[start].reserved
        return not start or not self._pieces[end].reserved

    def _count_needed(self) -> list[int | None]:
        needed: list[int | None] = [None] * len(self._pieces) + [0]
        for start in reversed(range(len(self._pieces))):
            behind = [rest for end, _ in self._stretches[start] if (rest := needed[end]) is not None]
            needed[start] = min(behind) + 1 if behind else None
        return needed

    def _solution(self, posts: int) -> _Solution | None:
        """Return the breaks of least cost into exactly so many posts."""
        mean = max(1.0, self._totals[-1] / posts)
        layers: list[dict[int, tuple[Cost, int]]] = [{0: ((0, 0.0), 0)}]
        for left in reversed(range(posts)):
            layer: dict[int, tuple[Cost, int]] = {}
            for start, ((hard, soft), _) in layers[-1].items():
                for end, weight in self._stretches[start]:
                    rest = self._needed[end]
                    if rest is None or rest > left or (rest == 0) != (left == 0):
                        continue
                    more_hard, more_soft = self._cost(end, weight, mean)
                    cost = (hard + more_hard, soft + more_soft)
                    if end not in layer or cost < layer[end][0]:
                        layer[end] = (cost, start)
            layers.append(layer)
        return self._traced(layers)

    def _traced(self, layers: list[dict[int, tuple[Cost, int]]]) -> _Solution | None:
        end = len(self._pieces)
        if end not in layers[-1]:
            return None
        cost = layers[-1][end][0]
        ranges: Ranges = []
        for layer in reversed(layers[1:]):
            start = layer[end][1]
            ranges.append((start, end))
            end = start
        return _Solution(cost, ranges[::-1])

    def _cost(self, end: int, weight: int, mean: float) -> Cost:
        uneven = ((mean - weight) / mean) ** 2
        if end == len(self._pieces):
            return 0, uneven + (_SHORT_LAST_COST if weight < _SHORT_LAST * mean else 0)
        return self._pieces[end].hard, uneven + self._pieces[end].soft
