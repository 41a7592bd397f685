"""Which units stay when not all fit into the maximum of posts: the choice behind threads; it sees weights and costs, no text.

The total cost of what is left out is the least possible; of equal totals, fewer units go, then later ones. Posts are filled in order,
each as far as it goes: the order being fixed, nothing holds more. A heading stays with what follows, a list with its introduction,
a sentence that points back with the one before.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from publisher.text.fitting import Piece, Rooms


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may stay or, if `cost` is finite, go.

    `joint` is (line breaks, weight) of what stands before it: the strongest of those left out stays. `leads_to` is 0, or the index
    behind the last candidate that this heading or introduction leads to: it does not stay without one of them. `introduces`: nor do
    they without it. `heavy`: it leaves no room for the closing line in a post of its own. `leans`: its words point to the candidate
    before, without which they would say something else; it goes with it.
    """

    pieces: tuple[Piece, ...]
    cost: float = math.inf
    joint: tuple[int, int] = (0, 0)
    leads_to: int = 0
    introduces: bool = False
    heavy: bool = False
    leans: bool = False


_Chain = tuple["_Chain | None", int]
_Price = tuple[float, int, int]  # cost, number, and minus the sum of the places of what is left out


class _State(NamedTuple):
    """What the next choice depends on; ways of the same state are compared by room and cost."""

    joint: tuple[int, int] = (0, 0)  # the strongest since the last unit that stays
    deadline: int = 0  # here the last heading or introduction that waits for company has had none
    orphans: int = 0  # up to here candidates lack their introduction, or what they lean on
    heavy: bool = False  # the last unit that stays


class _Way(NamedTuple):
    """One way to choose so far: posts begun, weight in the last of them, price of what is left out, what stays (a chain)."""

    posts: int = 0
    used: int = 0
    price: _Price = (0.0, 0, 0)
    kept: _Chain | None = None
    waiting: tuple[tuple[int, int], ...] = ()  # leaders not yet written, each with the weight of its joint
    reserved: int = 0  # weight of those


_Fronts = dict[_State, list[_Way]]

_SKETCH = 5  # ways kept of each state for a first solution: what costs more than that one need not be followed


def choose(candidates: Sequence[Candidate], rooms: Rooms, most: int) -> list[int] | None:
    """Return the indices of what stays in at most `most` posts; None: what must stay does not fit."""
    sketch = _cheapest(candidates, rooms, most, width=_SKETCH)
    best = _cheapest(candidates, rooms, most, ceiling=sketch.price[0] if sketch else math.inf)
    return _indices(best) if best else None


def _cheapest(
    candidates: Sequence[Candidate], rooms: Rooms, most: int, *, ceiling: float = math.inf, width: int | None = None
) -> _Way | None:
    """Return the best way among those that cost no more than the ceiling; with a `width`, a good one, found at once."""
    fronts: _Fronts = {_State(): [_Way()]}
    for index in range(len(candidates)):
        following: defaultdict[_State, list[_Way]] = defaultdict(list)
        for state, way in _settled(fronts, candidates, rooms, index):
            for new_state, new_way in _choices(state, way, candidates, rooms, index):
                if new_way.posts <= most and new_way.price[0] <= ceiling:
                    following[new_state].append(new_way)
        fronts = {state: _front(ways)[-width if width else 0 :] for state, ways in following.items()}
    ends = _settled(fronts, candidates, rooms, len(candidates))
    # the closing line needs room in the last post, or in one more for the last unit and itself
    ways = [way for state, way in ends if way.used <= rooms.last or (way.posts < most and not state.heavy)]
    return min(ways, key=lambda way: way.price, default=None)


def _settled(fronts: _Fronts, candidates: Sequence[Candidate], rooms: Rooms, index: int) -> Iterator[tuple[_State, _Way]]:
    """Yield the ways on; those end here that hold a heading or an introduction of nothing, if it may go."""
    for state, ways in fronts.items():
        for way in ways:
            if not state.deadline or state.deadline > index:
                yield state, way
            elif all(_may_stand_alone(candidates[leader]) for leader, _ in way.waiting):
                placed = _placed(way, way.waiting, candidates, rooms)
                if placed:
                    yield _State(state.joint, 0, state.orphans, state.heavy), placed


def _may_stand_alone(leader: Candidate) -> bool:
    return leader.cost == math.inf and not leader.introduces


def _choices(state: _State, way: _Way, candidates: Sequence[Candidate], rooms: Rooms, index: int) -> Iterator[tuple[_State, _Way]]:
    candidate = candidates[index]
    joint = max(state.joint, candidate.joint)
    orphans = state.orphans if state.orphans > index else 0
    if candidate.cost < math.inf:
        missing = candidate.leads_to if candidate.introduces and candidate.leads_to else orphans
        if index + 1 < len(candidates) and candidates[index + 1].leans:
            missing = max(missing, index + 2)
        cost, number, places = way.price
        price = (cost + candidate.cost, number + 1, places - index)
        yield (
            _State(joint, state.deadline, missing, state.heavy),
            _Way(way.posts, way.used, price, way.kept, way.waiting, way.reserved),
        )
    if orphans:
        return
    waiting = (*way.waiting, (index, joint[1]))
    reserved = way.reserved
    if candidate.leads_to:
        reserved += joint[1] + sum(piece.joint + piece.weight for piece in candidate.pieces)
    kept = _Way(way.posts, way.used, way.price, (way.kept, index), waiting, reserved)
    if candidate.leads_to:
        yield _State(deadline=candidate.leads_to, heavy=state.heavy), kept
    elif placed := _placed(kept, waiting, candidates, rooms):
        yield _State(heavy=candidate.heavy), placed


def _placed(way: _Way, units: Sequence[tuple[int, int]], candidates: Sequence[Candidate], rooms: Rooms) -> _Way | None:
    """Write the units behind the way, without a break between a leader and what follows where one post holds both."""
    posts, used = way.posts, way.used
    block = _block(units, candidates, rooms.inner if posts else rooms.first)
    tails = [*(part.tail for part in block[1:]), 0]
    for (joint, weight, head, _), tail in zip(block, tails, strict=True):
        room = rooms.inner if posts > 1 else rooms.first
        if posts and used + joint + weight + tail <= room:
            used += joint + weight
            continue
        room = rooms.inner if posts else rooms.first
        posts, used = posts + 1, head + weight
        if used + tail > room:
            return None
    return _Way(posts, used, way.price, way.kept)


class _Part(NamedTuple):
    """The weights of one or more pieces between which no post ends."""

    joint: int
    weight: int
    head: int
    tail: int


def _block(units: Sequence[tuple[int, int]], candidates: Sequence[Candidate], room: int) -> list[_Part]:
    block: list[_Part] = []
    for unit, joint in units:
        first, *others = candidates[unit].pieces
        if block and (weight := block[-1].weight + joint + first.weight) <= room:
            block[-1] = _Part(block[-1].joint, weight, block[-1].head, block[-1].tail)
        else:
            block.append(_Part(joint, first.weight, first.head, first.tail))
        block += [_Part(piece.joint, piece.weight, piece.head, piece.tail) for piece in others]
    return block


def _front(ways: list[_Way]) -> list[_Way]:
    """Keep the ways that no other beats in both room and price."""
    front: list[_Way] = []
    for way in sorted(ways, key=lambda way: (way.posts, way.used + way.reserved, way.price)):
        if not front or way.price < front[-1].price:
            front.append(way)
    return front


def _indices(way: _Way) -> list[int]:
    chain, indices = way.kept, []
    while chain:
        chain, index = chain
        indices.append(index)
    return indices[::-1]
