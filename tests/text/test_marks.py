import time

import pytest

from publisher.text.marks import Pair, closing_of, opening_of, outermost, pairs


def enclosed(text, **options):
    return [text[pair.opening : pair.closing + 1] for pair in pairs(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("« Oui », dit-elle.", ["« Oui »"]),
        ("« Le mot “vite” (enfin) »", ["« Le mot “vite” (enfin) »", "“vite”", "(enfin)"]),
        ('"Oui" et "non"', ['"Oui"', '"non"']),
        ('" Oui ", dit-elle.', ['" Oui "']),
        ('Un écran de 17" et un de 24"', []),
        ('"Un écran de 17" dit-elle', ['"Un écran de 17"']),
        ("„oui“ et „non”", ["„non”"]),
        ("« Oui, dit-elle.", []),
        ("Oui », dit-elle.", []),
        ("« Voir a) et b) », dit-elle.", ["« Voir a) et b) »"]),
        ("(« Voir a) », dit-elle)", ["(« Voir a) », dit-elle)", "« Voir a) »"]),
        ("« Voir (a », dit-elle)", ["« Voir (a »"]),
        ("(a [b) c]", ["(a [b)"]),
        ("Dommage :( et encore)", []),
        ("https://bourg.example/Bourg_(ville) et (la suite)", ["(la suite)"]),
        ("(www.bourg.example)", ["(www.bourg.example)"]),
    ],
)
def test_an_opening_mark_belongs_to_its_closing_one(text, expected):
    assert enclosed(text) == expected


def test_a_blank_line_ends_what_is_open_unless_asked():
    assert enclosed("« Oui.\n\nNon. »") == []
    assert enclosed("« Oui.\n\nNon. »", across_paragraphs=True) == ["« Oui.\n\nNon. »"]


def test_guillemets_repeated_at_the_start_of_a_line_go_on_with_the_quotation():
    assert enclosed("« Oui.\n\n« Non. »", across_paragraphs=True) == ["« Oui.\n\n« Non. »"]


def test_outermost_keeps_what_stands_in_no_other():
    assert outermost(pairs("(a « b ») c « d »")) == [Pair(0, 8), Pair(12, 16)]


def test_marks_come_with_the_space_inside_them():
    text = "«\u00a0Oui\u00a0» (non)"
    quotation, parenthesis = pairs(text)
    assert (opening_of(text, quotation), closing_of(text, quotation)) == ("«\u00a0", "\u00a0»")
    assert (opening_of(text, parenthesis), closing_of(text, parenthesis)) == ("(", ")")


@pytest.mark.parametrize("part", ["(", "«", '"', "(«", "«)", "[)", "https://(", "www.("])
def test_time_is_linear_in_hostile_text(part):
    text = part * (100_000 // len(part)) + ")" * 50_000
    started = time.process_time()
    pairs(text)
    assert time.process_time() - started < 30  # linear: under half a second on an idle machine; quadratic: minutes
