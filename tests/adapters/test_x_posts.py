"""What a post of X weighs and costs, and what is wrong with it."""

from decimal import Decimal

import pytest

from publisher.adapters.x_posts import LIMIT, cost, count, problems


@pytest.mark.parametrize(
    ("text", "weight"),
    [("", 0), ("été…", 5), ("{permalink}", 23), ("Tout : {permalink}", 30), ("(valmont.fr)", 25), ("a\u00a0!", 3)],
)
def test_a_slot_weighs_as_the_address_that_fills_it(text, weight):
    assert count(text) == weight


@pytest.mark.parametrize(
    ("text", "price"), [("Bonjour.", "0.015"), ("Tout : {permalink}", "0.200"), ("Voir valmont.fr.", "0.200"), ("a@valmont.fr", "0.015")]
)
def test_a_link_multiplies_the_price(text, price):
    assert cost(text) == Decimal(price)


def found(*texts: str) -> list[tuple[str, str, str | None]]:
    return [
        (problem.code, str(problem.severity), problem.step) for problem in problems([(str(n), text) for n, text in enumerate(texts, 1)])
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Un.", "Deux."), []),
        (("a" * LIMIT,), []),
        (("a" * (LIMIT + 1),), [("too-long", "error", "1")]),
        (("a" * 257 + " {permalink}",), [("too-long", "error", "1")]),
        (("",), [("empty-post", "error", "1")]),
        (("Un.", "Deux.", "Un."), [("duplicate-post", "error", "1"), ("duplicate-post", "error", "3")]),
        (("Un\ufeff.",), [("invalid-character", "error", "1")]),
        (
            ("C’est terminé.Il pleut.", "Le M.Dupont"),
            [
                ("missing-space-makes-a-link", "notice", "1"),
                ("missing-space-makes-a-link", "notice", "2"),
                ("several-links", "notice", None),
            ],
        ),
        (("Voir www.Valmont.fr ou https://a.Fr", ""), [("empty-post", "error", "2"), ("several-links", "notice", None)]),
        (("Tout : {permalink}",), []),
        (("Tout : {permalink}", "valmont.fr"), [("several-links", "notice", None)]),
        (("art.5 et 14.30, presse@valmont.fr",), []),
    ],
)
def test_what_is_wrong_with_posts(texts, expected):
    assert found(*texts) == expected


@pytest.mark.parametrize(("text", "words"), [("C’est terminé.Il pleut.", "terminé.Il"), ("Été.Il pleut.", "Été.Il")])
def test_an_accidental_link_is_named_with_its_whole_word(text, words):
    (problem,) = problems([("post-1", text)])
    assert problem.message == f"X would make a link of “{words}”: put a space after the full stop."
