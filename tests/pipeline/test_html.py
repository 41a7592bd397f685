"""The allow-list of HTML."""

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
