"""The choice against every possible one; what fits is asked of the table."""

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from publisher.text.fitting import Piece, Rooms, Table
from publisher.text.leaving_out import Candidate, choose

ROOMS = Rooms(10, 10, 10)


def unit(weight, cost=math.inf, **options):
    return Candidate((Piece(weight),), cost, **options)


def test_all_stays_that_fits():
    assert choose([unit(5), unit(5, 1), unit(10, 2)], ROOMS, 2) == [0, 1, 2]


def test_the_cheapest_goes():
    assert choose([unit(5), unit(5, 1), unit(5, 2)], ROOMS, 1) == [0, 2]
    assert choose([unit(5), unit(5, 2), unit(5, 1)], ROOMS, 1) == [0, 1]


def test_of_equal_costs_fewer_go():
    assert choose([unit(4), unit(3, 1), unit(3, 1), unit(6, 2)], ROOMS, 1) == [0, 1, 2]


def test_of_equal_costs_the_last_goes():
    assert choose([unit(4), unit(3, 1), unit(3, 1), unit(3, 1)], ROOMS, 1) == [0, 1, 2]
    assert choose([unit(4), unit(6, 1), unit(3, 1)], ROOMS, 1) == [0, 1]


def test_what_must_stay_and_does_not_fit_is_reported():
    assert choose([unit(6), unit(6)], ROOMS, 1) is None
    assert choose([unit(6), unit(6, 1)], ROOMS, 1) == [0]
    assert choose([unit(11, 1)], ROOMS, 3) == []
    assert choose([unit(11)], ROOMS, 3) is None


def test_the_strongest_joint_of_what_is_left_out_stays():
    paragraph = {"joint": (2, 2)}
    assert choose([unit(5), unit(9, 1, **paragraph), unit(4, 2, joint=(0, 1))], ROOMS, 1) == [0]
    assert choose([unit(5), unit(9, 1, **paragraph), unit(3, 2, joint=(0, 1))], ROOMS, 1) == [0, 2]


def test_the_closing_line_has_room_in_the_last_post_or_in_one_more():
    closed = Rooms(10, 10, 6)
    assert choose([unit(4), unit(3, 1)], closed, 1) == [0]
    assert choose([unit(4), unit(3, 1)], closed, 2) == [0, 1]
    assert choose([unit(4), unit(6, 1, heavy=True)], closed, 2) == [0]


def test_a_heading_stays_only_with_something_it_leads_to():
    section = [unit(2), unit(2, 1, leads_to=4), unit(6, 1), unit(6, 1), unit(5, 3)]
    assert choose(section, ROOMS, 1) == [0, 4]
    assert choose(section, ROOMS, 2) == [0, 1, 2, 4]


def test_a_title_stays_alone_if_need_be():
    assert choose([unit(5, leads_to=2), unit(6, 1)], ROOMS, 1) == [0]
    assert choose([unit(5, leads_to=2), unit(6, 1), unit(5, leads_to=4), unit(9, 1)], ROOMS, 1) == [0, 2]
    assert choose([unit(11, leads_to=2), unit(6, 1)], ROOMS, 1) is None


def test_a_heading_is_not_parted_from_what_follows():
    assert choose([unit(6), unit(3, leads_to=4), unit(4, 1), unit(4, 0.5)], ROOMS, 2) == [0, 1, 2]
    assert choose([unit(6), unit(3, leads_to=3), unit(8, 1)], ROOMS, 3) == [0, 1, 2]


def test_an_introduction_and_its_list_stay_or_go_together():
    listed = [unit(4), unit(3, 2, leads_to=4, introduces=True), unit(3, 1), unit(3, 1)]
    assert choose(listed, ROOMS, 1) == [0, 1, 2]
    assert choose([unit(4), unit(7, 2, leads_to=4, introduces=True), unit(3, 1), unit(3, 1)], ROOMS, 1) == [0]
    assert choose([unit(4), unit(7, leads_to=4, introduces=True), unit(3, 1), unit(3, 1)], ROOMS, 1) is None


def test_two_headings_in_a_row_stay_with_what_follows():
    assert choose([unit(3, leads_to=3), unit(3, 1, leads_to=3), unit(4, 1)], ROOMS, 1) == [0, 1, 2]
    assert choose([unit(3, leads_to=3), unit(3, 1, leads_to=3), unit(5, 2)], ROOMS, 1) == [0, 2]


def test_what_points_back_goes_with_what_it_points_to():
    leaning = [unit(4), unit(6, 1), unit(4, 3, leans=True), unit(4, 1.5)]
    assert choose(leaning, ROOMS, 1) == [0, 3]
    assert choose(leaning, ROOMS, 2) == [0, 1, 2, 3]
    assert choose([unit(4), unit(6, 1), unit(4, leans=True)], ROOMS, 1) is None
    assert choose([unit(4), unit(6, 1), unit(4, 1, leans=True), unit(2, 1, leans=True), unit(6, 5)], ROOMS, 1) == [0, 4]


def test_a_unit_in_pieces_fills_posts_as_far_as_they_go():
    pieces = (Piece(5), Piece(5, 1, 1, 1), Piece(5, 1, 1, 1))
    assert choose([unit(4), Candidate(pieces, 1), unit(1, 2)], ROOMS, 2) == [0, 2]
    assert choose([unit(4), Candidate(pieces, 1), unit(4, 0.5)], ROOMS, 3) == [0, 1, 2]


candidate = st.builds(
    lambda weight, cost, joint, leans: Candidate((Piece(weight, joint),), cost, (0, joint), leans=leans),
    st.integers(1, 10),
    st.sampled_from([math.inf, 0.5, 1, 1.5, 2]),
    st.just(1),
    st.booleans(),
)


@given(st.lists(candidate, max_size=8), st.integers(1, 4), st.integers(6, 12))
def test_the_choice_is_the_cheapest_that_fits(candidates, most, last):
    rooms = Rooms(12, 12, last)
    candidates = [
        Candidate(one.pieces, one.cost, one.joint, heavy=one.pieces[0].weight > last, leans=one.leans and place > 0)
        for place, one in enumerate(candidates)
    ]
    optional = [index for index, one in enumerate(candidates) if one.cost < math.inf]
    costs = []
    for number in range(len(optional) + 1):
        for gone in combinations(optional, number):
            if any(index - 1 in gone for index, one in enumerate(candidates) if one.leans and index not in gone):
                continue
            pieces = [one.pieces[0] for index, one in enumerate(candidates) if index not in gone]
            if not pieces or Table(pieces, rooms).solve(most):
                costs.append(sum(candidates[index].cost for index in gone))
    chosen = choose(candidates, rooms, most)
    if not costs:
        assert chosen is None
    else:
        assert sum(one.cost for index, one in enumerate(candidates) if index not in chosen) == min(costs)
