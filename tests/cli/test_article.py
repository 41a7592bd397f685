import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from publisher.cli.article import drawn


def lines(html: str, width: int = 40) -> list[str]:
    return [line.plain for line in drawn(html, width)]


CASES = {
    "paragraphs and headings stand apart": (
        "<article><header><p>Communiqué</p><h1>La fête</h1></header><p>Elle a\n lieu.</p><h2>Venir</h2><p>À pied.</p></article>",
        ["Communiqué", "", "La fête", "", "Elle a lieu.", "", "Venir", "", "À pied."],
    ),
    "a list keeps its marks, and its words clear of them": (
        "<p>Il y aura :</p><ul><li>une parade dans toutes les rues du centre</li><li><p>un bal</p></li></ul><p>Venez.</p>",
        ["Il y aura :", "", "– une parade dans toutes les rues du", "  centre", "– un bal", "", "Venez."],
    ),
    "a numbered list counts from where it starts": ('<ol start="9"><li>neuf</li><li>dix</li></ol>', ["9. neuf", "10. dix"]),
    "a list in a list is farther to the right": (
        "<ul><li>salle<ul><li>basse</li><li>haute</li></ul></li><li>cour</li></ul>",
        ["– salle", "  – basse", "  – haute", "– cour"],
    ),
    "a quotation has a bar": ("<blockquote><p>C’est simple.</p><p>Venez.</p></blockquote>", ["│ C’est simple.", "", "│ Venez."]),
    "the address behind a link is told": (
        '<p>Lire <a href="https://a.example/plan">le plan</a>.</p>',
        ["Lire le plan (https://a.example/plan)."],
    ),
    "an address that its words tell already is not said twice": (
        (
            '<p><a href="https://a.example/">www.a.example</a>, <a href="mailto:p@a.example">p@a.example</a>, '
            '<a href="tel:+33199001234">01 99</a></p>'
        ),
        ["www.a.example, p@a.example, 01 99"],
    ),
    "a line end stays one": ("<p>Camille Dervaux<br>01 99 00 12 34</p>", ["Camille Dervaux", "01 99 00 12 34"]),
    "a no-break space holds": ("<p>" + "a" * 36 + " 18\u00a0h</p>", ["a" * 36, "18\u00a0h"]),
    "words outside paragraphs are not lost": ("<div>Seul<p>Deux</p>Trois</div>", ["Seul", "", "Deux", "", "Trois"]),
    "a control character cannot command the terminal": ("<p>a\x1b[2Jb</p>", ["a\ufffd[2Jb"]),
    "what runs or hides is not shown": ("<p>Oui</p><script>alert(1)</script><style>p{}</style>", ["Oui"]),
    "an empty page is empty": ("<article></article>", []),
    "a rule parts": ("<p>Un</p><hr><p>Deux</p>", ["Un", "", "* * *", "", "Deux"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_page_reads_as_it_is_seen(case):
    html, expected = CASES[case]
    assert lines(html) == expected


BUDGET = """<table><caption>En 2027</caption><thead><tr><th>Opération</th><th>Montant</th></tr></thead>
<tbody><tr><td>Groupe scolaire des Mûriers</td><td>3\u202f950\u202f000\u00a0€</td></tr>
<tr><td><strong>Total</strong></td><td>42\u00a0%</td></tr></tbody></table>"""


def test_a_table_has_columns_amounts_to_the_right():
    assert lines(BUDGET) == [
        "En 2027",
        "",
        "Opération                        Montant",
        "───────────────────────────  ───────────",
        "Groupe scolaire des Mûriers  3\u202f950\u202f000\u00a0€",
        "Total                               42\u00a0%",
    ]


def test_a_table_that_is_too_wide_breaks_its_widest_column_between_words():
    assert lines(BUDGET, 30)[2:] == [
        "Opération              Montant",
        "─────────────────  ───────────",
        "Groupe scolaire    3\u202f950\u202f000\u00a0€",
        "des Mûriers",
        "Total                     42\u00a0%",
    ]


def test_a_table_without_room_for_columns_is_read_row_by_row():
    assert lines(BUDGET, 18)[2:] == [
        "Opération  Groupe",
        "scolaire des",
        "Mûriers",
        "Montant ",
        "3\u202f950\u202f000\u00a0€",
        "",
        "Opération  Total",
        "Montant  42\u00a0%",
    ]


def test_rows_of_different_lengths_are_filled_up():
    assert lines("<table><tr><th>A</th><th>B</th></tr><tr><td>un</td></tr></table>") == ["A   B", "──  ─", "un"]


def test_strong_words_headings_and_addresses_look_different():
    [text] = list(drawn('<h2>La <em>fête</em> <a href="https://a.example/x">ici</a></h2>', 60))
    assert [(text.plain[span.start : span.end], span.style) for span in text.spans if span.style] == [
        ("La ", "bold"),
        ("fête", "italic"),
        (" ", "bold"),
        ("ici", "bold"),
        (" (https://a.example/x)", "dim"),
    ]


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<ul>",
        "<li>",
        "</ul>",
        "<ol>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<blockquote>",
        "<b>",
        "<br>",
        "<hr>",
        "<a\thref=https://a.example>",
    ]
)


@given(st.lists(PIECES | st.text(max_size=30), max_size=25), st.integers(20, 80))
def test_any_html_is_drawn_within_the_width(pieces, width):
    assert all(cell_len(line) <= width for line in lines("".join(pieces), width))
