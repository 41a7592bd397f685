"""The rules of adaptation that choose: which paragraphs, which sentences, in which order (R1, R2, R5, R6, R8, R10)."""

import math
import re

import pytest

from publisher.adapters.base import Limits
from publisher.pipeline import adapt
from publisher.pipeline.reading import Reading
from publisher.text.threads import Unit
from tests.pipeline.valmont import DAY, announcement

LIMITS = Limits(text=280)


def sentences(body: str, **changes):
    return adapt.sentences(Reading(announcement(body, **changes)), "Titre", "social", LIMITS)


def paragraphs(body: str, extra: int = 0, link: int = 40, **changes):
    return adapt.paragraphs(Reading(announcement(body, **changes)), "Titre", "social", extra=extra, link=link)


def long(start: str, length: int = 400) -> str:
    """A paragraph of one sentence of about this length, without date, figure or name."""
    return (start + " et encore" * length)[: length - 1].rstrip(" ") + "."


# --- R2: the news sentence


def news(body: str, **changes) -> str:
    return Reading(announcement(body, **changes)).summary


def test_the_news_is_the_first_sentence_with_a_full_date_to_come():
    body = "Elle aime l'Islande. Le 3 mai 2020, elle y était.\n\n## Voyage\n\nElle part. Elle y sera le 27 septembre 2026. Enfin."
    assert news(body) == "Elle y sera le 27 septembre 2026."


@pytest.mark.parametrize(
    ("day", "expected"),
    [("17 septembre 2026", "first"), ("23 septembre 2026", "first"), ("16 septembre 2026", "later"), ("17 septembre", "later")],
)
def test_a_first_sentence_of_the_last_days_is_the_news_itself(day, expected):
    first, later = f"Réuni le {day}, le conseil a voté.", "Le budget vaut jusqu'au 31 décembre 2027."
    assert news(f"{first} {later}") == {"first": first, "later": later}[expected]


def test_without_a_full_date_the_news_is_the_first_sentence():
    assert news("## Voyage\n\nElle part le 27 septembre. Elle reviendra.") == "Elle part le 27 septembre."


def test_a_standfirst_comes_first():
    assert news("Elle part.", standfirst="La ville voyage.") == "La ville voyage."


def test_a_list_tells_the_news_only_when_there_is_nothing_else():
    assert news("- le 27 septembre 2026\n\nElle part.") == "Elle part."
    assert news("- départ\n- retour le 27 septembre 2026") == "retour le 27 septembre 2026"


def test_the_officers_summary_stands_for_the_news():
    assert news("Elle part.", summary="En bref.") == "En bref."


def test_a_table_alone_tells_no_news():
    assert news("| A |\n|---|\n| 1 |") == ""


def test_about_the_town_is_never_the_news():
    assert news("Elle part.\n\n## À propos\n\nLe 1er mai 2030, la ville aura cent ans.") == "Elle part."


# --- R5: whole paragraphs


def test_paragraphs_that_all_fit_keep_their_order_when_the_news_comes_first():
    chosen = paragraphs("Elle part le 27 septembre 2026.\n\nElle reviendra.")
    assert chosen == adapt.Selection(paragraphs=("Elle part le 27\u00a0septembre 2026.", "Elle reviendra."))


def test_the_paragraph_of_the_news_goes_first():
    chosen = paragraphs("La ville aime l'Islande.\n\nElle part le 27 septembre 2026.\n\nElle reviendra.")
    assert chosen.paragraphs == ("Elle part le 27\u00a0septembre 2026.", "La ville aime l’Islande.", "Elle reviendra.")
    assert (chosen.left_out, chosen.moved) == ((), ("paragraph 2 before 1",))


def test_history_is_left_out_first_and_shown_in_its_source_wording():
    history = long("Depuis 2009, l'amitié")
    chosen = paragraphs(f"Elle part.\n\n{history}\n\n{long('Puis', 500)}\n\n{long('Enfin', 400)}")
    assert chosen.paragraphs == ("Elle part.", long("Puis", 500), long("Enfin", 400))
    assert chosen.left_out == (history,)


