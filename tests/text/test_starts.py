import pytest

from publisher.text.starts import is_anaphoric, points_back


@pytest.mark.parametrize(
    "sentence",
    [
        "Elle sera présidée par Mme Faure.",
        "Il ouvre à 9 h.",
        "Ils viendront.",
        "Elles sont élues.",
        "Ce projet avance.",
        "Cet accord est signé.",
        "Cette mesure s’applique.",
        "Ces travaux durent un an.",
        "Celui-ci préside.",
        "Celles-ci ferment.",
        "Cela suffit.",
        "C’est une chance.",
        "C'est une chance.",
        "Tous\u00a0deux signent.",
        "Il est maire de Bourg.",
    ],
)
def test_a_pronoun_or_demonstrative_is_anaphoric(sentence):
    assert is_anaphoric(sentence)
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Il faut s’inscrire.",
        "Il est interdit de fumer.",
        "Il\u00a0est formellement interdit de fumer.",
        "Il n’est pas possible d’entrer.",
        "Il y a deux entrées.",
        "Il n’y a pas d’entrée.",
        "Il s’agit d’une fête.",
        "Ce soir, le parc ferme.",
        "Cette semaine, la piscine ferme.",
        "Ces prochains jours, il pleuvra.",
        "Cet été, le parc ouvre.",
        "Ce\u00a0samedi, la fête commence.",
        "Illustre inconnue, Mme Faure préside.",
        "Cedric Martin préside.",
        "« Elle viendra », dit-il.",
        "Le parc ouvre.",
        "elle reprend une phrase coupée.",
        "Tous les jeudis, le marché ouvre.",
        "Toutes nos excuses aux riverains.",
        "Les automates ferment.",
    ],
)
def test_other_starts_point_to_nothing(sentence):
    assert not is_anaphoric(sentence)
    assert not points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mais rien n’est dit.",
        "Enfin, le parc ouvre.",
        "Sa mission commence.",
        "En\u00a0effet, il pleut.",
        "Et ce n’est pas tout.",
        "Les autres restent fermés.",
        "D’autres suivront.",
        "Toutes supportent la sécheresse.",
        "Tous\u00a0seront logés.",
    ],
)
def test_a_connector_or_possessive_points_back_without_being_a_pronoun(sentence):
    assert points_back(sentence)
    assert not is_anaphoric(sentence)
