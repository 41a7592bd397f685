"""Step of intake: the press contact, from its label to its last line, in one block or several."""

from publisher.pipeline.intake import contacts
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block, Kind

_FARTHEST_WAY = 5


def take(blocks: list[Block], draft: Draft) -> list[Block]:
    """Take the first press contact out of the blocks; another one is set aside."""
    left: list[Block] = []
    index = 0
    while index < len(blocks):
        count = _length(blocks, index)
        if count:
            _note(blocks[index : index + count], draft)
        else:
            left.append(blocks[index])
        index += count or 1
    return left


def _length(blocks: list[Block], index: int) -> int:
    """Return how many blocks from `index` on are one press contact, 0 if none begins there."""
    label = blocks[index].words.split("\n", 1)[0]
    if blocks[index].kind in {Kind.CODE, Kind.RULE} or not contacts.opens(label):
        return 0
    count = 1
    announced = contacts.announces(label)
    if not contacts.has_way(_lines(blocks[index])):
        count = _to_first_way(blocks[index : index + _FARTHEST_WAY], labelled=contacts.is_labelled(label))
    while index + count < len(blocks) and _goes_on(blocks[index + count], others=announced):
        count += 1
    known = contacts.has_way([line for block in blocks[index : index + count] for line in _lines(block)])
    return count if known or announced or contacts.names_person(label) else 0


def _to_first_way(blocks: list[Block], *, labelled: bool) -> int:
    """Return how many blocks lead from the first one to a telephone number or mail address; 1 if none is near.

    « Service presse » may stand at the top of the page: without the word contact, the number must be on the next line.
    """
    for count, block in enumerate(blocks[1:], 2):
        lines = _lines(block)
        apart = not labelled and block.line != blocks[count - 2].end + 1
        if (
            apart
            or block.kind not in {Kind.PARAGRAPH, Kind.OTHER}
            or contacts.opens(lines[0])
            or any(contacts.ends(line) for line in lines)
        ):
            return 1
        if contacts.has_way(lines):
            return count
    return 1


def _goes_on(block: Block, *, others: bool) -> bool:
    """Tell whether the block below a contact still belongs to it: numbers and addresses only, or the next person of several."""
    lines = _lines(block)
    if block.kind not in {Kind.PARAGRAPH, Kind.OTHER} or contacts.opens(lines[0]) or any(contacts.ends(line) for line in lines):
        return False
    return contacts.has_only_ways(lines) or (others and contacts.has_way(lines) and contacts.names_person(lines[0]))


def _note(parts: list[Block], draft: Draft) -> None:
    owners = [(block, number, line) for block in parts for number, line in enumerate(_lines(block))]
    found = contacts.read([line for _, _, line in owners])
    if draft.contact or not found.contact:
        for block in parts:
            draft.put_aside(block)
        return
    draft.contact = found.contact
    draft.links += found.links
    for block in parts:
        draft.read_from(block, "contact")
    for index in found.left:
        block, number, line = owners[index]
        draft.asides.append((block.line + number, line))


def _lines(block: Block) -> list[str]:
    return block.words.split("\n")