def test_paragraphs_that_find_no_room_are_left_out_in_source_order():
    bodies = [long("Un", 500), long("Deux", 500), long("Trois", 500), long("Quatre", 100)]
    chosen = paragraphs("\n\n".join(bodies))
    assert chosen.paragraphs == (bodies[0], bodies[1], bodies[3])
    assert chosen.left_out == (bodies[2],)


PRACTICAL = "Rendez-vous samedi 3 octobre à 18 h, 12 rue du Canal. Entrée libre, inscription au 01 99 00 12 34."


@pytest.mark.parametrize(
    ("dear", "cheap"),
    [
        (PRACTICAL, long("Les arbres")),
        (PRACTICAL, long("Le projet coûte 12 €")),
        (PRACTICAL, f"« {long('Venez, le 3 octobre à 18 h, appelez-nous')} », dit Ada Morel."),
        (PRACTICAL, f"> {long('Venez, le 3 octobre à 18 h')}"),
        (f"« {long('Appelez le 01 99 00 12 34')} », dit Ada Morel.", long("Le projet coûte 12 €")),
        ("Le programme :\n\n- samedi 3 octobre à 18 h\n- dimanche 4 octobre à 9 h", long("Le projet coûte 12 €")),
        ("| Jour | Heures |\n|---|---|\n| lundi | 8 h – 20 h |\n| mardi | 9 h – 13 h |", long("Le projet coûte 12 €")),
        ("Les pièces à fournir :\n\n- un livret\n- une photo", long("Le projet coûte 12 €")),
    ],
)
def test_when_more_than_history_must_go_what_readers_act_on_stays(dear, cheap):
    history = "Depuis 2009, l'amitié dure."
    chosen = paragraphs("\n\n".join(["Elle part.", history, cheap, long("Puis", 380), long("Enfin", 380), dear]))
    told = [*map(adapted, ["Elle part.", *dear.split("\n\n")])]
    assert [text for text in told if text not in map(adapted, chosen.paragraphs)] == []
    assert adapted(cheap) in map(adapted, chosen.left_out)
    assert history in chosen.left_out


def adapted(text: str) -> str:
    """The letters of a text, whatever its mark-up and typography, without what parts the columns of a table."""
    return re.sub(r"[\W_]", "", text)


def test_what_stays_keeps_the_order_of_the_source():
    bodies = ["Elle part.", long("Un"), PRACTICAL, long("Deux"), "Le repas coûte 12 €.", long("Trois")]
    assert [text[:9] for text in paragraphs("\n\n".join(bodies)).paragraphs] == [
        "Elle part",
        "Un et enc",
        "Rendez-vo",
        "Deux et e",
        "Le repas ",
    ]


def test_a_paragraph_that_points_back_stays_only_with_the_one_before():
    bodies = ["La ville part.", long("Un", 700), "Elle coûte 12 € et finit à 18 h.", long("Trois", 700)]
    assert paragraphs("\n\n".join(bodies)).left_out == (bodies[3],)
    bodies[1] = long("Un", 1300)
    assert paragraphs("\n\n".join(bodies)).left_out == (bodies[1], bodies[2])


def test_a_heading_stands_though_what_somebody_says_is_left_out_between():
    bodies = ["Elle part.", "## Comment participer", f"> {long('Venez', 800)}", PRACTICAL, long("Puis", 800)]
    chosen = paragraphs("\n\n".join(bodies))
    assert [text[:9] for text in chosen.paragraphs] == ["Elle part", "Comment p", "Rendez-vo", "Puis et e"]


def test_the_news_stays_whatever_its_length():
    body = long("Le 27 septembre 2026", 1400)
    assert paragraphs(f"Elle part.\n\n{body}").paragraphs[0].startswith("Le 27\u00a0septembre 2026")
    assert paragraphs(f"Elle part.\n\n{body}").left_out == ("Elle part.",)


