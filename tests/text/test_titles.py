"""Titles cut for a subject and turned into addresses, as a press officer would."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.text.titles import SLUG_ROOM, beginning, names, shorten, slug


@pytest.mark.parametrize(
    ("title", "room", "expected"),
    [
        ("Une fête des voisins", 20, "Une fête des voisins"),
        ("Une fête des voisins pour tous les quartiers", 30, "Une fête des voisins"),
        ("Travaux rue des Lilas afin d’améliorer la voirie", 25, "Travaux rue des Lilas"),
        ("Fermeture de la piscine municipale à l’occasion des fêtes", 40, "Fermeture de la piscine municipale"),
        ("Budget de la ville 2027\u00a0: priorité aux écoles", 30, "Budget de la ville 2027"),
        ("Budget : 3,5 millions pour les écoles, une première", 40, "Budget : 3,5 millions pour les écoles"),
        ("Grand froid – la ville ouvre un gymnase – venez", 40, "Grand froid – la ville ouvre un gymnase"),
        ("Le conseil du 14:30, en direct de la salle", 25, "Le conseil du 14:30"),
        ("Une école pour-cent pour cent", 20, "Une école pour-cent"),
        ("Hier, le conseil municipal a voté un long budget", 20, None),
        ("Le maire dit « non, jamais » pour la vie du quartier", 20, None),
        ("Le maire dit « non, jamais » pour la vie du quartier", 30, "Le maire dit « non, jamais »"),
        ("Budget 2027\u00a0: une ville qui investit sans emprunter", 40, "Budget 2027"),
        ("Travaux\u00a0: la rue des Lilas est fermée cette semaine", 40, None),
        ("Anticonstitutionnellement", 10, None),
    ],
)
def test_a_subject_ends_before_a_subordinate_part(title, room, expected):
    assert shorten(title, room) == expected


@given(st.text("abé ,:–«»()pour’ \u00a0", max_size=90), st.integers(0, 90))
def test_a_subject_is_a_beginning_of_the_title_that_fits(title, room):
    short = shorten(title, room)
    assert short is None or (title.startswith(short) and len(short) <= room)


@pytest.mark.parametrize(
    ("title", "day", "expected"),
    [
        ("Une délégation d’élus en Islande pour le climat", date(2026, 9, 3), "2026-09-03-delegation-elus-islande-climat"),
        ("L'été à Valmont : l’œuvre d'une vie", date(2026, 7, 1), "2026-07-01-ete-valmont-oeuvre-vie"),
        ("Les élu·es et le n° 3", None, "elues-3"),
        ("Aujourd’hui : fête", None, "fete"),
        ("À la une", None, "a-la-une"),
        ("« ! »", date(2026, 1, 2), "2026-01-02-annonce"),
        ("Un " + "x" * 60, None, "x" * SLUG_ROOM),
        ("Ouverture d’une nouvelle médiathèque intercommunale", None, "ouverture-nouvelle-mediatheque"),
    ],
)
def test_an_address_is_the_date_and_the_words_that_count(title, day, expected):
    assert slug(title, day) == expected


@given(st.text(max_size=60))
def test_an_address_holds_nothing_that_needs_quoting(title):
    made = slug(title, None)
    assert made
    assert len(made) <= SLUG_ROOM
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (99, "La Ville accueille les championnats de France, à Bourg"),
        (47, "La Ville accueille les championnats de France"),
        (40, "La Ville accueille les championnats"),
        (24, "La Ville accueille"),
        (9, "La Ville"),
        (3, "La"),
    ],
)
def test_a_beginning_ends_with_a_word_that_leads_nowhere_else(room, expected):
    assert beginning("La Ville accueille les championnats de France, à Bourg", room) == expected


@pytest.mark.parametrize(
    ("title", "place", "named"),
    [
        ("La Ville de Valmont recrute", "Valmont", True),
        ("VALMONT RECRUTE", "Valmont", True),
        ("Valmont recrute", "Ville de Valmont", True),
        ("Ay paye ses dettes", "Ay", True),
        ("La Ville paye ses dettes", "Ay", False),
        ("Valmont recrute", "", False),
        ("La Ville recrute", "Ville de ", False),
    ],
)
def test_a_title_names_its_place_as_a_word(title, place, named):
    assert names(title, place) is named
