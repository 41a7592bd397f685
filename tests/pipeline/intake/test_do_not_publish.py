"""Whoever writes “do not publish before” in any words is heard: an embargo, or an error that a person must settle."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Announcement
from publisher.errors import Severity
from publisher.pipeline import intake
from publisher.pipeline.intake import restrictions

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 20)
TEXT = "# La piscine ferme\n\nLe maire annonce la fermeture de la piscine."


def read(document: str) -> Announcement:
    return intake.read(document.encode(), "communique.md", PARIS, TODAY)


def errors(announcement: Announcement) -> list[str]:
    return [problem.code for problem in announcement.problems if problem.severity is Severity.ERROR]


def placed(words: str, place: str) -> Announcement:
    return read(f"{words}\n\n{TEXT}" if place == "above" else f"{TEXT}\n\n{words}.")


@pytest.mark.parametrize(
    "words",
    [
        "Ne pas diffuser avant le mardi 8 décembre 2026 à 18 h",
        "NE PAS DIFFUSER AVANT LE 8 DÉCEMBRE 2026 À 18 H",
        "Merci de ne pas publier avant le 8 décembre 2026 à 18 h",
        "À ne pas publier avant mardi 8 décembre 2026, 18 h",
        "Document à ne pas mettre en ligne avant le 8 décembre 2026 à 18h",
        "**Non publiable avant le 8/12/2026 18:00**",
        "Diffusion autorisée à partir du 8 décembre 2026 à 18h",
        "Publication possible uniquement à compter du 8 décembre 2026 à 18h",
        "Publication interdite avant le 8 décembre 2026, 18 h",
        "Diffusion à partir du mardi 8 décembre 2026 à 18 h",
        "À publier le 8 décembre 2026 à 18 h",
        "À diffuser après le 8 décembre 2026 à 18 h (heure de Paris)",
        "SOUS EMBARGO – NE PAS DIFFUSER AVANT LE 8 DÉCEMBRE 2026 À 18 H",
        "Communiqué de presse – ne pas diffuser avant le 8 décembre 2026 à 18 h",
        "SOUS EMBARGO\nmardi 8 décembre 2026 à 18 h",
        "Embargo :\n\nmardi 8 décembre 2026 à 18 h",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_an_embargo_in_ordinary_words_is_one(words, place):
    found = placed(words, place)
    assert (str(found.embargo_until), errors(found), found.title, found.body_markdown) == (
        "2026-12-08 18:00:00+01:00",
        [],
        "La piscine ferme",
        "Le maire annonce la fermeture de la piscine.",
    )


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("Ne pas diffuser avant le 8 décembre à 18 h", "2026-12-08 18:00:00+01:00"),
        ("Embargo : mercredi 9 décembre 10h", "2026-12-09 10:00:00+01:00"),
        ("Ne pas diffuser avant le 8 janvier à 18 h", "2027-01-08 18:00:00+01:00"),
    ],
)
def test_an_embargo_without_year_takes_the_nearest_and_says_so(words, until):
    found = placed(words, "above")
    assert (str(found.embargo_until), [problem.code for problem in found.problems]) == (until, ["embargo-without-year", "no-image"])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Ne pas diffuser avant le 3 novembre à 18 h", ["embargo-in-text"]),  # nearest to today, and past
        ("**Ne pas diffuser avant mardi 18 h**", ["embargo-in-text"]),
        ("Publication interdite avant le 8 décembre", ["embargo-in-text"]),
        ("Ne pas diffuser avant le lundi 8 décembre 2026 à 18 h", ["embargo-in-text", "weekday-mismatch"]),
        ("Non publiable avant mardi 18 h", ["embargo-in-text"]),
        ("Ne pas publier sans l’accord du cabinet", ["not-for-release"]),
        ("NE PAS DIFFUSER", ["not-for-release"]),
        ("Embargo : le 3 novembre à 18 h", ["embargo-in-text"]),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_wish_that_states_no_sure_instant_is_never_passed_over(words, codes, place):
    found = placed(words, place)
    assert (found.embargo_until, errors(found), found.title) == (None, codes, "La piscine ferme")


@pytest.mark.parametrize(
    "text",
    [
        "Cette information ne doit pas être diffusée avant mardi.",
        "La diffusion est libre, mais la publication interdite avant le 8 décembre 2026.",
        "Elle rouvre lundi, sous embargo jusqu’au 24 novembre 2026 à 18 h.",
        "L’embargo sera levé mardi à 18 h.",
        "Nous vous remercions de ne pas publier avant mardi.",
    ],
)
def test_a_wish_in_running_text_is_settled_by_a_person(text):
    assert errors(read(f"# La piscine ferme\n\n{text}")) == ["embargo-in-text"]
    assert errors(read(f"---\nembargo_until: 2026-12-08 18:00\n---\n# La piscine ferme\n\n{text}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "La piscine ne rouvrira pas avant le 8 décembre.",
        "La Ville demande de ne pas publier de photographies des enfants.",
        "La Ville rappelle qu’il ne faut pas publier sans accord les photographies des enfants.",
        "La diffusion du concert est possible sur la place.",
        "Merci de ne pas diffuser de musique après 22 h.",
        "Le film est gratuit.\n\n- Diffusion à partir de 21 h, place de la Mairie\n- Diffusion dès 20 h au gymnase",
        "Diffusion après 21 h",
        "L’embargo sur les armes est levé depuis 1962.",
        "## Projet\n\nUn nouveau bassin.",
        "Le projet est confidentiel.",
        "Le document de travail est à relire.",
    ],
)
def test_what_only_looks_like_it_stops_nothing(text):
    assert errors(read(f"# La piscine ferme\n\n{text}")) == []


@pytest.mark.parametrize(
    "words",
    [
        "CONFIDENTIEL",
        "CONFIDENTIEL – NE PAS DIFFUSER",
        "CONFIDENTIEL – NE PAS DIFFUSER AVANT VALIDATION",
        "Confidentiel – cabinet du maire",
        "**[STRICTEMENT CONFIDENTIEL]**",
        "DOCUMENT DE TRAVAIL",
        "Document de travail – ne pas diffuser",
        "Version provisoire",
        "PROJET",
        "PROJET – V3",
        "Projet de communiqué de presse",
        "Projet V3 du 20 novembre 2026",
        "Brouillon",
        "# Brouillon",
        "BROUILLON V2 (20/11/2026 à 10 h)",
        "Draft",
        "À valider",
        "Pour relecture",
        "En attente de validation",
        "Usage interne",
        "Texte non validé",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_what_is_marked_confidential_or_a_draft_waits_for_a_person(words, place):
    found = placed(words, place)
    assert (errors(found), found.title, found.body_markdown) == (
        ["not-for-release"],
        "La piscine ferme",
        "Le maire annonce la fermeture de la piscine.",
    )
    assert [aside.rstrip(".") for aside in found.set_aside] == [words]


@pytest.mark.parametrize(
    "line",
    [
        "Projet : un nouveau stade à Valmont",
        "Projet de nouveau stade",
        "Brouillon de culture : l’exposition",
        "Le brouillon",
        "Confidentiel",
        "Validation des acquis",
        "Interne",
        "V3",
    ],
)
def test_a_title_that_only_begins_like_a_draft_is_one(line):
    assert restrictions.recognise(line) is (line == "Confidentiel")


@pytest.mark.parametrize(
    "line",
    [
        "**Document** de travail",
        "Note de __travail__",
        "Ne pas **diffuser**",
        "_Sous réserve de visa_",
        "*Version non relue*",
        "Texte à *valider*",
    ],
)
def test_marks_of_emphasis_hide_no_draft(line):
    assert restrictions.recognise(line)


def test_a_confidential_line_that_states_its_end_is_an_embargo():
    found = placed("CONFIDENTIEL – SOUS EMBARGO JUSQU’AU 8 DÉCEMBRE 2026 À 18 H", "above")
    assert (str(found.embargo_until), errors(found)) == ("2026-12-08 18:00:00+01:00", [])
    assert found.set_aside == ("CONFIDENTIEL – SOUS EMBARGO JUSQU’AU 8 DÉCEMBRE 2026 À 18 H",)


@pytest.mark.parametrize("line", ["VILLE DE VALMONT – ESPACE PRESSE", "**Sport**", "SPORT ET LOISIRS\n\n**Piscine**", "Une ville qui nage"])
def test_an_explicit_heading_is_the_title_whatever_plain_line_stands_above(line):
    found = read(f"{line}\n\n{TEXT}")
    assert (found.title, found.set_aside) == ("La piscine ferme", tuple(line.split("\n\n")))


def test_a_heading_below_running_text_is_a_section():
    assert read("LA PISCINE FERME\n\nElle ferme lundi. On ne nagera plus.\n\n# Horaires\n\nDe 9 h à 12 h.").title == "LA PISCINE FERME"
