"""HTML made safe by an allow-list before it reaches a page or a mail: nothing that runs, nothing that fetches, nothing that hides."""

import re
from collections.abc import Collection
from html import unescape
from itertools import count

from publisher.text.patterns import late

_TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br caption cite code dd dl dt em h2 h3 h4 h5 h6 hr i li ol p pre q s strong sub sup
        table tbody td tfoot th thead tr ul""",
    )
)
_ATTRIBUTES = {"*": {"lang"}, "a": {"href"}, "abbr": {"title"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "scope"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FIRST_LEVEL = re.compile(r"(</?)h1\b", re.IGNORECASE)
NUMBER = "number"
"""The class of cells in a column of numbers; style sheets align it to the right."""

# In sanitised HTML no < or > stands inside an attribute: the sanitiser writes both as entities (tested).
_TABLE = late(r"<table\b.*?</table>", re.DOTALL)
_ROW = late(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = late(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_TAG = late(r"<[^>]*>")
_NOTHING = {"", "-", "–", "—"}
_UNIT = "%|€|k€|M€|Md€|euros?|h|m|m²|km|ha|kg|t"
_NUMBER = late(rf"[+−-]?[0-9]{{1,3}}(?:[\s.]?[0-9]{{3}}){{0,4}}(?:[.,][0-9]{{1,4}})?(?:\s?(?:{_UNIT}))?")
_BLOCK_END = late(r"</(?:p|li|h[2-6]|tr|blockquote|pre|dd|dt|caption)>|<br ?/?>")


def sanitised(html: str) -> str:
    """Return the HTML with only the allowed elements, attributes and kinds of address; the title stays the only h1."""
    import nh3

    lowered = _FIRST_LEVEL.sub(r"\1h2", html)
    clean = nh3.clean(lowered, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    # a plain character reads the same everywhere, also where entities are shown as they are
    return _TABLE.sub(_with_numbers, clean.replace("&nbsp;", "\u00a0").strip("\n"))


def _with_numbers(table: re.Match[str]) -> str:
    """Return the table with the cells marked of each column that holds numbers only: they are compared by their last figures."""
    if "<table" in table[0][1:] or "span=" in table[0]:
        return table[0]
    numbers, others = set[int](), set[int]()
    for row in _ROW.findall(table[0]):
        for column, (kind, _, cell) in enumerate(_CELL.findall(row)):
            said = unescape(_TAG.sub("", cell)).strip()
            if kind == "td" and said not in _NOTHING:
                (numbers if _NUMBER.fullmatch(said) else others).add(column)
    return _ROW.sub(lambda row: _marked(row[0], numbers - others), table[0])


def _marked(row: str, columns: Collection[int]) -> str:
    """Return the row with the class of numbers on the cells of these columns."""
    place = count()

    def cell(found: re.Match[str]) -> str:
        is_marked = next(place) in columns
        return f'<{found[1]}{found[2]} class="{NUMBER}">{found[3]}</{found[1]}>' if is_marked else found[0]

    return _CELL.sub(cell, row)


def words(html: str) -> str:
    """Return the plain text of sanitised HTML, one line per block: for checks, not for reading."""
    import nh3

    return unescape(nh3.clean(_BLOCK_END.sub("\n", html), tags=set()))
