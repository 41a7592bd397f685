"""Marks that no channel can show (HTML, footnotes, struck words, images in a sentence): words stay, a person is told."""

from zoneinfo import ZoneInfo

import pytest

from publisher.errors import Severity
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")


def read(text: str):
    return intake.read(text.encode(), "a.md", PARIS)


def codes(announcement) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.code) for problem in announcement.problems if problem.code != "no-image"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Le <b>bassin</b> et le <i>parc</i>", "Le **bassin** et le *parc*"),
        ("Le <u>bassin</u> et <span style='color: red'>le parc</span>", "Le bassin et le parc"),
        ("Le<b>bassin</b>", "Lebassin"),
        ("Eau<br>claire<BR/>et<br />vive", "Eau\\\nclaire\\\net\\\nvive"),
        ("<p>Un.</p>\n<p class='a'>Deux.</p>", "Un.\n\nDeux."),
        ("<div>Un.</div>\n\n\n<div>Deux.</div>", "Un.\n\nDeux."),
        ("Voir <a href=\"https://valmont.example/a\" target='_blank'>le site</a>.", "Voir [le site](https://valmont.example/a)."),
        ("<ul>\n<li>Un</li>\n<li>Deux</li>\n</ul>", "- Un\n\n- Deux"),
        ("<h2>Accès</h2>Bus 12.", "## Accès\n\nBus 12."),
        ("25 m<sup>2</sup>, le 1<sup>er</sup> mars, CO<sub>2</sub>", "25 m², le 1er mars, CO2"),
        ("| a<br>b | c |\n|---|---|\n| 1 | 2 |", "| a b | c |\n|---|---|\n| 1 | 2 |"),
        ("Un mot<o:p></o:p>.", "Un mot."),
    ],
)
def test_html_becomes_words_with_a_warning(typed, words):
    found = read(f"# La piscine ferme\n\nElle ferme.\n\n{typed}")
    assert (found.body_markdown, codes(found)) == (f"Elle ferme.\n\n{words}", [(Severity.WARNING, "html-in-text")])


@pytest.mark.parametrize(
    "text", ["`<b>code</b>`", "```\n<b>code</b>\n```", "5 < 6 > 4", "<presse@valmont.example>", "Voir <https://valmont.example>.", "<Nom>"]
)
def test_what_is_no_html_is_left_alone(text):
    found = read(f"# La piscine ferme\n\nElle ferme.\n\n{text}")
    assert (found.body_markdown, codes(found)) == (f"Elle ferme.\n\n{text}", [])


def test_html_in_the_title_is_told_and_an_unknown_tag_stays_visible():
    found = read("# La <u>piscine</u> de <Ville> ferme\n\nElle ferme.")
    assert (found.title, codes(found)) == ("La piscine de <Ville> ferme", [(Severity.WARNING, "html-in-text")])


def test_what_html_hides_is_set_aside():
    found = read("# La piscine ferme\n\n<style>p { color: red }</style>\nElle ferme.<script>alert(1)</script>")
    assert (found.body_markdown, found.set_aside) == ("Elle ferme.", ("<script>alert(1)</script>", "<style>p { color: red }</style>"))


def test_an_image_in_html_is_one():
    found = read('# La piscine ferme\n\n<img src="bassin.jpg" alt="Le bassin">\n\nElle ferme.')
    assert [(medium.file, medium.alt) for medium in found.media] == [("bassin.jpg", "Le bassin")]


def test_the_tags_are_named_a_few_of_them():
    found = read("# La piscine ferme\n\n<a><b><i><u><s><p><q>Elle ferme.")
    assert found.problems[0].params == {"tags": "<a> <b> <i> <u> <s> <p> …"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Elle ferme[^1].\n\n[^1]: Depuis 1998.", "Elle ferme (1).\n\n(1) Depuis 1998."),
        (
            "Elle ferme.[^a] Elle rouvre [^b].\n\n[^b]: En mars.\n[^a]: Lundi.",
            "Elle ferme (1). Elle rouvre (2).\n\n(2) En mars.\n\n(1) Lundi.",
        ),
        ("Elle ferme[^seule].", "Elle ferme (1)."),
    ],
)
def test_footnotes_are_numbered_as_a_newspaper_does(typed, words):
    found = read(f"# La piscine ferme\n\n{typed}")
    assert (found.body_markdown, codes(found)) == (words, [(Severity.WARNING, "footnotes")])


def test_struck_words_stop_the_announcement():
    assert codes(read("# La piscine ferme\n\nElle est ~~fermée~~ ouverte.")) == [(Severity.ERROR, "struck-out")]
    assert codes(read("# La piscine ferme\n\nElle est <s>fermée</s> ouverte."))[-1] == (Severity.ERROR, "struck-out")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Voici ![le plan](plan.jpg) du bassin.", {"file": "plan.jpg", "verbatim": "Voici du bassin."}),
        ("Elle ferme. ![le plan](plan.jpg) Elle rouvre.", None),
        ("![le plan](plan.jpg)\n\nElle ferme.", None),
        ("Le plan :\n![le plan](plan.jpg)", None),
    ],
)
def test_a_sentence_that_loses_its_image_is_told(text, told):
    found = [problem.params for problem in read(f"# La piscine ferme\n\n{text}").problems if problem.code == "image-in-sentence"]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("typed", "words", "aside"),
    [
        ("Voir [le site][1].\n\n[1]: https://a.example/b", "Voir [le site](<https://a.example/b>).", ()),
        (
            'Voir [le site] et [Là][].\n\n[Le Site]: <https://a.example> "Titre"\n[là]: www.b.example',
            "Voir [le site](<https://a.example>) et [Là](<www.b.example>).",
            (),
        ),
        ("Voir [le site](https://a.example).\n\n[2]: https://c.example", "Voir [le site](https://a.example).", ("[2]: https://c.example",)),
        ("Voir [1].\n\n[1]: Depuis 1998.", "Voir [1].\n\n\\[1]: Depuis 1998.", ()),
        ("`[1]: https://a.example`", "`[1]: https://a.example`", ()),
    ],
)
def test_links_by_reference_are_resolved_and_nothing_vanishes(typed, words, aside):
    found = read(f"# La piscine ferme\n\nElle ferme.\n\n{typed}")
    assert (found.body_markdown, found.set_aside) == (f"Elle ferme.\n\n{words}", aside)
