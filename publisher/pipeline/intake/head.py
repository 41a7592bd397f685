"""The top of a communiqué: banners, date line, title and standfirst, in whatever order they come."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from publisher.announcement import Link
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import banners, links, mail_lines, markup, titles
from publisher.pipeline.intake.banners import Banner
from publisher.pipeline.intake.datelines import DateLine
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block, Kind
from publisher.text import facts
from publisher.text.patterns import late

_LONGEST_STANDFIRST = 1500
_FEWEST_WORDS = 8
_ENDS_SENTENCE = late(r"[.!?…][»”\"')]*$|[.!?…]\s»$")
_ARTICLE = late(r"le\s", re.IGNORECASE)
_NEAR_THE_END = 3
_NEAR_THE_TOP = 4
# The fields of a form, whose names are no words of the announcement.
_COLON = r"\s*:\s*(?=\S)"
_STANDFIRST_LABEL = late(rf"(?:chapô|chapo|chapeau|sous-titre){_COLON}", re.IGNORECASE)
_LABEL = late(rf"^(?:communiqué(?:[ ]de[ ]presse)?|titre|chapô|chapo|chapeau|sous-titre){_COLON}", re.IGNORECASE)
_BODY_LABEL = late(rf"[*_]*(?:texte|corps(?:[ ]du[ ]texte)?)[*_]*{_COLON}[*_]*", re.IGNORECASE)


def take(blocks: list[Block], draft: Draft, *, given_title: str | None, today: date | None) -> list[Block]:
    """Write the top of the text down in `draft` and return the blocks below it; `given_title` is that of the front matter."""
    chosen = titles.choose(blocks) if given_title is None else _replaced_title(blocks, given_title)
    if given_title is None and draft.subject_line and (chosen is None or titles.is_doubtful(blocks[chosen])):
        _title_from_subject(draft)
        chosen = None
    if chosen is None:
        return _below(_above(blocks, draft, today), draft, today)
    for block in blocks[:chosen]:
        _place(block, draft, today)
    block = blocks[chosen]
    count = titles.count_lines(block)
    _take_title(block.part(0, count) if count < len(block.lines) else block, draft)
    behind = [block.part(count)] if count < len(block.lines) else []
    return _below([*behind, *blocks[chosen + 1 :]], draft, today)


def _title_from_subject(draft: Draft) -> None:
    """Make the subject of the mail the title of a text that has none."""
    draft.title = draft.subject_line
    sentence = N_("The text has no title of its own: “%(title)s” is the subject of the mail it came from.")
    draft.problems.append(Problem(Severity.NOTICE, "title-from-subject", sentence, {"title": draft.title}))


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
            _take_standfirst(block, draft)
        else:
            return list(_without_labels(blocks[index:], draft))
    return []


def _without_labels(blocks: Sequence[Block], draft: Draft) -> Iterator[Block]:
    """Yield the body without the fields of a form at its beginning: « Chapô : » is the standfirst, « Texte : » says nothing."""
    for number, block in enumerate(blocks):
        is_field = number < _NEAR_THE_TOP and block.kind is Kind.PARAGRAPH
        if is_field and not draft.standfirst and _is_labelled_standfirst(block, blocks[number + 1 :]):
            _take_standfirst(block, draft)
        elif is_field and (label := _BODY_LABEL.match(block.lines[0])):
            yield block._replace(lines=(block.lines[0][label.end() :], *block.lines[1:]))
        else:
            yield block


def _take_standfirst(block: Block, draft: Draft) -> None:
    draft.standfirst = _LABEL.sub("", markup.plain(block.words))
    draft.read_from(block, "standfirst")


def _is_labelled_standfirst(block: Block, behind: Sequence[Block]) -> bool:
    return len(block.words) <= _LONGEST_STANDFIRST and bool(behind and _STANDFIRST_LABEL.match(markup.bare(block.words)))


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
    words = _LABEL.sub("", markup.plain(block.words))
    header = mail_lines.header(words)
    draft.title = header.value if header and header.kind == "subject" and header.value else words  # « Objet : La piscine rouvre »
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
    lost = banner.date_line is not None and "date" in draft.origins
    if banner.date_line and not lost:
        _take_date(block, banner.date_line, draft, today)
    if banner.says_more or lost:
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
