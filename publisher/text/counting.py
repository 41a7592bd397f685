"""How long a text is for a platform, in X's weighted characters or in graphemes: asked by threads, templates and every check.

The weighted length is that of twitter-text's configuration 3: a link 23, an emoji 2, any other character 1 or 2. Where
X may have moved on since its last release (npm twitter-text 3.1.0, 2021), the larger of the possible counts is taken:
a text that turns out shorter is only shorter, one that turns out longer is refused.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from publisher.text import _emoji, links
from publisher.text.patterns import late

_LINK_WEIGHT = 23
_EMOJI_WEIGHT = 2

# What X may know of top-level domains: the list of 2019, today's, both together, or only the undisputed ones.
_READINGS = (links.SHARED | links.RETIRED, links.SHARED | links.RECENT, links.ALL, links.SHARED)

_FAR = late(r"[^\x00-\xff]")  # a class of what is heavy, or cannot be sent, takes twenty times as long to compile
_LAST_LIGHT = "\u10ff"
_LIGHT_BEYOND = frozenset(map(chr, (*range(0x2000, 0x200E), *range(0x2010, 0x2020), *range(0x2032, 0x2038))))
_JOINED_INTO_EMOJI = late(r"[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_PIECE = late(r"[\x00-\x7f]?[^\x00-\x7f]{1,1000}")
_SINGLE = late(r"[ -~\n\xa0-\xac\xae-\u02ff\u2010-\u2027\u202f-\u205f\u20a0-\u20cf]*+")  # letters that never combine
_UNSENDABLE = frozenset("\ufffe\ufeff\uffff")


def x_length(text: str) -> int:
    """Return the weighted length of a post on X (limit 280), never less than the official counter gives."""
    text = _composed(text)
    total = position = 0
    for word in links.dotted_words(text):
        total += _plain_weight(text[position : word.start()]) + _word_weight(word[0], opens=word.start() == 0)
        position = word.end()
    return total + _plain_weight(text[position:])


def graphemes(text: str) -> int:
    """Return the number of characters that a reader sees (extended grapheme clusters)."""
    return len(text) if _SINGLE.fullmatch(text) else len(grapheme_starts(text, 0, len(text)))


def grapheme_starts(text: str, start: int, end: int) -> list[int]:
    """Return where each character that a reader sees begins between two places."""
    import regex  # dear to import, and seldom needed

    # A flag is found first: \X takes quadratic time on a long run of regional indicators.
    return [found.start() for found in regex.finditer(r"[\U0001f1e6-\U0001f1ff]{2}|\X", text, pos=start, endpos=end)]


def invalid_characters(text: str) -> tuple[str, ...]:
    """Return the names ("U+FEFF") of the characters that make a post on X invalid, each once, in order of appearance."""
    return tuple(dict.fromkeys(f"U+{ord(character):04X}" for character in _unsendable(text)))


def _unsendable(text: str) -> Iterator[str]:
    return (sign for sign in _FAR.findall(text) if sign in _UNSENDABLE or "\ud800" <= sign <= "\udfff")


def _composed(text: str) -> str:
    """Return the text in NFC, piece by piece: normalize() takes quadratic time on a long run of combining marks.

    A piece starts at an ASCII character, which never combines with what stands before it.
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return _PIECE.sub(lambda piece: unicodedata.normalize("NFC", piece[0]), text)


def _word_weight(word: str, *, opens: bool) -> int:
    """Return the weight of a word that may hold links, by the heaviest reading of its top-level domains."""
    units = links.as_units(word)
    met = links.top_level_domains(units)
    if not met:
        return _plain_weight(word)
    emoji = list(links.converted(_emoji_spans(word), word, links.as_units))
    readings = _READINGS if met & links.DISPUTED else _READINGS[:1]
    return max(_linked_weight(units, emoji, links.spans(units, opens=opens, known=known)) for known in readings)


def _linked_weight(units: str, emoji: Iterable[links.Span], addresses: Iterable[links.Span]) -> int:
    """Return the weight of UTF-16 units with these emoji and addresses; one that starts inside another does not count."""
    fixed = sorted([(*span, _EMOJI_WEIGHT) for span in emoji] + [(*span, _LINK_WEIGHT) for span in addresses])
    total = position = 0
    for start, end, weight in fixed:
        if start >= position:
            total += _weight_by_range(links.from_units(units[position:start])) + weight
            position = end
    return total + _weight_by_range(links.from_units(units[position:]))


def _plain_weight(text: str) -> int:
    spans = _emoji_spans(text)
    return _weight_by_range(text) - sum(_weight_by_range(text[start:end]) - _EMOJI_WEIGHT for start, end in spans)


def _weight_by_range(text: str) -> int:
    return len(text) + sum(1 for sign in _FAR.findall(text) if sign > _LAST_LIGHT and sign not in _LIGHT_BEYOND)


def _emoji_spans(text: str) -> Iterator[links.Span]:
    """Yield where the emoji of several code points are; those of one weigh 2 by their range."""
    if _JOINED_INTO_EMOJI.search(text):
        yield from (match.span() for match in _emoji_pattern().finditer(text))


@cache
def _emoji_pattern() -> re.Pattern[str]:
    """Compile the pattern at first need: few texts hold such an emoji."""
    return re.compile(_emoji.PATTERN)
