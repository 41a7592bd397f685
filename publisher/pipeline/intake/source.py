"""Cuts the text of a communiqué into blocks that intake can place one by one; nothing is rewritten here."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from publisher.pipeline.intake import banners, contacts, datelines, restrictions
from publisher.text import sentences
from publisher.text.patterns import late

BLANK = " \t\u00a0\u202f"
# Numbers are bounded and quantifiers unambiguous: the time is linear in the text.
_FENCE = late(r" {0,3}(`{3,}|~{3,})")
# « ##Titre » is a heading typed in haste, « #Titre » a hashtag.
_HEADING = late(r" {0,3}(#{1,6}(?=[ \t\u00a0]|$)|#{2,6}(?=[^#\s]))")
_UNDERLINE = late(r" {0,3}(?:(?P<first>={2,})|-{2,})[ \t]*$")
_RULE = late(r"[ \t\u00a0]*(?:[-–—_*=~•·][ \t\u00a0]*){3,}$")
BULLETS = "•▪◦‣·●○■□▸►▶➢➤✓✔❖◆∙⁃\uf0b7\uf0a7\uf0d8\uf0fc"
"""Signs that people and word processors put in front of the items of a list (the last four are those of its own fonts)."""
_OPENS_OTHER = late(rf" {{0,3}}(?:[-*+{BULLETS}–—][ \t\u00a0]|[•\uf0b7](?=\w)|o\t|[0-9]{{1,9}}[.)][ \t]|>|\|)")
_SENTENCE_END = late(r"[.!?…:;,»”]['*_)]*$")
_STOP_WITHIN = late(r"[.!?…\n](?=.)", re.DOTALL)
_LONGEST_HEADING = 250
# A file whose paragraphs are single long lines, as word processors write plain text.
_LONG_LINE = 120
_FEWEST_LINES = 3
# Banners and date lines stand at the edges of a document; looking for them everywhere would take their time everywhere.
_HEAD = 60
_TAIL = 40


class Kind(StrEnum):
    """What a block is made of."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    OTHER = "other"  # list, table, quotation
    CODE = "code"
    RULE = "rule"


class Block(NamedTuple):
    """Lines that stand together, verbatim; `line` is the number of the first one, `words` the text without heading marks.

    `continues`: it was parted from the block before, in the middle of a paragraph.
    """

    kind: Kind
    line: int
    lines: tuple[str, ...]
    level: int = 0
    words: str = ""
    continues: bool = False

    @property
    def text(self) -> str:
        """The block as the source has it."""
        return "\n".join(self.lines)

    @property
    def end(self) -> int:
        """The number of the last line."""
        return self.line + len(self.lines) - 1

    def part(self, start: int, stop: int | None = None) -> "Block":
        """Return the block of the lines from index `start` to before `stop`."""
        lines = self.lines[start:stop]
        return self._replace(line=self.line + start, lines=lines, words="\n".join(lines), continues=start > 0)


def cut(text: str) -> list[Block]:
    """Return the blocks of a text in order; a line that may be a banner, a date line or a contact is a block of its own."""
    lines = text.split("\n")
    one_by_one = _has_paragraph_per_line(lines)
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        block = _next(lines, at, blocks, one_by_one=one_by_one)
        if block:
            blocks += _parted(block, len(lines)) if block.kind is Kind.PARAGRAPH else [block]
        at = block.end if block else at + 1
    return blocks


def _has_paragraph_per_line(lines: list[str]) -> bool:
    written = "\n".join(lines).strip("\n").split("\n")
    return len(written) >= _FEWEST_LINES and all(line.strip(BLANK) for line in written) and any(len(line) > _LONG_LINE for line in written)


