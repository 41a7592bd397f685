"""Hostile and huge documents: the time is linear in their size."""

import time
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest

from publisher.errors import IntakeError
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")
SIZE = 60_000
# What is linear takes well under a second; what is quadratic takes minutes.
PATIENCE = 30.0


def seconds(document: str) -> float:
    start = time.process_time()
    with suppress(IntakeError):
        intake.read(document.encode(), "a.md", PARIS)
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    [
        "a\n\n",
        "a\n",
        "\n",
        " ",
        "\u00a0",
        "\t",
        "#",
        "# a\n",
        "a\n---\n",
        "- ",
        "* * ",
        "- a\n",
        "• a\n",
        "> ",
        "*",
        "**a",
        "_",
        "`",
        "```\n",
        "[",
        "![",
        "![a](",
        "[![a](b.png)",
        '![a](b "',
        "[a](https://b.example) ",
        "www.",
        "http://",
        "a.A",
        "a@b.",
        "#a ",
        "(",
        "«",
        "<!--",
        "<!-- a -->",
        "&amp;",
        "\\",
        "1 ",
        "01 ",
        "le 3 mai 2026\n",
        "Bellerive, le 3 mai 2026\n\n",
        "Alerte\n",
        "jusqu’au 3\n",
        "sous embargo jusqu'au 3 mai\n\n",
        "Contact presse : a 01 99 00 12 34\n",
        "Contact presse\n\n",
        "www.ville.example\n\n",
        "![a](b.png)\n\n",
        "-30-\n\n",
        "LA PISCINE ",
        "La piscine rouvre. ",
        "<b>",
        "<b>a",
        "<a href=",
        "<a href='b'>c",
        "<img ",
        "<script>",
        "<p",
        "<br>\n",
        "[^1]",
        "[^1]: a\n",
        "~~a",
        "~~a~~",
        "a\nB\n",
        "- a\nB\n",
        "> - a\n",
        "|a\nb\n",
        "[a]: https://b.example\n",
        "[a][b] ",
        "[a]: b\n",
        "a\tb\n",
        "a\tb\na\n",
        "1. a\n\nb\n\n",
        "Texte : a\n\n",
        "Vous trouverez ",
        "Valmont, le 3 mai 2026 – ",
        "De : a\n",
        "Objet : a\n\n",
        "-- \n",
        "--\n\na\n\n",
        "> > > > > > > > > > > >\n",
        ">" * 9_999 + "\n",
        "Le a a écrit :",
        "Message transféré\n",
        "Cordialement\n",
        "Brouillon – ",
        "Confidentiel ",
        "Ne pas diffuser avant ",
        "Ne pas diffuser avant le 3 mai\n\n",
        "Bellerive – ",
    ],
)
def test_no_repetition_slows_the_reading(unit):
    repeated = unit * (SIZE // len(unit))
    assert seconds(f"# Titre\n\nCorps.\n\n{repeated}\n\nFin.") + seconds(repeated) < PATIENCE


def test_a_document_of_five_megabytes_is_read():
    sentence = "Le conseil municipal a décidé mardi 3 mai 2026 que la piscine ouvrirait plus tôt. "
    paragraphs = "\n\n".join([sentence * 5] * (5 * 1024 * 1024 // (len(sentence.encode()) * 5 + 4)))
    found = intake.read(f"# Titre\n\n{paragraphs}".encode(), "a.md", PARIS)
    assert (found.title, found.body_markdown) == ("Titre", paragraphs.rstrip(" "))


@pytest.mark.parametrize("front", ["[" * 60_000, "a " * 30_000, "\n".join(f"k{number}: v" for number in range(5_000)), "{a: " * 15_000])
def test_no_front_matter_slows_the_reading(front):
    assert seconds(f"---\ntitle: {front}\n---\n\nCorps.") < PATIENCE
