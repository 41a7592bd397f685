"""Markdown becomes blocks of plain words, and HTML in which nothing typed by hand is mark-up."""

import pytest

from publisher.text.blocks import Block, Kind, Line, bare_address, read


def line(words: str, complete: str | None = None, marker: str = "") -> Line:
    return Line(words, complete or words, marker)


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("", ()),
        ("Un *mot* **fort** et `code`.", (Block(Kind.PARAGRAPH, (line("Un mot fort et code."),)),)),
        ("Une ligne\ncoupée.", (Block(Kind.PARAGRAPH, (line("Une ligne coupée."),)),)),
        ("Une rue\\\nune ville", (Block(Kind.PARAGRAPH, (line("Une rue\nune ville"),)),)),
        ("    quatre espaces ne sont pas du code", (Block(Kind.PARAGRAPH, (line("quatre espaces ne sont pas du code"),)),)),
        ("2019. Une année pleine", (Block(Kind.PARAGRAPH, (line("2019. Une année pleine"),)),)),
        ("### Programme", (Block(Kind.HEADING, (line("Programme"),), 2),)),
        ("- un\n- deux", (Block(Kind.LIST, (line("un", marker="–"), line("deux", marker="–"))),)),
        ("3. un\n4. deux", (Block(Kind.LIST, (line("un", marker="3."), line("deux", marker="4."))),)),
        ("- un\n\n  suite\n- ", (Block(Kind.LIST, (line("un suite", marker="–"),)),)),
        ("- un\n  1. a\n  2. b", (Block(Kind.LIST, (line("un", marker="–"), line("a", marker="1."), line("b", marker="2."))),)),
        ("| Tarif | Prix |\n|---|--:|\n| Plein | 9 € |", (Block(Kind.TABLE, (line("Tarif\u00a0: Prix"), line("Plein\u00a0: 9 €"))),)),
        ("| A | B | C |\n|-|-|-|\n| 1-2 | | 3 |", (Block(Kind.TABLE, (line("A – B – C"), line("1-2 – 3"))),)),
        ("> Merci.", (Block(Kind.QUOTE, (line("«\u00a0Merci.\u00a0»"),)),)),
        ("| A | B | C |\n|-|-|-|\n| 1-2 | 8 h – 9 h | 3 |", (Block(Kind.TABLE, (line("A · B · C"), line("1-2 · 8 h – 9 h · 3"))),)),
        (
            "> Merci\n> à tous.\n> — Ada Morel,\n> maire",
            (Block(Kind.QUOTE, (line("«\u00a0Merci à tous.\u00a0»"), line("— Ada Morel, maire"))),),
        ),
        ("> « Merci. »\n>\n> — Ada Morel", (Block(Kind.QUOTE, (line("« Merci. »"), line("— Ada Morel"))),)),
        ("```\nune ligne\n```", (Block(Kind.CODE, (line("une ligne"),)),)),
        ("un\n\n***\n\ndeux", (Block(Kind.PARAGRAPH, (line("un"),)), Block(Kind.PARAGRAPH, (line("deux"),)))),
        ("![Le pont](http://ailleurs.example/pont.png)", (Block(Kind.PARAGRAPH, (line("Le pont"),)),)),
        ("Un <b>mot</b>", (Block(Kind.PARAGRAPH, (line("Un <b>mot</b>"),)),)),
    ],
)
def test_blocks_hold_plain_words(markdown, blocks):
    assert read(markdown).blocks == blocks


@pytest.mark.parametrize(
    ("markdown", "complete"),
    [
        ("[la page](https://ville.example/fete)", "la page (https://ville.example/fete)"),
        ("[www.Ville.example](http://www.ville.example/)", "www.Ville.example"),
        ("<https://ville.example/a>", "https://ville.example/a"),
        ("[nous écrire](mailto:presse@ville.example)", "nous écrire (presse@ville.example)"),
        ("<presse@ville.example>", "presse@ville.example"),
        ("[01 99 00 12 34](tel:+33199001234)", "01 99 00 12 34"),
        ("[vide]()", "vide"),
    ],
)
def test_the_address_of_a_link_is_shown_where_its_words_hide_it(markdown, complete):
    assert [each.complete for each in read(markdown).blocks[0].lines] == [complete]


