"""A table in a terminal: as narrow as its words allow, amounts to the right, or row by row where there is no room for columns."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from publisher.cli.lines import broken
from publisher.text.patterns import late

GAP = "  "
_AMOUNT = late(r"(?=.*\d)[\d\s.,:/()+–−%€$°-]+")


def columns(rows: Sequence[Sequence[Text]], width: int) -> Iterator[Text]:
    """Yield the lines of a table whose first row is its head, none wider than `width`."""
    table = [*zip(*zip_longest(*rows, fillvalue=Text()), strict=True)]
    widths = _widths(table, width)
    if widths is None:
        yield from _row_by_row(table, width)
        return
    amounts = [all(_AMOUNT.fullmatch(cell.plain) or not cell for cell in column[1:]) for column in zip(*table, strict=True)]
    for number, row in enumerate(table):
        yield from _side_by_side(row, widths, amounts, "bold" if number == 0 else "")
        if number == 0:
            yield Text(GAP.join("─" * room for room in widths), "dim", no_wrap=True)


def _widths(table: Sequence[Sequence[Text]], width: int) -> list[int] | None:
    """Return the width of each column, the widest ones reduced until all fit; None if a word would have to be broken."""
    columns = list(zip(*table, strict=True))
    widths = [_widest(column, "\n") for column in columns]
    least = [_widest(column, r"[ \n]") for column in columns]
    while sum(widths) > width - len(GAP) * (len(widths) - 1):
        spare = [have - need for have, need in zip(widths, least, strict=True)]
        if not any(spare):
            return None
        widest = max((number for number, more in enumerate(spare) if more), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _widest(column: Sequence[Text], mark: str) -> int:
    """Return the width of the widest part between two marks in the cells of a column."""
    return max(cell_len(part) for cell in column for part in re.split(mark, cell.plain)) or 1


def _side_by_side(row: Sequence[Text], widths: Sequence[int], amounts: Sequence[bool], style: str) -> Iterator[Text]:
    cells = [list(broken(cell, room)) for cell, room in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=Text()):
        line = Text(style=style, no_wrap=True)
        for number, (part, room, amount) in enumerate(zip(parts, widths, amounts, strict=True)):
            fill = " " * (room - part.cell_len)
            line.append(GAP if number else "").append(fill if amount else "").append_text(part).append("" if amount else fill)
        line.rstrip()
        yield line


def _row_by_row(table: Sequence[Sequence[Text]], width: int) -> Iterator[Text]:
    """Yield each row as a paragraph: the head of the column, then the cell."""
    head, *rows = table
    for number, row in enumerate(rows):
        if number:
            yield Text()
        for name, cell in zip(head, row, strict=True):
            yield from broken(Text.assemble((name.plain, "dim"), GAP, cell), width)
