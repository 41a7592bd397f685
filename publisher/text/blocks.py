"""Markdown as the officer writes it, read once into blocks of plain text and into HTML for pages and mails."""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from publisher.text.patterns import late

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FIRST_LEVEL = 2  # the title of the page is the only h1
LAST_LEVEL = 6
BULLET = "–"
_QUOTED = ("«", "“", '"')
_DASHES = ("–", "—", "-")
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}

_LONGEST_HEADING = 80
_SENTENCE_END = late(r"[.!?…:;,][*_»\u00a0\u202f ]*$")

_NAME = late(r"(?:(?:M\.|Mme|Dr)[ \u00a0])?[^\W\d_a-zà-öø-ÿ][\w’'-]+(?:[ \u00a0](?:d[eu][ \u00a0]|d’)?[^\W\d_a-zà-öø-ÿ][\w’'-]+){1,3}")

# "2019. Une année…" opens a sentence, not a list that starts at 2019
_YEAR_AS_NUMBER = late(r"^([ ]{0,3}[0-9]{3,9})([.)])(?=[ \t\u00a0])", re.MULTILINE)


class Kind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    TABLE = "table"
    QUOTE = "quote"
    CODE = "code"


class Line(NamedTuple):
    """A paragraph, a list item or a table row: its words, the same with the addresses that its links hide, those addresses."""

    words: str
    complete: str
    marker: str = ""
    addresses: tuple[str, ...] = ()


class Block(NamedTuple):
    """A part of the body that stands on its own; `level` is the HTML level of a heading."""

    kind: Kind
    lines: tuple[Line, ...]
    level: int = 0

    @property
    def words(self) -> str:
        """Its plain text without markers, one line of text per line."""
        return "\n".join(line.words for line in self.lines)

    @property
    def text(self) -> str:
        """Its plain text for reading: markers of lists, addresses of links; paragraphs of a quotation stand apart."""
        between = "\n\n" if self.kind is Kind.QUOTE else "\n"
        return between.join(f"{line.marker} {line.complete}" if line.marker else line.complete for line in self.lines)


class Document:
    """A parsed text; what is not asked for is not computed."""

    def __init__(self, tokens: "list[Token]", change: Callable[[str], str] = str) -> None:
        self._tokens = tokens
        self._change = change

    def changed(self, change: Callable[[str], str]) -> "Document":
        """Return the same document with its text changed, not parsed again: the change must leave mark-up alone."""
        return Document(self._tokens, change)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in their order."""
        return tuple(_block(kind, inside, self._change) for kind, inside in _top_level(self._tokens))

    @cached_property
    def html(self) -> str:
        """The HTML, not yet sanitised: mark-up typed by hand is text in it, images are their description."""
        parser = _parser()
        return self._change(str(parser.renderer.render(self._tokens, parser.options, {})))


def read(markdown: str) -> Document:
    """Parse Markdown (CommonMark and tables): no HTML inside, no code by indentation, headings from level 2 without gaps."""
    tokens = _parser().parse(_YEAR_AS_NUMBER.sub(r"\1\\\2", markdown))
    _promote(tokens)
    _set_levels(tokens)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    return Document(tokens)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("code")
    # a page or a mail that fetches an image from elsewhere would tell that place who reads it
    parser.add_render_rule("image", lambda _self, tokens, index, *_rest: _escape(tokens[index].content))
    return parser


def _escape(text: str) -> str:
    from markdown_it.common.utils import escapeHtml

    return escapeHtml(text)


def _promote(tokens: "list[Token]") -> None:
    """Make headings of the short lines in bold or in capitals that stand for one, above a paragraph, a list or a table."""
    deepest = max((token.tag for token in tokens if token.type == "heading_open"), default="h2")
    for place in range(len(tokens) - 3):
        opening, inline, closing, following = tokens[place : place + 4]
        if opening.type != "paragraph_open" or opening.level or following.type in {"heading_open", "hr"}:
            continue
        children = inline.children or []
        if _stands_for_heading(inline.content, children):
            opening.type, closing.type = "heading_open", "heading_close"
            opening.tag = closing.tag = deepest
            inline.children = [child for child in children if not child.type.startswith("strong_")]


def _stands_for_heading(text: str, children: "Sequence[Token]") -> bool:
    if len(text) > _LONGEST_HEADING or _SENTENCE_END.search(text):
        return False
    parts = [child.type for child in children if child.content or child.type != "text"]
    bold = [place for place, part in enumerate(parts) if part in {"strong_open", "strong_close"}]
    return bold == [0, len(parts) - 1] or (text.isupper() and len(text.split()) > 1 and text[0].isalpha())


def _set_levels(tokens: "list[Token]") -> None:
    """Count the headings' levels from h2, in the order of their own, never skipping one on the way down."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    ranks = {tag: FIRST_LEVEL + rank for rank, tag in enumerate(sorted({token.tag for token in headings}))}
    above = FIRST_LEVEL - 1
    for opening, closing in zip(headings[::2], headings[1::2], strict=True):
        above = min(ranks[opening.tag], above + 1, LAST_LEVEL)
        opening.tag = closing.tag = f"h{above}"


