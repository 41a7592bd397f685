import math

import pytest

from publisher.text.passages import Unit, considered, leaders, passages, strongest


def texts(*found):
    return [one.text for one in passages([one if isinstance(one, Unit) else Unit(one) for one in found])]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["Le parc ouvre.", "Venez."], ["Le parc ouvre.", "Venez."]),
        (["« Le parc ouvre.", "Venez. »", "Il dit."], ["« Le parc ouvre. Venez. »", "Il dit."]),
        (["Il dit : “Le parc ouvre.", "Venez.”"], ["Il dit : “Le parc ouvre. Venez.”"]),
        (["« Le parc ouvre.", "« Venez. »"], ["« Le parc ouvre.", "« Venez. »"]),
        (["« Le parc ouvre.", Unit("« Venez. »", "\n\n")], ["« Le parc ouvre.\n\n« Venez. »"]),
        (["« A.", "B. »", "« C.", "D. »"], ["« A. B. »", "« C. D. »"]),
        (["(Le parc ouvre.", "Venez.)"], ["(Le parc ouvre.", "Venez.)"]),
        (["« Le parc ouvre.", Unit("Titre", "\n", heading=True), "Venez. »"], ["« Le parc ouvre.", "Titre", "Venez. »"]),
        (["« Le parc ouvre.", "a" * 2500, "Venez. »"], ["« Le parc ouvre.", "a" * 2500, "Venez. »"]),
        (["Le parc ouvre.", "", " \u00a0"], ["Le parc ouvre."]),
    ],
)
def test_a_quotation_over_several_units_is_one_passage(found, expected):
    assert texts(*found) == expected


def test_a_passage_costs_and_names_all_its_units():
    (quotation,) = passages([Unit("« A.", "\n\n", 1), Unit("B. »", " ", 2)])
    assert (quotation.joint, quotation.cost, quotation.sources, quotation.heading) == ("\n\n", 3, ("« A.", "B. »"), False)
    (kept,) = passages([Unit("« A.", "\n\n", 1), Unit("B. »")])
    assert kept.cost == math.inf


def found_leaders(*found):
    return leaders(passages([one if isinstance(one, Unit) else Unit(one) for one in found]))


HEADING = Unit("Titre", "\n\n", heading=True)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["A.", "B."], [0, 0]),
        ([HEADING, "A.", "B.", HEADING, "C."], [3, 0, 0, 5, 0]),
        ([HEADING, HEADING, "A.", HEADING], [3, 3, 0, 0]),
        (["Au menu :", "– bal", "– concert", "A."], [3, 0, 0, 0]),
        (["Elle dit\u00a0:", "« A. »", "B."], [2, 0, 0]),
        (["Il dit « oui\u00a0: »", "A."], [2, 0]),
        (["Au menu :", HEADING, "A."], [0, 3, 0]),
        (["A.", "Au menu :"], [0, 0]),
        (["1. A :", "2. B.", "a) C."], [3, 0, 0]),
        (["Qui vient ?", "Tous.", "B."], [2, 0, 0]),
        (["« Qui vient\u202f? »", "– Tous.", "– Toutes."], [2, 0, 0]),
        ([Unit("Qui vient ?", "\n\n", heading=True), "Tous.", "B."], [2, 0, 0]),
        (["Qui vient ?", HEADING, "A.", "Qui ?"], [0, 4, 0, 0]),
    ],
)
def test_a_heading_leads_to_its_section_and_an_introduction_to_its_list(found, expected):
    assert [end for end, _ in found_leaders(*found)] == expected


def test_a_list_needs_its_introduction_and_a_section_does_not_need_its_heading():
    assert found_leaders(HEADING, "Au menu :", "– bal") == [(3, False), (3, True), (0, False)]


def test_all_is_read_unless_it_is_endless():
    ready = passages([Unit("Le parc ouvre.", cost=number) for number in range(300)])
    assert considered(ready[:250], 280, 5) == set(range(250))
    assert considered(ready, 280, 5) == set(range(50, 300))
    assert considered(passages([Unit("a" * 10_000), Unit("b" * 10_000), Unit("Venez.", cost=1)]), 280, 5) == {0, 2}
    assert considered(passages([Unit("a" * 20_000)]), 280, 5) == set()
    assert considered(passages([Unit("a" * 20_000)]), 280, 50) == {0}


def test_the_strongest_joint_has_the_most_line_breaks():
    assert strongest([" ", "\n\n", "\n"]) == "\n\n"
    assert strongest([" ", ""]) == " "
