"""Takes Markdown marks off the lines that intake places: nothing but words is compared or kept."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from publisher.text.patterns import late

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BLOCK_MARKS = late(
    r"^[ \t\u00a0]*(?:>[ \t]*)?(?:#{1,6}[ \t\u00a0]+|#{2,6}(?=[^#\s])|[-*+•–—][ \t\u00a0]+(?=\S))?|[ \t\u00a0]+#*[ \t\u00a0]*$"
)
_CODE = late(
    r"^[ ]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+(?>(?:\n(?![ ]{0,3}(?P=fence))[^\n]*+)*)\n[ ]{0,3}(?P=fence)[^\n]*+|(?<!`)`[^`\n]++`(?!`)",
    re.MULTILINE,
)
_EMPHASIS = late(r"\*+|(?<!\w)_+|_+(?!\w)")
_ESCAPE = late(r"\\([!-/:-@\[-`{-~])|\\$")


def bare(line: str) -> str:
    """Return one line without marks of heading, list, quotation and emphasis; links stay as they are."""
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub("", _BLOCK_MARKS.sub("", line))).strip(" \t\u00a0\u202f")


def plain(markdown: str) -> str:
    """Return the words of a short inline text on one line: emphasis, code marks and links taken off."""
    words = "".join(_words(token) for token in _tokens(markdown))
    return re.sub(r" {2,}", " ", words).strip(" ")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return the text changed outside fenced blocks and spans of code."""
    pieces, done = [], 0
    for code in _CODE.finditer(text):
        pieces += [change(text[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*pieces, change(text[done:])])


def addresses(markdown: str) -> list[tuple[str, str]]:
    """Return the links of a short inline text as (address, words)."""
    found: list[tuple[str, str]] = []
    target, words = "", ""
    for token in _tokens(markdown):
        if token.type == "link_open":
            target, words = str(token.attrGet("href")), ""
        elif token.type == "link_close":
            found.append((target, words))
        else:
            words += _words(token)
    return found


def is_wholly(markdown: str, *marks: str) -> bool:
    """Tell whether every letter and digit of a short inline text stands inside one of the marks ("strong", "em")."""
    depth, inside = 0, False
    for token in _tokens(markdown):
        if token.type.removesuffix("_open").removesuffix("_close") in marks:
            depth += token.nesting
        elif any(char.isalnum() for char in _words(token)):
            if not depth:
                return False
            inside = True
    return inside


def has_more_than_words(markdown: str) -> bool:
    """Tell whether a short inline text holds a link, an image or code, which plain words would lose."""
    return any(token.type in {"link_open", "image", "code_inline"} for token in _tokens(markdown))


def _words(token: "Token") -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content


def _tokens(markdown: str) -> "list[Token]":
    lines = (line.strip(" \t") for line in markdown.split("\n"))
    return _parser().parseInline("\n".join(lines))[0].children or []


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
