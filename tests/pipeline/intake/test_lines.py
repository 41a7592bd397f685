"""The ends of lines inside a paragraph: what a program wrapped is joined, what somebody meant stays."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.pipeline import intake
from publisher.pipeline.intake import lines

PARIS = ZoneInfo("Europe/Paris")
SENTENCE = (
    "La piscine municipale de Valmont ferme pour travaux à partir du mardi 8 décembre 2026, et elle rouvrira en mars 2027 si"
    " les entreprises Dupont Frères et Martin tiennent le calendrier que la Ville de Valmont et le Département ont arrêté avec elles."
)


def body(text: str) -> str:
    return intake.read(f"# La piscine ferme\n\n{text}".encode(), "a.md", PARIS).body_markdown


def wrapped(text: str, columns: int) -> str:
    found = [""]
    for word in text.split(" "):
        if found[-1] and len(found[-1]) + 1 + len(word) > columns:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return "\n".join(found)


@given(st.integers(40, 110))
def test_a_paragraph_wrapped_at_any_usual_column_is_one_line(columns):
    assert body(wrapped(SENTENCE, columns)) == SENTENCE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mairie de Valmont\n1 place de la République\n99000 Valmont", "Mairie de Valmont\\\n1 place de la République\\\n99000 Valmont"),
        ("Jeanne Martin\nMaire de Valmont", "Jeanne Martin\\\nMaire de Valmont"),
        ("Renseignements :\n01 99 00 12 34\nwww.valmont.example", "Renseignements :\\\n01 99 00 12 34\\\nwww.valmont.example"),
        ("Horaires : 9 h à 12 h\nTarif : 3 €", "Horaires : 9 h à 12 h\\\nTarif : 3 €"),
        ("5 décembre : marché\n12 décembre : concert", "5 décembre : marché\\\n12 décembre : concert"),
        ("« Venez. »\n– Jeanne Martin", "« Venez. »\\\n– Jeanne Martin"),
        ("Ô ville,  \nÔ mer\\\nà toi", "Ô ville,\\\nÔ mer\\\nà toi"),
        ("À propos de Valmont\nVille de 12 000 habitants.", "À propos de Valmont\n\nVille de 12 000 habitants."),
        ("**Le projet**\nUn nouveau bassin.", "**Le projet**\n\nUn nouveau bassin."),
        ("Elle ferme.\nElle rouvrira.", "Elle ferme. Elle rouvrira."),
        ("Elle accueille la ville de\nValmont", "Elle accueille la ville de Valmont"),
        ("Elle ferme le\n8 décembre", "Elle ferme le 8 décembre"),
        ("Samedi 5 décembre\nde 9 h à 12 h\nplace de la Mairie", "Samedi 5 décembre de 9 h à 12 h place de la Mairie"),
        ("Elle ferme,\nElle rouvrira", "Elle ferme, Elle rouvrira"),
        (f"{SENTENCE}\n{SENTENCE}", f"{SENTENCE}\n\n{SENTENCE}"),
    ],
)
def test_a_line_end_is_joined_or_kept(text, expected):
    assert body(f"Elle ferme.\n\n{text}\n\nElle rouvre.") == f"Elle ferme.\n\n{expected}\n\nElle rouvre."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- marché\n- fête\nRenseignements : 01 99 00 12 34", "- marché\n- fête\n\nRenseignements : 01 99 00 12 34"),
        ("- un marché de Noël et\nune fête\n- un bal", "- un marché de Noël et\nune fête\n- un bal"),
        ("Au programme :\n1. marché\n2. fête", "Au programme :\n\n1. marché\n2. fête"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nSource : mairie", "| a | b |\n|---|---|\n| 1 | 2 |\n\nSource : mairie"),
        ("> La piscine est à nous.\n> -- Jeanne Martin", "> La piscine est à nous.\n>\n> – Jeanne Martin"),
        ("> La piscine est à nous.\n> — Jeanne Martin", "> La piscine est à nous.\n>\n> — Jeanne Martin"),
        ("> - un\n> - deux", "> - un\n> - deux"),
        ("- – -5 °C la nuit\n- • 12 °C le jour", "- -5 °C la nuit\n- 12 °C le jour"),
        ("– -5 °C la nuit\n– 12 °C le jour", "- -5 °C la nuit\n- 12 °C le jour"),
    ],
)
def test_what_stands_right_below_is_told_apart(text, expected):
    assert body(f"Elle ferme.\n\n{text}") == f"Elle ferme.\n\n{expected}"


@given(st.lists(st.text(st.sampled_from("aA1 .,:–*\\«»é"), max_size=50), min_size=1, max_size=6))
def test_no_word_is_lost_nor_glued(found):
    whole = lines.joined(found)
    assert whole.replace("\\", "").split() == " ".join(found).replace("\\", "").split()
