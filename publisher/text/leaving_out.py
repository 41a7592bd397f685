"""Which units stay when not all fit into the maximum of posts: the choice behind threads; it sees weights and costs, no text.

The total cost of what is left out is the least possible; of equal totals, fewer units go, then later ones. Posts are filled in order,
each as far as it goes: the order being fixed, nothing holds more. A heading stays with what follows, a list with its introduction,
a sentence that points back with the one before.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from publisher.text.fitting import Piece, Rooms


class Candidate(NamedTuple):
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


class _Part(NamedTuple):
    """The weights of one or more pieces between which no post ends."""

    joint: int
    weight: int
    head: int
    tail: int


_Fronts = dict[_State, list[_Way]]


def choose(candidates: Sequence[Candidate], rooms: Rooms, most: int) -> list[int] | None:
    """Return the indices of what stays in at most `most` posts; None: what must stay does not fit."""
    fronts: _Fronts = {_State(): [_Way()]}
    for index, candidate in enumerate(candidates):
        following: defaultdict[_State, list[_Way]] = defaultdict(list)
        for state, ways in _settled(fronts, candidates, rooms, index):
            joint = max(state.joint, candidate.joint)
            if candidate.cost < math.inf:
                following[_state_without(state, candidates, joint, index)] += _without(ways, candidate.cost, index)
            if state.orphans <= index:
                following[_state_with(state, candidate)] += _with(ways, joint[1], candidates, rooms, index)
        fronts = {state: _front(ways, most) for state, ways in following.items()}
    ends = [(state, way) for state, ways in _settled(fronts, candidates, rooms, len(candidates)) for way in ways]
    # the closing line needs room in the last post, or in one more for the last unit and itself
    ways = [way for state, way in ends if way.used <= rooms.last or (way.posts < most and not state.heavy)]
    return _indices(min(ways, key=lambda way: way.price)) if ways else None


def _settled(fronts: _Fronts, candidates: Sequence[Candidate], rooms: Rooms, index: int) -> Iterator[tuple[_State, list[_Way]]]:
    """Yield the ways on; those end here that hold a heading or an introduction of nothing, if it may go."""
    for state, ways in fronts.items():
        if not state.deadline or state.deadline > index:
            yield state, ways
            continue
        alone = [way for way in ways if all(_may_stand_alone(candidates[leader]) for leader, _ in way.waiting)]
        placed = [_placed(way, _block(way, way.waiting, candidates, rooms), way.kept, rooms) for way in alone]
        yield _State(state.joint, 0, state.orphans, state.heavy), [way for way in placed if way]


def _may_stand_alone(leader: Candidate) -> bool:
    return leader.cost == math.inf and not leader.introduces


def _state_without(state: _State, candidates: Sequence[Candidate], joint: tuple[int, int], index: int) -> _State:
    candidate = candidates[index]
    missing = state.orphans if state.orphans > index else 0
    if candidate.introduces and candidate.leads_to:
        missing = candidate.leads_to
    if index + 1 < len(candidates) and candidates[index + 1].leans:
        missing = max(missing, index + 2)
    return _State(joint, state.deadline, missing, state.heavy)


def _without(ways: Sequence[_Way], more: float, index: int) -> Iterator[_Way]:
    for posts, used, (cost, number, places), kept, waiting, reserved in ways:
        yield _Way(posts, used, (cost + more, number + 1, places - index), kept, waiting, reserved)


def _state_with(state: _State, candidate: Candidate) -> _State:
    if candidate.leads_to:
        return _State(deadline=candidate.leads_to, heavy=state.heavy)
    return _State(heavy=candidate.heavy)


def _with(ways: Sequence[_Way], joint: int, candidates: Sequence[Candidate], rooms: Rooms, index: int) -> Iterator[_Way]:
    """Yield the ways with the candidate behind this joint: written, or waiting for what it leads to."""
    candidate = candidates[index]
    weight = joint + sum(piece.joint + piece.weight for piece in candidate.pieces)
    alone = _block(_Way(), [(index, joint)], candidates, rooms)
    for way in ways:
        kept = (way.kept, index)
        if candidate.leads_to:
            yield _Way(way.posts, way.used, way.price, kept, (*way.waiting, (index, joint)), way.reserved + weight)
            continue
        block = _block(way, [*way.waiting, (index, joint)], candidates, rooms) if way.waiting else alone
        if placed := _placed(way, block, kept, rooms):
            yield placed


def _placed(way: _Way, block: Sequence[_Part], kept: _Chain | None, rooms: Rooms) -> _Way | None:
    """Write the parts behind the way."""
    posts, used = way.posts, way.used
    for number, (joint, weight, head, _) in enumerate(block, 1):
        tail = block[number].tail if number < len(block) else 0
        room = rooms.inner if posts > 1 else rooms.first
        if posts and used + joint + weight + tail <= room:
            used += joint + weight
            continue
        room = rooms.inner if posts else rooms.first
        posts, used = posts + 1, head + weight
        if used + tail > room:
            return None
    return _Way(posts, used, way.price, kept)


def _block(way: _Way, units: Sequence[tuple[int, int]], candidates: Sequence[Candidate], rooms: Rooms) -> list[_Part]:
    """Return the units behind the way in parts, without a break between a leader and what follows where one post holds both."""
    room = rooms.inner if way.posts else rooms.first
    block: list[_Part] = []
    for unit, joint in units:
        first, *others = candidates[unit].pieces
        if block and (weight := block[-1].weight + joint + first.weight) <= room:
            block[-1] = _Part(block[-1].joint, weight, block[-1].head, block[-1].tail)
        else:
            block.append(_Part(joint, first.weight, first.head, first.tail))
        block += [_Part(piece.joint, piece.weight, piece.head, piece.tail) for piece in others]
    return block


def _front(ways: list[_Way], most: int) -> list[_Way]:
    """Keep the ways of at most so many posts that no other beats in both room and price."""
    front: list[_Way] = []
    for way in sorted(ways, key=_order):
        if way.posts <= most and (not front or way.price < front[-1].price):
            front.append(way)
    return front


def _order(way: _Way) -> tuple[int, int, _Price]:
    return way.posts, way.used + way.reserved, way.price


def _indices(way: _Way) -> list[int]:
    chain, indices = way.kept, []
    while chain:
        chain, index = chain
        indices.append(index)
    return indices[::-1]
