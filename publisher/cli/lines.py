"""Lines of a terminal: broken as French typography allows, which rich does not know."""

import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.text import Text


def visible(text: str) -> str:
    """Return the text with a mark for each control character, which could command the terminal."""
    return "".join("\ufffd" if unicodedata.category(char) == "Cc" and char != "\n" else char for char in text)


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


def broken(text: Text, width: int) -> Iterator[Text]:
    """Yield the lines of a styled text, broken as `wrap` does."""
    place = 0
    for line in wrap(text.plain, max(width, 1)):
        start = text.plain.index(line, place)
        place = start + len(line)
        yield text[start:place]
