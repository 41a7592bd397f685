"""The top of a communiqué: banners, date line, title and standfirst, in whatever order they come."""

import re
from collections.abc import Sequence
from datetime import date

from publisher.announcement import Link
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import banners, links, markup, titles
from publisher.pipeline.intake.banners import Banner
from publisher.pipeline.intake.datelines import DateLine
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block, Kind
from publisher.text import facts
from publisher.text.patterns import late

_LONGEST_STANDFIRST = 1500
_FEWEST_WORDS = 8
_ENDS_SENTENCE = late(r"[.!?…][»”\"')]*$|[.!?…][ \u00a0\u202f]»$")
_ARTICLE = late(r"le[ \u00a0\u202f]", re.IGNORECASE)
_NEAR_THE_END = 3


def take(blocks: list[Block], draft: Draft, *, given_title: str | None, today: date | None) -> list[Block]:
    """Write the top of the text down in `draft` and return the blocks below it; `given_title` is that of the front matter."""
    chosen = titles.choose(blocks) if given_title is None else _replaced_title(blocks, given_title)
    if chosen is None:
        return _below(_above(blocks, draft, today), draft, today)
    for block in blocks[:chosen]:
        _place(block, draft, today)
    block = blocks[chosen]
    count = titles.count_lines(block)
    _take_title(block.part(0, count) if count < len(block.lines) else block, draft)
    behind = [block.part(count)] if count < len(block.lines) else []
    return _below([*behind, *blocks[chosen + 1 :]], draft, today)


def take_foot(blocks: list[Block], draft: Draft, today: date | None) -> list[Block]:
    """Take « Fait à Bellerive, le 3 mai 2026 », if it tells the date or repeats it, and banners from the end of the text."""
    at = max(0, len(blocks) - _NEAR_THE_END)
    foot = [block for block in blocks[at:] if not _is_foot(block, draft, today)]
    return [*blocks[:at], *foot]


def _is_foot(block: Block, draft: Draft, today: date | None) -> bool:
    """Place a block of the foot; return whether it is taken out of the text."""
    found = titles.marginal(block)
    if isinstance(found, Banner) and found.type in {None, "communique"}:
        take_banner(block, found, draft, today)
        return True
    if isinstance(found, DateLine) and found.place and "date" not in draft.origins:
        _take_date(block, found, draft, today)
        return True
    return isinstance(found, DateLine) and found.signed and (found.place, found.written.value) == (draft.place, draft.date)


def _replaced_title(blocks: Sequence[Block], given: str) -> int | None:
    """Return the index of the title that the front matter replaces: the same words, or a heading that is no sub-heading."""
    chosen = titles.choose(blocks)
    if chosen is None or titles.marginal(blocks[chosen]):
        return None
    block = blocks[chosen]
    words = "\n".join(block.lines[: titles.count_lines(block)]) if block.kind is Kind.PARAGRAPH else block.words
    if titles.same_words(markup.plain(words), given):
        return chosen
    has_siblings = any(other.kind is Kind.HEADING and other.level == block.level for other in blocks[chosen + 1 :])
    return chosen if block.kind is Kind.HEADING and (block.level == 1 or not has_siblings) else None


def _above(blocks: list[Block], draft: Draft, today: date | None) -> list[Block]:
    """Place what stands above the text where no title does."""
    for index, block in enumerate(blocks):
        if not (block.kind is Kind.RULE or banners.is_letterhead(block.words) or titles.marginal(block)):
            return blocks[index:]
        _place(block, draft, today)
    return []


def _place(block: Block, draft: Draft, today: date | None) -> None:
    """Place a block that stands above the title."""
    found = titles.marginal(block)
    if isinstance(found, Banner):
        take_banner(block, found, draft, today)
    elif isinstance(found, DateLine) and "date" not in draft.origins:
        _take_date(block, found, draft, today)
    elif block.kind is not Kind.RULE:
        draft.put_aside(block)


def _below(blocks: list[Block], draft: Draft, today: date | None) -> list[Block]:
    """Take what may stand between title and body, and return the body."""
    for index, block in enumerate(blocks):
        found = titles.marginal(block)
        if block.kind is Kind.RULE:
            continue
        if isinstance(found, Banner) and not found.doubtful:
            take_banner(block, found, draft, today)
        elif isinstance(found, DateLine) and "date" not in draft.origins and _is_date_line(block, found):
            _take_date(block, found, draft, today)
        elif not draft.standfirst and _is_standfirst(block, blocks[index + 1 :]):
            draft.standfirst = markup.plain(block.words)
            draft.read_from(block, "standfirst")
        else:
            return blocks[index:]
    return []


def _is_date_line(block: Block, found: DateLine) -> bool:
    """Tell a date line below the title from the day of an event (« Samedi 5 septembre 2026 à 10 h »), which the text must keep."""
    if found.place or found.signed:
        return True
    if block.kind is Kind.HEADING or found.hour:
        return False
    plain_day = found.written.weekday is None and not markup.is_wholly(block.words, "strong")
    return plain_day or bool(_ARTICLE.match(markup.bare(block.words)))


def _is_standfirst(block: Block, behind: Sequence[Block]) -> bool:
    text = block.words
    if block.kind is not Kind.PARAGRAPH or len(text) > _LONGEST_STANDFIRST or not text.startswith(("*", "_")):
        return False
    if not any(other.kind is Kind.PARAGRAPH for other in behind):
        return False
    words = markup.plain(text)
    sentence_like = bool(_ENDS_SENTENCE.search(words)) or len(words.split(" ")) >= _FEWEST_WORDS
    whole = markup.is_wholly(text, "strong") or markup.is_wholly(text, "em")
    return sentence_like and whole and not markup.has_more_than_words(text)


def _take_title(block: Block, draft: Draft) -> None:
    draft.title = markup.plain(block.words)
    draft.read_from(block, "title")
    for target, words in markup.addresses(block.words):
        url = links.absolute(target)
        if url:
            draft.links.append(Link(url, words or url))
        else:
            draft.put_aside(block)


def take_banner(block: Block, banner: Banner, draft: Draft, today: date | None) -> None:
    """Write down what a banner says, but for its embargo; what no field keeps is set aside."""
    if banner.type and draft.type in {None, "communique"}:
        draft.type = banner.type
        draft.read_from(block, "type")
    draft.at_once |= banner.at_once
    if banner.date_line and "date" not in draft.origins:
        _take_date(block, banner.date_line, draft, today)
    elif banner.says_more or banner.date_line:
        draft.put_aside(block)


def _take_date(block: Block, line: DateLine, draft: Draft, today: date | None) -> None:
    draft.place, draft.hour = line.place, line.hour
    draft.date = line.written.near(today) if today else line.written.value
    draft.read_from(block, "date", *(["place"] if line.place else []))
    problem = _doubt(line, draft.date)
    if problem:
        draft.doubts.setdefault("date", []).append(problem)
    if draft.date is None:
        draft.put_aside(block)


def _doubt(line: DateLine, day: date | None) -> Problem | None:
    """Return what is wrong with the date line: a day that does not exist, no year, another weekday."""
    if impossible := facts.impossible_date(line.written, Severity.ERROR):
        return impossible
    if line.written.year is None:
        sentence = N_("The date line “%(verbatim)s” gives no year: write the whole date.")
        return Problem(Severity.WARNING, "date-without-year", sentence, {"verbatim": line.written.verbatim})
    return facts.weekday_mismatch(line.written, day) if day else None