def test_what_follows_the_text_takes_its_room():
    bodies = [long("Un", 600), long("Deux", 620)]
    assert paragraphs("\n\n".join(bodies)).left_out == ()
    assert paragraphs("\n\n".join(bodies), extra=30).left_out == (bodies[1],)


def test_headings_stand_before_the_first_paragraph_kept_of_their_section():
    chosen = paragraphs("Elle part.\n\n## Programme\n\nUn.\n\nDeux.\n\n## Histoire\n\n" + long("Depuis 2009", 1300))
    assert chosen.paragraphs == ("Elle part.", "Programme", "Un.", "Deux.")
    assert chosen.left_out == ("Histoire", long("Depuis 2009", 1300))


def test_a_paragraph_moved_to_the_top_leaves_its_heading_to_the_rest_of_its_section():
    chosen = paragraphs("Elle aime l'Islande.\n\n## Programme\n\nElle part le 27 septembre 2026.\n\nElle revient.")
    assert chosen.paragraphs == ("Elle part le 27\u00a0septembre 2026.", "Elle aime l’Islande.", "Programme", "Elle revient.")


def test_a_heading_whose_first_paragraph_is_left_out_announces_nothing_else():
    chosen = paragraphs("Elle part.\n\n## Venir sans voiture\n\n" + long("Des navettes", 1300) + "\n\nMerci aux bénévoles.")
    assert chosen.paragraphs == ("Elle part.", "Merci aux bénévoles.")
    assert chosen.left_out == ("Venir sans voiture", long("Des navettes", 1300))


def test_a_heading_stays_with_the_news_that_starts_the_text():
    assert paragraphs("## Voyage\n\nElle part.\n\nElle revient.").paragraphs == ("Voyage", "Elle part.", "Elle revient.")


def test_a_list_is_not_parted_from_its_introduction():
    items = "\n".join(f"- {long('rue', 300)}" for _ in range(4))
    chosen = paragraphs(f"Elle part.\n\nSont fermées :\n\n{items}\n\nMerci.")
    assert chosen.paragraphs == ("Elle part.", "Merci.")
    assert chosen.left_out[0] == "Sont fermées :"


@pytest.mark.parametrize("after", ["", "\n\n## Fin"])
def test_an_introduction_of_nothing_stands_alone(after):
    assert paragraphs(f"Elle part.\n\nVoici :{after}").paragraphs == ("Elle part.", "Voici\u00a0:")


def test_headings_without_text_are_left_out():
    assert paragraphs("## Un\n\n## Deux").left_out == ("Un", "Deux")


def test_a_table_is_one_line_per_row_and_about_the_town_goes_before_it():
    about = "## À propos\n\n" + long("La ville", 1300)
    chosen = paragraphs(f"Elle part.\n\n| Tarif | Prix |\n|---|---|\n| Plein | 9 € |\n\n{about}")
    assert chosen.paragraphs == ("Elle part.", "Tarif\u00a0: Prix\nPlein\u00a0: 9\u00a0€")
    assert chosen.left_out == ("À propos", long("La ville", 1300))


def test_nothing_to_say_is_nothing():
    assert paragraphs("") == adapt.Selection()


# --- R6: whole sentences, each with the price of leaving it out


def prices(body: str, **changes) -> dict[str, float]:
    return {unit.text: unit.cost for unit in sentences(body, **changes).units}


def test_title_first_sentence_and_news_never_go():
    costs = prices("Elle aime l'Islande. Elle le dit. Elle part le 27 septembre 2026.")
    assert [text for text, cost in costs.items() if cost == math.inf] == [
        "Titre",
        "Elle aime l’Islande.",
        "Elle part le 27\u00a0septembre 2026.",
    ]


