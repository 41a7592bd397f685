"""A page in a terminal: headings in bold, lists with their marks, tables in columns, links with their addresses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import count
from typing import NamedTuple

from rich.text import Text

from publisher.cli.columns import columns
from publisher.cli.lines import broken, visible
from publisher.pipeline import html
from publisher.text.blocks import bare_address

BLOCKS = {"blockquote", "caption", "dd", "dl", "dt", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "ul"}
STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "cite": "italic"}
VOID = {"br", "hr"}
BULLET = "– "
QUOTE = "│ "
FARTHEST = 12
"""Columns that marks may take."""

_SPACES = re.compile(r"[ \t\r\n\f]+")


class Node(NamedTuple):
    """An element, with what stands in it."""

    tag: str
    attributes: Mapping[str, str | None]
    children: "list[Node | str]"

    def inside(self, *tags: str) -> "Iterator[Node]":
        """Yield the elements of these names in it, in order, not those inside another of them."""
        for child in self.children:
            if isinstance(child, Node):
                yield from [child] if child.tag in tags else child.inside(*tags)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table if it has `rows`; `lead` stands before its first line, `margin` before the others.

    `tight`: no empty line parts it from what stands above.
    """

    text: Text = field(default_factory=Text)
    rows: Sequence[Sequence[Text]] = ()
    lead: str = ""
    margin: str = ""
    tight: bool = False

    def within(self, lead: str, margin: str) -> "Block":
        """Return it farther to the right, as far as there is room for words."""
        return self if len(self.margin) >= FARTHEST else replace(self, lead=lead + self.lead, margin=margin + self.margin)

    def lines(self, width: int) -> Iterator[Text]:
        """Yield its lines, none wider than `width`."""
        room = width - len(self.margin)
        for number, line in enumerate(columns(self.rows, room) if self.rows else broken(self.text, room)):
            yield Text(self.margin if number else self.lead, no_wrap=True).append_text(line)


def drawn(page: str, width: int) -> Iterator[Text]:
    """Yield the lines of what the HTML of a page shows, none wider than `width`."""
    reader = _Reader()
    reader.feed(html.sanitised(page))
    reader.close()
    for number, block in enumerate(_flow(reader.root)):
        if number and not block.tight:
            yield Text()
        yield from block.lines(width)


class _Reader(HTMLParser):
    """Builds the tree of HTML whose elements are all closed in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {}, [])
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs), [])
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _flow(node: Node) -> Iterator[Block]:
    """Yield the blocks in an element; words that stand beside them are paragraphs of their own."""
    words: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str) or child.tag not in BLOCKS:
            words.append(child)
            continue
        yield from _paragraph(words)
        words = []
        yield from _block(child)
    yield from _paragraph(words, "bold" if node.tag in {"h2", "h3", "h4", "h5", "h6", "dt", "caption"} else "")


def _block(node: Node) -> Iterator[Block]:
    match node.tag:
        case "ul":
            yield from _items(node, (BULLET for _ in count()))
        case "ol":
            first = str(node.attributes.get("start") or 1)
            yield from _items(node, (f"{number}. " for number in count(int(first) if first.isdecimal() else 1)))
        case "blockquote":
            yield from (block.within(QUOTE, QUOTE) for block in _flow(node))
        case "table":
            yield from (block for caption in node.inside("caption") for block in _flow(caption))
            rows = [[_words(cell) for cell in row.inside("td", "th")] for row in node.inside("tr")]
            yield from [Block(rows=rows)] if any(rows) else []
        case "hr":
            yield Block(Text("* * *", "dim"))
        case _:
            yield from _flow(node)


def _items(node: Node, marks: Iterator[str]) -> Iterator[Block]:
    """Yield the items of a list, each with its mark, close to each other."""
    for number, (item, mark) in enumerate(zip(node.inside("li"), marks, strict=False)):
        for place, block in enumerate(_flow(item)):
            margin = " " * len(mark)
            yield replace(block.within(margin if place else mark, margin), tight=bool(number or place))


def _paragraph(words: Sequence[Node | str], style: str = "") -> Iterator[Block]:
    text = _words(Node("", {}, list(words)), style)
    if text:
        yield Block(text)


def _words(node: Node, style: str = "") -> Text:
    """Return the words in an element, on one line but for its line ends."""
    text = Text(no_wrap=True)
    _say(node, text, style)
    text.rstrip()
    return text


def _say(node: Node, text: Text, style: str) -> None:
    """Append the words in an element to the text."""
    start = len(text)
    for child in node.children:
        if isinstance(child, Node):
            _say(child, text, STYLES.get(child.tag, style))
            continue
        words = visible(_SPACES.sub(" ", child))
        text.append(words.lstrip(" ") if text.plain[-1:] in {"", " ", "\n"} else words, style)
    if node.tag == "br":
        text.append("\n")
    if node.tag == "a":
        text.append(_address(node.attributes.get("href") or "", text.plain[start:]), "dim")


def _address(url: str, words: str) -> str:
    """Return the address behind a link unless its words tell it; that of a telephone never says more."""
    kind, _, rest = url.partition(":")
    told = kind == "tel" or bare_address(rest if kind == "mailto" else url) == bare_address(words)
    return "" if told or not url else f" ({visible(url)})"