def _next(lines: list[str], at: int, before: list[Block], *, one_by_one: bool) -> Block | None:
    """Return the block that begins at index `at`, None for a blank line."""
    line = lines[at]
    if line[:1].isalpha():  # most lines: no mark to look for
        return _run(lines, at, before, one_by_one=one_by_one)
    if not line.strip(BLANK):
        return None
    if fence := _FENCE.match(line):
        return _code(lines, at, fence[1])
    if heading := _HEADING.match(line):
        return Block(Kind.HEADING, at + 1, (line,), len(heading[1]), _without_closing_marks(line[heading.end() :]))
    if _RULE.match(line):
        return Block(Kind.RULE, at + 1, (line,))
    return _run(lines, at, before, one_by_one=one_by_one)


def _without_closing_marks(words: str) -> str:
    words = words.strip(BLANK)
    opened = words.rstrip("#")
    return opened.rstrip(BLANK) if opened[-1:] in BLANK else words  # « C# » keeps its sign


def _code(lines: list[str], at: int, fence: str) -> Block:
    """Return the code block; a lone fence without words is a line that somebody drew."""
    end = at + 1
    while end < len(lines) and not lines[end].strip(BLANK).startswith(fence):
        end += 1
    if end == len(lines) and not any(char.isalnum() for char in lines[at]):
        return Block(Kind.RULE, at + 1, (lines[at],))
    return Block(Kind.CODE, at + 1, tuple(lines[at : end + 1]))


def _run(lines: list[str], at: int, before: list[Block], *, one_by_one: bool) -> Block:
    """Return the paragraph, list, table or quotation that begins at `at`; an underline makes its lines a heading."""
    kind = Kind.OTHER if _OPENS_OTHER.match(lines[at]) else Kind.PARAGRAPH
    end = at + 1
    while (
        end < len(lines) and _continues(lines[end]) and not (one_by_one and (kind is Kind.PARAGRAPH or not _OPENS_OTHER.match(lines[end])))
    ):
        end += 1
    found = tuple(lines[at:end])
    underline = _UNDERLINE.match(lines[end]) if end < len(lines) and kind is Kind.PARAGRAPH else None
    if underline and _may_be_heading("\n".join(found), before):
        level = 1 if underline["first"] else 2
        return Block(Kind.HEADING, at + 1, (*found, lines[end]), level, "\n".join(found))
    return Block(kind, at + 1, found, words="\n".join(found))


def _continues(line: str) -> bool:
    if line[:1].isalpha():
        return True
    return bool(line.strip(BLANK)) and not (_FENCE.match(line) or _HEADING.match(line) or _RULE.match(line) or _UNDERLINE.match(line))


def _may_be_heading(words: str, before: list[Block]) -> bool:
    """Tell a heading from a paragraph above a line of dashes that was meant to part two sections."""
    if len(words) > _LONGEST_HEADING or (_STOP_WITHIN.search(words) and len(sentences.split(words)) > 1):
        return False
    return not _SENTENCE_END.search(words) or not any(_is_running_text(block) for block in before)


def _is_running_text(block: Block) -> bool:
    return block.kind is Kind.HEADING or (block.kind is Kind.PARAGRAPH and bool(_SENTENCE_END.search(block.text)))


def _parted(block: Block, total: int) -> Iterator[Block]:
    """Yield a paragraph, parted around each line that may be placed apart; a contact takes the lines behind it along."""
    start = 0
    in_contact = False
    for index, line in enumerate(block.lines):
        opens = contacts.opens(line) and not banners.is_letterhead(line)
        if in_contact and (opens or not contacts.ends(line)):
            continue
        alone = not opens and _may_be_apart(line, block.line + index, total)
        if index > start and (opens or alone or in_contact):
            yield block.part(start, index)
            start = index
        in_contact = opens
        if alone:
            yield block.part(index, index + 1)
            start = index + 1
    if start < len(block.lines):
        yield block.part(start) if start else block


def _may_be_apart(line: str, number: int, total: int) -> bool:
    at_edge = number <= _HEAD or number > total - _TAIL
    return banners.may_be(line, at_edge=at_edge) or (at_edge and (datelines.recognise(line) is not None or restrictions.recognise(line)))
