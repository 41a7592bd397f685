"""Whoever writes “do not publish before” in any words is heard: an embargo, or an error that a person must settle."""

from zoneinfo import ZoneInfo

import pytest

from publisher.errors import Severity
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")


def errors(document: str) -> list[str]:
    announcement = intake.read(document.encode(), "communique.md", PARIS)
    if announcement.embargo_until:
        return ["embargo"]
    return [problem.code for problem in announcement.problems if problem.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "words",
    [
        "Ne pas diffuser avant le mardi 8 décembre 2026 à 18 h",
        "À ne pas publier avant le 8 décembre 2026 à 18h",
        "**Ne pas diffuser avant mardi 18 h**",
        "NE PAS DIFFUSER",
        "Diffusion autorisée à partir du 8 décembre 2026 à 18h",
        "Publication interdite avant le 8 décembre",
        "Non publiable avant mardi 18 h",
        "CONFIDENTIEL – NE PAS DIFFUSER AVANT VALIDATION",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_wish_not_to_be_published_yet_is_never_passed_over(words, place):
    text = "# La piscine ferme\n\nLe maire annonce la fermeture de la piscine."
    assert errors(f"{words}\n\n{text}" if place == "above" else f"{text}\n\n{words}.") in (["embargo"], ["embargo-in-text"])


@pytest.mark.parametrize(
    "text",
    [
        "La Ville demande de ne pas publier de photographies des enfants.",
        "La diffusion du concert est possible sur la place.",
        "Merci de ne pas diffuser de musique après 22 h.",
    ],
)
def test_what_only_looks_like_it_stops_nothing(text):
    assert errors(f"# La piscine ferme\n\n{text}") == []
