"""Step of intake: blocks that hold nothing but links."""

from publisher.announcement import Link
from publisher.pipeline.intake import links, markup
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block, Kind


def take(blocks: list[Block], draft: Draft) -> list[Block]:
    """Take the link lines out of the blocks, but not those that the text leads to (« Pour s’inscrire : »)."""
    left: list[Block] = []
    kept = False
    for index, block in enumerate(blocks):
        found = _links(block)
        before = left[-1] if index and left and left[-1] is blocks[index - 1] else None
        kept = bool(found and before and not links.heads_section(before.words) and (kept or _introduces(before, left)))
        if not found or kept:
            left.append(block)
            continue
        if before and links.heads_section(before.words):
            draft.put_aside(left.pop())
        if links.heads_section(block.lines[0]):
            draft.put_aside(block.part(0, 1))
        draft.links += found
        draft.read_from(block, "links")
    return left


def _links(block: Block) -> list[Link]:
    """Return the links of a block that holds nothing else but a label above them."""
    if block.kind not in {Kind.PARAGRAPH, Kind.OTHER}:
        return []
    lines = block.lines[1:] if len(block.lines) > 1 and links.heads_section(block.lines[0]) else block.lines
    found: list[Link] = []
    for line in lines:
        of_line = links.read(line)
        if not of_line:
            return []
        found += of_line
    return found


def _introduces(before: Block, left: list[Block]) -> bool:
    """Tell whether a block would be left without its end: « Pour s’inscrire : », or a sub-heading."""
    if before.kind is Kind.HEADING:
        return any(block.kind is Kind.HEADING for block in left[:-1])
    return markup.bare(before.lines[-1]).endswith(":")
