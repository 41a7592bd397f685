"""What a sentence is worth when there is no room for all."""

from datetime import date

import pytest

from publisher.text.worth import Worth, is_history, is_past, weigh

DAY = date(2026, 9, 24)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("En 2009, la ville a signé la charte.", Worth.HISTORY),
        ("En 2012, un accord a été signé avec pour objectif d'aider, présidé par Ada Morel.", Worth.HISTORY),
        ("Le 3 mai 2025, la halle a rouvert.", Worth.HISTORY),
        ("Les enfants nés en 2022 et 2023 font leur rentrée.", Worth.SIDE_FACT),
        ("Comme en 2025, la fête aura lieu le 12 octobre.", Worth.ESSENTIAL),
        ("Depuis 2019, appelez le 01 99 00 12 34.", Worth.TELEPHONE),
        ("Elle porte ces valeurs depuis longtemps.", Worth.PLAIN),
        ("Elle défend les droits de l'Homme et la Paix.", Worth.PLAIN),
        ("La Ville est fière.", Worth.PLAIN),
        ("Chez nous, c'est assez.", Worth.PLAIN),
        ("Depuis près de 20 ans, la commune coopère.", Worth.SIDE_FACT),
        ("La commune coopère avec Jifna.", Worth.SIDE_FACT),
        ("Un partenariat avec la FSGT est né.", Worth.SIDE_FACT),
        ("Le club de Rodez est venu.", Worth.SIDE_FACT),
        ("En 2026, la commune lance un projet avec Jifna.", Worth.SIDE_FACT),
        ("La délégation part le 27 septembre.", Worth.ESSENTIAL),
        ("Le conseil du 12 mai 2026 a voté.", Worth.ESSENTIAL),
        ("La salle ouvre à 14 h 30.", Worth.ESSENTIAL),
        ("Le repas coûte 12 €.", Worth.ESSENTIAL),
        ("Le chantier coûte 3,5 millions d’euros.", Worth.ESSENTIAL),
        ("Elle sera présidée par une adjointe.", Worth.ESSENTIAL),
        ("L'objectif est de rencontrer les partenaires.", Worth.ESSENTIAL),
        ("Cette mission vise à renforcer les liens.", Worth.ESSENTIAL),
        ("Rendez-vous place de la Halle.", Worth.ESSENTIAL),
        ("La circulation est coupée rue des Lilas.", Worth.ESSENTIAL),
        ("Évitez tout déplacement.", Worth.ESSENTIAL),
        ("L'entrée est gratuite.", Worth.ESSENTIAL),
        ("Il est conseillé de rester chez soi.", Worth.ESSENTIAL),
        ("L’inscription se fait ici.", Worth.ESSENTIAL),
        ("Une fête (entrée libre) est donnée.", Worth.ESSENTIAL),
        ("Elle se tient à l’espace de l’Étang.", Worth.ESSENTIAL),
        ("L’atelier est mis en place sans délai.", Worth.PLAIN),
        ("Tout finit à minuit.", Worth.ESSENTIAL),
        ("Écrire à presse@ville.example.", Worth.ESSENTIAL),
        ("Voir www.ville.example.", Worth.ESSENTIAL),
    ],
)
def test_worth_of_a_sentence(sentence, expected):
    assert weigh(sentence, DAY).worth is expected


def test_a_year_of_birth_is_not_history():
    assert not is_history("Les élèves nées en 2015 ou 2016 sont invitées.", DAY)
    assert is_history("Née en 2015, la fête a grandi depuis 2018.", DAY)


def test_without_a_date_line_nothing_is_history():
    assert weigh("En 2009, la ville a signé la charte.", None).worth is Worth.SIDE_FACT
    assert not is_past("En 2009.", None)
    assert not is_history("En 2009.", None)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Depuis 20 ans. En 2009, un accord. En 2026, un projet.", True),
        ("En 2009, un accord. Le 2 octobre 2026, une fête.", False),
        ("En 2026, un projet.", False),
        ("Un projet.", False),
    ],
)
def test_a_paragraph_of_history(paragraph, expected):
    assert is_history(paragraph, DAY) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Du 27 septembre au 4 octobre 2026, elle voyage.", True),
        ("Le 24 septembre 2026, elle part.", True),
        ("Le 23 septembre 2026, elle est partie.", False),
        ("Le 27 septembre, elle part.", False),
        ("En octobre 2026, elle part.", False),
    ],
)
def test_a_news_sentence_has_a_full_date_to_come(sentence, expected):
    assert weigh(sentence, DAY).dated is expected


def test_without_a_date_line_any_full_date_is_news():
    assert weigh("Le 1er mai 2020, elle part.", None).dated
