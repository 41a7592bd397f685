"""The allow-list of HTML."""

from collections.abc import Sequence

import pytest

from publisher.pipeline.html import sanitised, words


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>Un\u00a0mot &amp; <em>deux</em></p>", "<p>Un\u00a0mot &amp; <em>deux</em></p>"),
        ("<h1>Titre</h1><H1 class='x'>Bis</H1>", "<h2>Titre</h2><h2>Bis</h2>"),
        ("<p onclick='x()' style='color:red' id='a' lang='en'>Oui</p>", '<p lang="en">Oui</p>'),
        ("<script>alert(1)</script><style>p{}</style>Oui<!-- non -->", "Oui"),
        ("<a href='javascript:x()'>a</a><a href='data:text/html,x'>b</a>", "<a>a</a><a>b</a>"),
        ("<a href='tel:+33199001234' target='_blank'>a</a>", '<a href="tel:+33199001234">a</a>'),
        ("<img src='http://a.example/p.png' onerror='x()'><iframe src='//a'></iframe><svg><script>x</script></svg>", ""),
        ("<form action='//a'><input name='x'>Nom</form>", "Nom"),
        ('<table><tr><th scope="col" onclick="x">A</th></tr></table>', '<table><tbody><tr><th scope="col">A</th></tr></tbody></table>'),
        ("<p>non fermé", "<p>non fermé</p>"),
    ],
)
def test_only_what_is_allowed_remains(html, clean):
    assert sanitised(html) == clean


def test_words_stand_one_block_per_line():
    assert words("<h2>Un</h2><p>Deux &amp; <b>trois</b><br>quatre</p>") == "Un\nDeux & trois\nquatre\n"


def table(*columns: Sequence[str]) -> str:
    head, *rows = zip(*columns, strict=True)
    lines = [f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"]
    lines += [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    return f"<table><thead>{lines[0]}</thead><tbody>{''.join(lines[1:])}</tbody></table>"


NUMBERS = (
    ("Coût", "12\u00a0000\u00a0€", "3,5\u202fM€", "–"),
    ("Part", "12 %", "<strong>3,5 %</strong>", ""),
    ("Écart", "-3", "+12", "−1 200"),
    ("Année", "2025", "2026", "2027"),
)
OTHERS = (
    ("Places", "640", "complet", "12"),
    ("Téléphone", "01 99 00 12 34", "01 99 00 12 35", "01 99 00 12 36"),
    ("Jour", "3 mai", "4 mai", "5 mai"),
    ("Heure", "8 h 30", "9 h", "10 h"),
    ("Rien", "", "–", ""),
)
PLACES = ("Lieu", "Nord", "Sud", "Est")


@pytest.mark.parametrize("column", NUMBERS, ids=lambda column: column[0])
def test_a_column_of_numbers_is_marked_to_be_aligned_by_its_last_figures(column: tuple[str, ...]) -> None:
    marked = plain = table(PLACES, column)
    for kind, cells in (("th", column[:1]), ("td", column[1:])):
        for cell in cells:
            marked = marked.replace(f"<{kind}>{cell}</{kind}>", f'<{kind} class="number">{cell}</{kind}>')
    assert sanitised(plain) == marked
    assert sanitised(marked) == marked


@pytest.mark.parametrize("column", OTHERS, ids=lambda column: column[0])
def test_other_columns_are_not(column: tuple[str, ...]) -> None:
    assert sanitised(table(PLACES, column)) == table(PLACES, column)


def test_a_table_whose_columns_are_not_plain_stays_as_it_is() -> None:
    spanned = '<table><tbody><tr><td colspan="2">1</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>'
    assert sanitised(spanned) == spanned


def test_no_class_comes_in_and_one_that_was_there_keeps_no_number_from_being_aligned() -> None:
    assert "class" not in sanitised('<table><tr><td class="number x">Oui</td><td class="x">Non</td></tr></table>')
    pasted = '<table><tbody><tr><td class="xl65">5</td></tr></tbody></table>'
    assert sanitised(pasted) == '<table><tbody><tr><td class="number">5</td></tr></tbody></table>'


def test_no_tag_begins_or_ends_inside_an_attribute() -> None:
    told = """<table><tbody><tr><td lang="a></td><td>b<script>">5</td></tr></tbody></table>"""
    assert sanitised(told) == (
        """<table><tbody><tr><td lang="a&gt;&lt;/td&gt;&lt;td&gt;b&lt;script&gt;" class="number">5</td></tr></tbody></table>"""
    )
