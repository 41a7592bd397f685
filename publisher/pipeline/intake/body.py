"""The body of a communiqué: what no step has taken, in its order, as tidy Markdown."""

from collections.abc import Iterator
from itertools import pairwise

from publisher.pipeline.intake import lines
from publisher.pipeline.intake.source import BLANK, Block, Kind
from publisher.text.patterns import late

TOP_LEVEL = 2
DEEP_LEVEL = 3
_BULLET = late(r"([ \t]*)[•▪◦‣·●○■][ \t\u00a0]+")
_DASH = late(r"([ \t]*)[–—][ \t\u00a0]+")
_BULLET_OR_DASH = late(r"([ \t]*)[•▪◦‣·●○■–—][ \t\u00a0]+")
_MARKED_TWICE = late(r"^([ \t]*[-*+][ \t])[ \t\u00a0]*[•▪◦‣·●○■–—][ \t\u00a0]+(?=\S)")  # pasted from a list into a list
_ITEM = late(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]")
_SPEAKER = late(r"[ \t]*>[ \t]*(?P<dash>--?|–|—)[ \t\u00a0]+")
_FEWEST_DASHES = 2  # one line that begins with a dash may be an aside or a reply


def compose(blocks: list[Block]) -> str:
    """Return the body; sub-headings become levels 2 and 3, typed bullets (•, –) become lists, rules at the edges go."""
    kept = [index for index, block in enumerate(blocks) if block.kind is not Kind.RULE]
    blocks = _whole(blocks[kept[0] : kept[-1] + 1] if kept else [])
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
