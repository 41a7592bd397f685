"""The body of a communiqué: what no step has taken, in its order, as tidy Markdown."""

from itertools import pairwise

from publisher.pipeline.intake.source import BLANK, Block, Kind
from publisher.text.patterns import late

TOP_LEVEL = 2
DEEP_LEVEL = 3
_BULLET = late(r"([ \t]*)[•▪◦‣·●○■][ \t\u00a0]+")
_DASH = late(r"([ \t]*)[–—][ \t\u00a0]+")
_BULLET_OR_DASH = late(r"([ \t]*)[•▪◦‣·●○■–—][ \t\u00a0]+")
_FEWEST_DASHES = 2  # one line that begins with a dash may be an aside or a reply


def compose(blocks: list[Block]) -> str:
    """Return the body; sub-headings become levels 2 and 3, typed bullets (•, –) become lists, rules at the edges go."""
    kept = [index for index, block in enumerate(blocks) if block.kind is not Kind.RULE]
    blocks = blocks[kept[0] : kept[-1] + 1] if kept else []
    top = min((block.level for block in blocks if block.kind is Kind.HEADING), default=TOP_LEVEL)
    pieces = [_text(block, top) for block in blocks[:1]]
    for before, block in pairwise(blocks):
        together = block.continues and before.end + 1 == block.line
        pieces += ["\n" if together else "\n\n", _text(block, top)]
    return "".join(pieces).rstrip(" \t\n")


def _text(block: Block, top: int) -> str:
    if block.kind is Kind.RULE:
        return "---"
    if block.kind is Kind.HEADING:
        level = TOP_LEVEL if block.level == top else DEEP_LEVEL
        return f"{'#' * level} {' '.join(line.strip(BLANK) for line in block.words.split(chr(10)))}"
    if block.kind is Kind.CODE:
        return block.text
    dashes = sum(1 for line in block.lines if _DASH.match(line))
    typed = _BULLET if dashes < _FEWEST_DASHES else _BULLET_OR_DASH
    return "\n".join(typed.sub(r"\1- ", line, count=1) if typed.match(line) else line for line in block.lines)