def test_the_text_of_a_block_has_markers_and_addresses():
    block = read("- [un](https://ville.example)\n- deux").blocks[0]
    assert (block.text, block.words) == ("– un (https://ville.example)\n– deux", "un\ndeux")


def test_paragraphs_of_a_quotation_stand_apart():
    assert read("> Un.\n>\n> Deux.").blocks[0].text == "«\u00a0Un.\u00a0»\n\n«\u00a0Deux.\u00a0»"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("> « Un.\n>\n> Deux. »\n>\n> Ada Morel, maire", "« Un.\n\nDeux. »\n\nAda Morel, maire"),
        ("> Un.\n>\n> Mme Ada de Morel, maire", "«\u00a0Un.\u00a0»\n\nMme Ada de Morel, maire"),
        ("> Un.\n>\n> Valmont, enfin.", "«\u00a0Un.\u00a0»\n\n«\u00a0Valmont, enfin.\u00a0»"),
        ("> Ada Morel, maire", "«\u00a0Ada Morel, maire\u00a0»"),
    ],
)
def test_guillemets_are_added_once_and_not_around_who_spoke(typed, shown):
    assert read(typed).blocks[0].text == shown


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([1], [2]),
        ([3, 3], [2, 2]),
        ([1, 3, 6], [2, 3, 4]),
        ([2, 4, 2, 4], [2, 3, 2, 3]),
        ([4, 2, 3, 4], [2, 2, 3, 4]),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_never_skip_a_level_below_the_title(levels, expected):
    document = read("\n\n".join(f"{'#' * level} Titre" for level in levels))
    assert [block.level for block in document.blocks] == expected
    assert document.html == "".join(f"<h{level}>Titre</h{level}>\n" for level in expected)


def test_html_of_tables_says_what_a_column_is():
    html = read("| Tarif |\n|---|\n| Plein |").html
    assert (
        html
        == '<table>\n<thead>\n<tr>\n<th scope="col">Tarif</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>Plein</td>\n</tr>\n</tbody>\n</table>\n'
    )


def test_html_shows_typed_mark_up_as_text_and_fetches_no_image():
    html = read('<script>x</script> ![<i>](http://a.example/"b.png)').html
    assert html == "<p>&lt;script&gt;x&lt;/script&gt; &lt;i&gt;</p>\n"


def test_a_link_that_runs_something_stays_text():
    assert read("[ici](javascript:alert(1))").html == "<p>[ici](javascript:alert(1))</p>\n"


def test_addresses_agree_however_people_write_them():
    assert len({bare_address(text) for text in ("https://www.Ville.example/", "www.ville.example", "ville.example")}) == 1


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        ("**Que faire**\n\nMontez.", ["heading", "paragraph"]),
        ("COUPURES D’EAU\n\nTrois coupures.", ["heading", "paragraph"]),
        ("**Numéros utiles**\n\n- 18", ["heading", "list"]),
        ("**Que faire :**\n\n- Monter", ["paragraph", "list"]),
        ("**Montez vite !**\n\nMerci.", ["paragraph", "paragraph"]),
        ("**Que** faire **vite**\n\nMontez.", ["paragraph", "paragraph"]),
        ("URGENT\n\nMontez.", ["paragraph", "paragraph"]),
        ("Fin.\n\n**Entrée libre**", ["paragraph", "paragraph"]),
        ("**Un**\n\n## Deux\n\nTrois.", ["paragraph", "heading", "paragraph"]),
        (f"**{'long ' * 20}**\n\nTrois.", ["paragraph", "paragraph"]),
        ("- **Un**\n\n  Deux.", ["list"]),
    ],
)
def test_a_short_line_in_bold_or_capitals_is_the_heading_it_stands_for(markdown, kinds):
    assert [block.kind for block in read(markdown).blocks] == kinds


def test_a_bold_line_takes_the_level_of_the_deepest_headings():
    document = read("# Un\n\na\n\n### Deux\n\nb\n\n**Trois**\n\nc")
    assert [block.level for block in document.blocks if block.level] == [2, 3, 3]
    assert "<h3>Trois</h3>" in document.html
