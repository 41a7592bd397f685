"""Lines of a terminal: broken as French typography allows, which rich does not know."""

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text broken at plain spaces only: a no-break space holds, as it does on the channels."""
    for line in text.split("\n"):
        current = ""
        for word in line.split(" "):
            longer = f"{current} {word}" if current else word
            if cell_len(longer) <= width:
                current = longer
                continue
            if current:
                yield current
            *full, current = chop_cells(word, width) or [""]
            yield from full
        yield current
