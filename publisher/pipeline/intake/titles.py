"""Which lines of a communiqué are its title: a heading, a bold line, a line in capitals, or the first line."""

import re
from collections.abc import Sequence

from publisher.pipeline.intake import banners, datelines, markup
from publisher.pipeline.intake.banners import Banner
from publisher.pipeline.intake.datelines import DateLine
from publisher.pipeline.intake.source import Block, Kind
from publisher.text import sentences

_LONGEST = 250
_SHORT_WORDS = 4
_MOST_LEADING = 3
_FARTHEST_HEADING = 8
_FEWEST_CAPITALS = 6
_UNFINISHED = (",", ";", ":")
_STOPS = (".", "!", "?", "…")


def marginal(block: Block) -> Banner | DateLine | None:
    """Return the banner or the date line that the block is, None for anything else."""
    if block.kind not in {Kind.HEADING, Kind.PARAGRAPH} or "\n" in block.words:
        return None
    banner = banners.recognise(block.words)
    if banner and banner.embargo is None:  # an embargo still there was found to be something else
        return banner
    return datelines.recognise(block.words)


def choose(blocks: Sequence[Block]) -> int | None:
    """Return the index of the block that is, or begins with, the title; None if nothing can be one.

    What only looks like a title (a bold line, one in capitals, short plain lines) gives way to the one heading of level 1 below it;
    « Alerte canicule » is a title only in last resort.
    """
    leading: list[int] = []
    last_resort = None
    for index, block in enumerate(blocks):
        aside = marginal(block)
        if isinstance(aside, Banner) and aside.doubtful and last_resort is None:
            last_resort = index
        if aside or block.kind is Kind.RULE or banners.is_letterhead(block.words):
            continue
        if _strong_lines(block):
            if block.kind is not Kind.HEADING and (heading := _only_heading_behind(blocks, index)):
                return heading
            return leading[0] if leading and not _outweighs(blocks, index, leading) else index
        if not _is_plain_title(block):
            break
        leading.append(index)
        if not _is_short(block) or len(leading) == _MOST_LEADING:
            break
    if leading:
        return _only_heading_behind(blocks, leading[-1]) or _behind_rubric(blocks, leading)
    return last_resort if last_resort is not None else _first_heading(blocks)


def _only_heading_behind(blocks: Sequence[Block], leading: int) -> int | None:
    """Return the index of the one heading of level 1 if nothing but other lines of the head stands between."""
    for index, block in enumerate(blocks[leading + 1 : leading + 1 + _FARTHEST_HEADING], leading + 1):
        if block.kind is Kind.HEADING:
            return index if _is_only_top(blocks, index) else None
        if not (_is_of_margin(block) or _strong_lines(block) or (_is_plain_title(block) and _is_short(block))):
            return None
    return None


def _is_of_margin(block: Block) -> bool:
    return block.kind is Kind.RULE or marginal(block) is not None or banners.is_letterhead(block.words)


def _behind_rubric(blocks: Sequence[Block], leading: Sequence[int]) -> int:
    """Return the first of the short lines above the text; one word (« CANICULE ») is a rubric if another line may be the title."""
    if len(leading) > 1 and _word_count(blocks[leading[0]]) == 1 and not blocks[leading[1]].words.endswith("."):
        return leading[1]
    return leading[0]


def _is_only_top(blocks: Sequence[Block], index: int) -> bool:
    """Tell whether the block is a heading of level 1, and no later one makes it a mere section."""
    return blocks[index].level == 1 and not any(block.level == 1 for block in blocks[index + 1 :])


def _first_heading(blocks: Sequence[Block]) -> int | None:
    """Return the index of the heading of level 1 below a covering letter."""
    return next((index for index, block in enumerate(blocks) if block.level == 1 and _strong_lines(block)), None)


def count_lines(block: Block) -> int:
    """Return how many lines of the chosen block are the title."""
    if strong := _strong_lines(block):
        return strong
    return len(block.lines) if _is_plausible(block.words) and len(sentences.split(block.words)) == 1 else 1


def is_doubtful(block: Block) -> bool:
    """Tell whether the chosen block is a title only for want of a better one: a plain line that ends like a sentence."""
    return not _strong_lines(block) and markup.bare(block.lines[count_lines(block) - 1]).endswith(_STOPS)


def same_words(one: str, other: str) -> bool:
    """Tell whether two titles are the same but for their signs and capitals."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())


def _strong_lines(block: Block) -> int:
    """Return how many lines at the beginning of the block are marked as a title, 0 if none is."""
    if block.kind is Kind.HEADING:
        return len(block.lines) if any(char.isalnum() for char in block.words) else 0
    if block.kind is not Kind.PARAGRAPH:
        return 0
    if _is_marked(block.words):
        return len(block.lines)
    return 1 if _is_marked(block.lines[0]) else 0


def _is_marked(text: str) -> bool:
    return _is_plausible(text) and (_is_in_capitals(text) or (("*" in text or "_" in text) and markup.is_wholly(text, "strong")))


def _is_in_capitals(text: str) -> bool:
    words = markup.bare(text)
    return not any(char.islower() for char in words) and sum(char.isupper() for char in words) >= _FEWEST_CAPITALS and " " in words


def _is_plain_title(block: Block) -> bool:
    return block.kind is Kind.PARAGRAPH and _is_plausible("\n".join(block.lines[: count_lines(block)]))


def _is_plausible(text: str) -> bool:
    """Tell a title from a paragraph: not too long, not the beginning of something, not several sentences."""
    if len(text) > _LONGEST or not any(char.isalnum() for char in text):
        return False
    words = markup.bare(text)
    return not words.endswith(_UNFINISHED) and not (words.endswith(".") and len(sentences.split(words)) > 1)


def _is_short(block: Block) -> bool:
    return len(block.lines) == 1 and _word_count(block) <= _SHORT_WORDS and not block.words.endswith(_STOPS)


def _outweighs(blocks: Sequence[Block], index: int, leading: Sequence[int]) -> bool:
    """Tell whether a marked title is one although short plain lines stand above it."""
    if _is_only_top(blocks, index):
        return True
    words = _word_count(blocks[index])
    return not markup.plain(blocks[index].words).endswith(".") and all(words > _word_count(blocks[lead]) for lead in leading)


def _word_count(block: Block) -> int:
    return len(re.findall(r"\w+", block.words))