def test_the_order_in_which_sentences_go():
    costs = prices(
        "La ville voyage. Elle part le 27 septembre 2026. Elle aime le froid.\n\n"
        "En 2009, elle y était. Elle y a des amis à Akureyri. Le départ est à 9 h.\n\n"
        "Elle attend.\n\nElle sera fière."
    )
    order = sorted((cost, text) for text, cost in costs.items() if cost < math.inf)
    assert [text for _, text in order] == [
        "En 2009, elle y était.",
        "Elle sera fière.",
        "Elle attend.",
        "Elle aime le froid.",
        "Elle y a des amis à Akureyri.",
        "Le départ est à 9\u00a0h.",
    ]


def test_all_of_a_class_weigh_less_than_one_of_the_next():
    costs = prices("Elle part.\n\n" + "Elle aime le froid. " * 40 + "Elle aime la nuit. Elle y a Akureyri.\n\nFin.")
    assert 40 * costs["Elle aime le froid."] < costs["Elle y a Akureyri."]


def test_history_costs_nothing_so_that_all_of_it_goes_together():
    costs = prices("Elle part.\n\nEn 2009, oui. En 2012, oui.\n\n## Depuis\n\nElle part.")
    assert (costs["En 2009, oui."], costs["En 2012, oui."], costs["Depuis"] > 0) == (0, 0, True)


def test_units_keep_the_separators_of_the_source():
    units = sentences("Un. Deux.\\\nTrois.\n\n## Quatre\n\nCinq :\n\n1. " + "a" * 230 + "\n2. b").units
    assert [(unit.joint, unit.text, unit.heading) for unit in units] == [
        ("", "Titre", True),
        ("\n\n", "Un.", False),
        (" ", "Deux.", False),
        ("\n", "Trois.", False),
        ("\n\n", "Quatre", True),
        ("\n\n", "Cinq\u00a0:", True),
        ("\n", "1. " + "a" * 230, False),
        ("\n", "2. b", False),
    ]


def test_a_short_list_is_one_unit_with_its_introduction():
    chosen = sentences("Elle part. Sont fermées :\n\n- rue des Lilas\n- rue des Ormes\n\nMerci.")
    assert chosen.units[2] == Unit("Sont fermées\u00a0:\n– rue des Lilas\n– rue des Ormes", " ", chosen.units[2].cost)
    assert chosen.places[chosen.units[2].text] == ((0, 1), (1, 0), (1, 1))
    assert chosen.units[3].text == "Merci."


def test_tables_and_hidden_addresses_are_declared_left_out():
    chosen = sentences("Elle part, [voici comment](https://ailleurs.example/a).\n\n| A | B |\n|---|---|\n| 1 | 2 |")
    assert [unit.text for unit in chosen.units] == ["Titre", "Elle part, voici comment."]
    assert chosen.left_out == ("A\u00a0: B\n1\u00a0: 2", "https://ailleurs.example/a")
    assert [(problem.code, problem.severity) for problem in chosen.problems] == [("table-left-out", "notice")]


def test_what_is_left_out_is_found_again_in_the_officers_wording():
    reading = Reading(announcement('"Oui", dit-elle... Elle part !\n\n- l\'eau'))
    chosen = adapt.sentences(reading, "Titre", "social", LIMITS)
    found = [reading.source(place) for unit in chosen.units[1:] for place in chosen.places[unit.text]]
    assert found == ['"Oui", dit-elle...', "Elle part !", "l'eau"]


def test_without_a_body_there_is_the_title():
    assert sentences("").units == (Unit("Titre", "", heading=True),)


def test_a_paragraph_about_the_town_goes_first():
    costs = prices(f"Elle part.\n\nEn 2009, elle y était.\n\nÀ propos de Valmont : la ville compte 9 000 habitants depuis {DAY.year}.")
    assert [text for text, cost in costs.items() if cost == 0][1].startswith("À propos de Valmont")


def test_another_language_keeps_its_typography():
    assert [unit.text for unit in sentences("Don't go! It's cold.", language="en").units[1:]] == ["Don't go!", "It's cold."]
