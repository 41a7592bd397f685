"""Step of intake: rows pasted from a word processor or a spreadsheet, their cells parted by tabs, become a table of Markdown."""

from collections.abc import Iterator

from publisher.pipeline.intake.source import BLANK

_FEWEST_ROWS = 2


def from_tabs(text: str) -> str:
    """Return the text with each run of rows as a table; the first row is its heading."""
    return "\n".join(_lines(text.split("\n"))) if "\t" in text else text


def _lines(lines: list[str]) -> Iterator[str]:
    rows: list[list[str]] = []
    for line in lines:
        cells = _cells(line)
        if rows and len(cells) != len(rows[0]):
            yield from _table(rows)
            rows = []
        if len(cells) > 1:
            rows.append(cells)
        else:
            yield line
    yield from _table(rows)


def _cells(line: str) -> list[str]:
    """Return the cells of a row; a tab in front of a line, or behind a mark of a list, parts nothing."""
    if "\t" not in line or line[:1] in BLANK:
        return [line]
    cells = [cell.strip(BLANK) for cell in line.rstrip(BLANK).split("\t")]
    return cells if any(char.isalnum() for char in cells[0]) and not cells[0].rstrip(".)").isdecimal() and cells[0] != "o" else [line]


def _table(rows: list[list[str]]) -> Iterator[str]:
    if len(rows) < _FEWEST_ROWS:
        yield from ("\t".join(row) for row in rows)
        return
    written = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    yield from ("", written[0], f"|{'---|' * len(rows[0])}", *written[1:], "")
