"""The table against every possible way to break, priced straight from the rules."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.text.fitting import Piece, Rooms, Table

ROOMS = Rooms(10, 10, 10)


def solve(*pieces, rooms=ROOMS, most=None):
    return Table(pieces, rooms).solve(most)


def test_few_even_posts_are_taken():
    assert solve(*[Piece(4, 1)] * 4) == [(0, 2), (2, 4)]
    assert solve(*[Piece(3, 0)] * 4) == [(0, 2), (2, 4)]


def test_no_piece_makes_no_post():
    assert solve(Piece(11)) is None
    assert solve(Piece(6), Piece(6), most=1) is None


def test_a_hard_break_is_worth_one_more_post():
    assert solve(Piece(4), Piece(4), Piece(4, hard=1), Piece(2)) == [(0, 1), (1, 4)]
    assert solve(Piece(8), Piece(2), Piece(4, hard=1), Piece(5)) == [(0, 1), (1, 3), (3, 4)]
    assert solve(Piece(8), Piece(2), Piece(4, hard=1), Piece(5), most=2) == [(0, 2), (2, 4)]


def test_one_more_post_is_taken_when_it_saves_a_lot():
    assert solve(Piece(4), Piece(4), Piece(4, soft=3), Piece(4)) == [(0, 2), (2, 4)]
    assert solve(Piece(5), Piece(3), Piece(3, soft=4), Piece(5)) == [(0, 1), (1, 3), (3, 4)]
    assert solve(Piece(5), Piece(3), Piece(3, soft=4), Piece(5), most=2) == [(0, 2), (2, 4)]


def test_the_last_post_is_not_left_short():
    assert solve(Piece(5), Piece(4, soft=1.5), Piece(2)) == [(0, 1), (1, 3)]


def test_heads_and_tails_need_room_where_the_break_is():
    assert solve(Piece(6), Piece(3, 1, tail=1), Piece(3, 1, tail=1)) == [(0, 1), (1, 3)]
    assert solve(Piece(6), Piece(6, 1, tail=5)) is None
    assert solve(Piece(6), Piece(6, 1, head=5)) is None


def test_the_first_and_last_post_have_their_own_room():
    assert solve(*[Piece(3)] * 4, rooms=Rooms(10, 10, 4)) == [(0, 3), (3, 4)]
    assert solve(*[Piece(3)] * 4, rooms=Rooms(4, 10, 10)) == [(0, 1), (1, 4)]
    assert solve(*[Piece(3)] * 3, rooms=Rooms(10, 10, 10), most=1) == [(0, 3)]


def test_a_reserved_break_is_next_to_the_post_with_the_closing_line():
    reserved = [Piece(4), Piece(4, reserved=True), Piece(4, reserved=True)]
    assert solve(*reserved, rooms=Rooms(10, 10, 4)) == [(0, 2), (2, 3)]
    assert solve(*reserved, rooms=Rooms(4, 10, 10)) == [(0, 1), (1, 3)]
    assert solve(*reserved, Piece(10), rooms=Rooms(10, 10, 9)) is None


piece = st.builds(
    Piece,
    st.integers(1, 10),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([0.0, 0.2, 3.0]),
    reserved=st.just(False),  # noqa: FBT003
)
rooms = st.builds(Rooms, st.integers(8, 12), st.just(12), st.integers(8, 12))


def every_way(pieces, rooms, most):
    """Yield (number of posts, hard, soft, ranges) of all ways that fit."""
    count = len(pieces)
    total = sum(one.joint + one.weight for one in pieces)
    for posts in range(1, min(count, most) + 1):
        for breaks in combinations(range(1, count), posts - 1):
            ranges = list(zip([0, *breaks], [*breaks, count], strict=True))
            weights = [weight(pieces, *ends) for ends in ranges]
            if all(found <= room(rooms, *ends, count) for found, ends in zip(weights, ranges, strict=True)):
                uneven = sum(((total / posts - found) / (total / posts)) ** 2 for found in weights)
                short = 2.0 if weights[-1] < 0.4 * total / posts else 0.0
                yield posts, sum(pieces[at].hard for at in breaks), uneven + short + sum(pieces[at].soft for at in breaks), ranges


def weight(pieces, start, end):
    body = sum(one.weight for one in pieces[start:end]) + sum(one.joint for one in pieces[start + 1 : end])
    return body + (pieces[start].head if start else 0) + (pieces[end].tail if end < len(pieces) else 0)


def room(rooms, start, end, count):
    return min(rooms.inner if start else rooms.first, rooms.inner if end < count else rooms.last)


@given(st.lists(piece, min_size=1, max_size=7), rooms, st.integers(1, 7))
def test_the_table_finds_the_cheapest_way(pieces, rooms, most):
    ways = {}
    for posts, hard, soft, _ in every_way(pieces, rooms, most):
        ways[posts] = min(ways.get(posts, (hard, soft)), (hard, soft))
    found = Table(pieces, rooms).solve(most)
    if not ways:
        assert found is None
        return
    fewest = min(ways, key=lambda posts: (posts + ways[posts][0], ways[posts][0]))
    one_more = ways.get(fewest + 1, (99, 0.0))
    chosen = fewest + 1 if one_more[0] <= ways[fewest][0] and one_more[1] + 3 <= ways[fewest][1] else fewest
    prices = {tuple(ranges): (hard, soft) for posts, hard, soft, ranges in every_way(pieces, rooms, most) if posts == chosen}
    assert prices[tuple(found)] == pytest.approx(ways[chosen])
