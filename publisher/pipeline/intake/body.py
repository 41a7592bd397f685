"""The body of a communiqué: what no step has taken, in its order, as tidy Markdown."""

from collections.abc import Iterator
from itertools import pairwise

from publisher.pipeline.intake import lines
from publisher.pipeline.intake.source import BLANK, BULLETS, Block, Kind
from publisher.text.patterns import late

TOP_LEVEL = 2
DEEP_LEVEL = 3
_BULLET = late(rf"([ \t]*)(?:[{BULLETS}][ \t\u00a0]+|[•\uf0b7](?=\w)|o\t)")
_DASH = late(r"([ \t]*)[–—][ \t\u00a0]+")
_BULLET_OR_DASH = late(rf"([ \t]*)(?:[{BULLETS}–—][ \t\u00a0]+|[•\uf0b7](?=\w)|o\t)")
_MARKED_TWICE = late(rf"^([ \t]*[-*+][ \t])[ \t\u00a0]*[{BULLETS}–—][ \t\u00a0]+(?=\S)")  # pasted from a list into a list
_ITEM = late(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]")
_SPEAKER = late(r"[ \t]*>[ \t]*(?P<dash>--?|–|—)[ \t\u00a0]+")
_INNER = late(r"^[ \t]*o[ \t\u00a0]+(?=\S)")  # the second level of word processors
_SECTION = late(r"[ ]{0,3}(?:[0-9]{1,2}|[IVX]{1,5})[ ]?(?:[.)°/]|[.)]?[ ]?[–—-])[ \t\u00a0–—-]+[^\W_].*[^.;,!…: ]")
_FEWEST_SECTIONS = 2
_LONGEST_SECTION = 100
_FEWEST_DASHES = 2  # one line that begins with a dash may be an aside or a reply


def compose(blocks: list[Block]) -> str:
    """Return the body; sub-headings become levels 2 and 3, typed bullets (•, –) become lists, rules at the edges go."""
    kept = [index for index, block in enumerate(blocks) if block.kind is not Kind.RULE]
    blocks = _with_numbered_headings(_whole(blocks[kept[0] : kept[-1] + 1] if kept else []))
    top = min((block.level for block in blocks if block.kind is Kind.HEADING), default=TOP_LEVEL)
    return "\n\n".join(_text(block, top) for block in blocks).rstrip(" \t\n")


def _whole(blocks: list[Block]) -> list[Block]:
    """Put together again what was parted in the middle of a paragraph and where nothing was taken out."""
    whole: list[Block] = []
    for block in blocks:
        if whole and block.continues and whole[-1].kind is block.kind and whole[-1].end + 1 == block.line:
            whole[-1] = whole[-1]._replace(lines=(*whole[-1].lines, *block.lines))
        else:
            whole.append(block)
    return whole


def _with_numbered_headings(blocks: list[Block]) -> list[Block]:
    """Make headings of the numbered lines that each stand above a paragraph (« 1. Les impôts »), if there are several."""
    found = [index for index, (block, below) in enumerate(pairwise(blocks)) if _is_numbered(block) and below.kind is Kind.PARAGRAPH]
    if len(found) < _FEWEST_SECTIONS or any(_is_numbered(blocks[index + 1]) for index in found):
        return blocks
    level = max((block.level for block in blocks if block.kind is Kind.HEADING), default=TOP_LEVEL)
    headings = {index: blocks[index]._replace(kind=Kind.HEADING, level=level, words=blocks[index].text.strip(BLANK)) for index in found}
    return [headings.get(index, block) for index, block in enumerate(blocks)]


def _is_numbered(block: Block) -> bool:
    line = block.lines[0]
    return (
        block.kind in {Kind.PARAGRAPH, Kind.OTHER}
        and len(block.lines) == 1
        and len(line) <= _LONGEST_SECTION
        and bool(_SECTION.fullmatch(line))
    )


def _text(block: Block, top: int) -> str:
    if block.kind is Kind.RULE:
        return "---"
    if block.kind is Kind.HEADING:
        level = TOP_LEVEL if block.level == top else DEEP_LEVEL
        return f"{'#' * level} {' '.join(line.strip(BLANK) for line in block.words.split(chr(10)))}"
    if block.kind is Kind.CODE:
        return block.text
    return _list_or_paragraph(block)


def _list_or_paragraph(block: Block) -> str:
    dashes = sum(1 for line in block.lines if _DASH.match(line))
    typed = _BULLET if dashes < _FEWEST_DASHES else _BULLET_OR_DASH
    written = [_MARKED_TWICE.sub(r"\1", typed.sub(r"\1- ", line, count=1) if typed.match(line) else line) for line in block.lines]
    if any(map(_ITEM.match, written)):
        written = [_INNER.sub("  - ", line) for line in written]
    items = [index for index, line in enumerate(written) if _ITEM.match(line)]
    if written[0].lstrip().startswith(">"):
        return "\n".join(_with_speaker_apart(written))
    if block.kind is Kind.PARAGRAPH and not items:
        return lines.joined(written)
    if not items:
        return "\n".join(_below_table(written))
    above, below = written[: items[0]], lines.parted_items(written[items[0] :])
    return "\n\n".join(filter(None, [lines.joined(above), "\n".join(below)]))


def _below_table(rows: list[str]) -> Iterator[str]:
    """Yield the rows of a table, a blank line in front of what stands right below: it is no row."""
    for above, row in pairwise(["", *rows]):
        if above.lstrip().startswith("|") and "|" not in row:
            yield ""
        yield row


def _with_speaker_apart(quoted: list[str]) -> list[str]:
    """Put the last line of a quotation, if it begins with a dash, apart: it names who spoke (`> – Name`)."""
    speaker = _SPEAKER.match(quoted[-1])
    if not speaker or len(quoted) == 1 or _SPEAKER.match(quoted[-2]):
        return quoted
    dash = "—" if speaker["dash"] == "—" else "–"
    return [*quoted[:-1], ">", f"> {dash} {quoted[-1][speaker.end() :]}"]
