"""The ends of lines inside a paragraph: those of a program that wraps at a column, and those that somebody meant.

A line end is meant if the next word would still have found room on its line, and the next line does not go on with the sentence
(docs/decisions.md, “Line ends”). Two spaces or a backslash at the end always mean it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from publisher.pipeline.intake import markup
from publisher.pipeline.intake.source import BLANK
from publisher.text.patterns import late

LONG_LINE = 120
"""Nobody wraps at so many columns: such lines are paragraphs of their own, as word processors paste them."""

_NARROWEST = 60
_NARROWEST_WRAPPED = 40  # where a line that goes on in small letters shows that the paragraph is wrapped
_LONGEST_HEADING = 80
_FEWEST_FIGURES = 2
_OPENING_MARKS = " \t\u00a0\u202f*_~«“\"'([‘`"
_STOP = late(r"[.!?…][»”\"')\]*_ \u00a0\u202f]*$|[,;]$")
_UNFINISHED = late(
    r"(?<![^\W_])(?:[àa]|au|aux|avec|chez|dans|de|des|dont|du|en|et|la|le|les|leurs?|ou|où|par|pour|que|qui|sa|sans|ses|son|sous|sur|un|une|vers"
    r"|MM?\.|Mmes?)$",
    re.IGNORECASE,
)
_WORD = late(r"[^ \t\u00a0\u202f]+")
# A figure begins a line that stands for itself if it is an address, a number to call, or one entry of several.
_OWN_FIGURE = late(
    r"[0-9]{5}[ \u00a0]|0[0-9](?:[ .\u00a0]?[0-9]{2}){4}|\+[0-9]|[0-9]{1,2}[ \u00a0]?h(?![^\W\d_])|[0-9]{1,2}[.)][ \u00a0]"
    r"|[0-9]{1,4}(?:[ \u00a0](?:bis|ter))?,?[ \u00a0](?:rue|avenue|av\.|boulevard|bd|place|quai|allées?|chemin|impasse|route)[ \u00a0]",
    re.IGNORECASE,
)
_SPEAKER = late(r"[–—-]{1,2}[ \u00a0]")
_LETTERED = late(r"(?:[a-z]|[ivx]{1,4})\)[ \u00a0]")
_ADDRESS = late(r"https?://|www\.|[\w.+-]{1,64}@", re.IGNORECASE)
_ABOUT = late(r"[*_#]*[àa] propos\b", re.IGNORECASE)
_ITEM = late(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]")


def joined(lines: Sequence[str]) -> str:
    """Return the lines of a paragraph as Markdown: one line for each that was meant, parted by a hard break or a blank line."""
    if len(lines) < 2:  # noqa: PLR2004 - nothing to join
        return "\n".join(lines)
    room = _room(lines)
    if _is_column_of_figures(lines):
        return "\\\n".join(line.strip(BLANK).removesuffix("\\") for line in lines)
    pieces = [lines[0].rstrip(BLANK).removesuffix("\\")]
    for before, line in pairwise(lines):
        pieces += [_between(before, line, room), line.strip(BLANK).removesuffix("\\")]
    return "".join(pieces)


def parted_items(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a list, a blank line in front of one that is no part of its last item."""
    for number, line in enumerate(lines):
        if number and not line.startswith((" ", "\t")) and not _ITEM.match(line) and is_meant(lines[number - 1], line, _NARROWEST):
            yield ""
        yield line


def is_meant(before: str, line: str, room: int) -> bool:
    """Tell whether the line end between both was meant, with room for so many characters on a line."""
    start = line.lstrip(_OPENING_MARKS)
    first = _WORD.match(start)
    before = before.rstrip(BLANK)
    if _SPEAKER.match(start) and _STOP.search(before):
        return True
    if _LETTERED.match(start):
        return True
    if first is None or _STOP.search(before) or _UNFINISHED.search(before) or (start[0].islower() and not _ADDRESS.match(start)):
        return False
    if start[0].isdecimal() and not (_OWN_FIGURE.match(start) or before.lstrip(_OPENING_MARKS)[:1].isdecimal()):
        return False
    return len(before) + 1 + len(first[0]) <= room


def _is_column_of_figures(lines: Sequence[str]) -> bool:
    """Tell whether short lines stand one below the other: « Chiffres clés / 3,2 M€ / 6 mois »."""
    starts = [line.lstrip(_OPENING_MARKS)[:1] for line in lines]
    several = sum(start.isdecimal() for start in starts) >= _FEWEST_FIGURES
    return several and all(len(line) <= _NARROWEST_WRAPPED for line in lines) and not any(start.islower() for start in starts)


def _room(lines: Sequence[str]) -> int:
    longest = max(len(line.rstrip(BLANK)) for line in lines)
    starts = [line.lstrip(_OPENING_MARKS) for line in lines[1:]]
    goes_on = any(start[:1].islower() and not _ADDRESS.match(start) for start in starts)
    return max(longest, _NARROWEST_WRAPPED if goes_on else _NARROWEST)


def _between(before: str, line: str, room: int) -> str:
    if before.endswith(("  ", "\\")):
        return "\\\n"
    if len(before) > LONG_LINE and not line[:1].islower():
        return "\n\n"
    if not is_meant(before, line, room):
        return " "
    return "\n\n" if _heads(before) else "\\\n"


def _heads(line: str) -> bool:
    """Tell whether a line of its own is the heading of what stands below: in bold, or « À propos de … »."""
    if len(line) > _LONGEST_HEADING:
        return False
    return bool(_ABOUT.match(line)) or (line.startswith(("*", "_")) and markup.is_wholly(line, "strong"))