_KINDS = {
    "paragraph_open": Kind.PARAGRAPH,
    "heading_open": Kind.HEADING,
    "bullet_list_open": Kind.LIST,
    "ordered_list_open": Kind.LIST,
    "table_open": Kind.TABLE,
    "blockquote_open": Kind.QUOTE,
    "fence": Kind.CODE,
}


def _top_level(tokens: "Sequence[Token]") -> "Iterator[tuple[Kind, Sequence[Token]]]":
    """Yield each block that holds text with its tokens; rules say nothing and are left aside."""
    start = 0
    for end, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            kind = _KINDS.get(tokens[start].type)
            if kind:
                yield kind, tokens[start:end]
            start = end


def _block(kind: Kind, tokens: "Sequence[Token]", change: Callable[[str], str]) -> Block:
    level = int(tokens[0].tag[1:]) if kind is Kind.HEADING else 0
    lines = (line._replace(words=change(line.words), complete=change(line.complete)) for line in _lines(kind, tokens))
    return Block(kind, tuple(lines), level)


def _lines(kind: Kind, tokens: "Sequence[Token]") -> Iterator[Line]:
    if kind is Kind.LIST:
        yield from _items(tokens)
    elif kind is Kind.TABLE:
        yield from _rows(tokens)
    elif kind is Kind.CODE:
        code = tokens[0].content.rstrip("\n")
        yield Line(code, code)
    elif kind is Kind.QUOTE:
        yield from _quotation([line for token in tokens if token.type == "inline" for line in _speech(token.children or [])])
    else:
        yield from (_inline(token.children or []) for token in tokens if token.type == "inline")


def _speech(children: "Sequence[Token]") -> Iterator[Line]:
    """Yield what was said, and apart from it the line that names who spoke."""
    for place in range(len(children) - 2, 0, -1):
        if children[place].type in _BREAKS and children[place + 1].content.startswith(_DASHES):
            yield _inline(children[:place])
            yield _inline(children[place + 1 :])
            return
    yield _inline(children)


def _quotation(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines with guillemets where only the mark-up said that these are somebody's words; who spoke stands without."""
    has_marks = any(line.words.startswith(_QUOTED) for line in lines)
    for number, line in enumerate(lines):
        speaks = line.words.startswith(_DASHES) or (number > 0 and number == len(lines) - 1 and _names_speaker(line.words))
        yield line if has_marks or speaks else line._replace(words=f"«\u00a0{line.words}\u00a0»", complete=f"«\u00a0{line.complete}\u00a0»")


def _names_speaker(words: str) -> bool:
    """Tell whether the last line of a quotation is a name with an office: « Jeanne Martin, maire de Valmont »."""
    name, comma, _ = words.partition(",")
    return bool(comma) and len(words) <= _LONGEST_HEADING and not words.endswith((".", "!", "?", "…", ",")) and bool(_NAME.fullmatch(name))


def _items(tokens: "Sequence[Token]") -> Iterator[Line]:
    """Yield the items of a list, those of inner lists after the one that holds them."""
    item: list[Line] = []
    marker = BULLET
    for token in tokens:
        if token.type == "list_item_open":
            if item:
                yield _joined(item, " ", marker)
            item, marker = [], f"{token.info}{token.markup}" if token.info else BULLET
        elif token.type == "inline":
            item.append(_inline(token.children or []))
    if item:
        yield _joined(item, " ", marker)


def _rows(tokens: "Sequence[Token]") -> Iterator[Line]:
    """Yield the rows of a table: "name: value" for two columns, for more cells with dashes between, or points if they hold dashes."""
    rows: list[list[Line]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token.children or []))
    dashed = any(f" {dash} " in cell.words.replace("\u00a0", " ") for row in rows for cell in row for dash in _DASHES)
    for row in rows:
        between = "\u00a0: " if len(row) == 2 else " · " if dashed else f" {BULLET} "  # noqa: PLR2004 - two columns
        yield _joined([cell for cell in row if cell.words], between)


def _joined(parts: Sequence[Line], between: str, marker: str = "") -> Line:
    addresses = tuple(address for part in parts for address in part.addresses)
    return Line(between.join(part.words for part in parts), between.join(part.complete for part in parts), marker, addresses)


def _inline(children: "Sequence[Token]") -> Line:
    words, complete = "", ""
    addresses: list[str] = []
    link, start = "", 0
    for child in children:
        if child.type == "link_open":
            link, start = str(child.attrGet("href") or ""), len(words)
        elif child.type == "link_close":
            if hidden := _hidden(link, words[start:]):
                complete += f" ({hidden})"
                addresses.append(hidden)
        else:
            text = _BREAKS.get(child.type, child.content)
            words, complete = words + text, complete + text
    return Line(words, complete, addresses=tuple(addresses))


def _hidden(link: str, words: str) -> str:
    """Return the address of a link if its words do not already show it."""
    address = link.removeprefix("mailto:")
    if link.startswith("tel:") or bare_address(address) in {bare_address(words), ""}:
        return ""
    return address


def bare_address(address: str) -> str:
    """Return an address without what people leave out when they write it: two that agree are the same."""
    return re.sub(r"^(https?://)?(www\.)?|/$", "", address.lower())
