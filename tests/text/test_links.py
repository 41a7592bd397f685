from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.text.links import find


def found(text):
    return [text[start:end] for start, end in find(text)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Aucune adresse ici.", []),
        ("Voir https://ville.fr/agenda?jour=1#soir.", ["https://ville.fr/agenda?jour=1#soir"]),
        ("Voir www.ville.fr, ou (ville.fr/plan) !", ["www.ville.fr", "ville.fr/plan"]),
        ("Les travaux sont terminé.Il reste", ["terminé.Il"]),
        ("presse@ville.fr et @ville.fr et #ville.fr", []),
        ("programme.pdf, readme.md, 14.30", ["readme.md"]),
        ("jeux.kids et perdu.ses", ["jeux.kids", "perdu.ses"]),
        ("🎉🎉 https://ville.fr/a 👨\u200d👩\u200d👧 ville.fr 𝒳ville.fr/b", ["https://ville.fr/a", "ville.fr", "ville.fr/b"]),
        ("日本ville.fr京都agenda.com/page", ["ville.fr", "agenda.com/page"]),
        ("https://t.co/abc.def", ["https://t.co/abc"]),
        ("https://t.co/abc?d=e", ["https://t.co/abc?d=e"]),
        ("évian.fr", ["vian.fr"]),
        ("é.fr", ["é.fr"]),
        ("a_b.fr", []),
        ("x.a_b.fr/page", []),
        ("https://a_b.c.fr", ["https://a_b.c.fr"]),
        ("https://x.a_b.fr’ville.fr", ["https://x.a_b.fr’ville.fr"]),
        ("http://—ville.fr", ["http://—ville.fr"]),
        ("http://http://ville.fr", ["http://ville.fr"]),
        ("https://xn--é.fr", ["https://xn--é.fr"]),
        ("https://xn--日.fr", []),
        ("https://日。本.fr", ["https://日。本.fr"]),
        ("ville.vermögensberatung", ["ville.vermögensberatung"]),
        ("ville.中国x", []),
    ],
)
def test_addresses_are_found_where_x_finds_them(text, addresses):
    assert found(text) == addresses


@given(st.lists(st.sampled_from([*"ab1é.-_/:@#?=() ’\n日🎉", "fr", "com", "https://", "t.co/", "terminé.Il"])).map("".join))
def test_addresses_stand_in_order_hold_a_full_stop_and_no_space(text):
    spans = list(find(text))
    assert spans == sorted(spans)
    assert all(first_end <= second_start for (_, first_end), (second_start, _) in pairwise(spans))
    assert all("." in address and " " not in address and "\n" not in address for address in found(text))
