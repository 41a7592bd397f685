"""Step of intake: embargo banners, wherever they stand; one that cannot be read is never passed over."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from publisher.errors import Problem, Severity, UsageError
from publisher.i18n import N_
from publisher.pipeline.intake import banners, head, markup
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block


def take(blocks: list[Block], draft: Draft, zone: ZoneInfo, today: date | None) -> list[Block]:
    """Take the embargo banners out of the blocks."""
    left: list[Block] = []
    ahead = iter(range(len(blocks)))
    for index in ahead:
        block = blocks[index]
        banner = banners.recognise(block.words) if "\n" not in block.words and "embargo" in block.words.lower() else None
        if banner is None or banner.embargo is None:
            left.append(block)
            continue
        parts, words = [block], banner.embargo
        if not words and index + 1 < len(blocks) and banners.continues_embargo(blocks[index + 1].words):
            parts.append(blocks[next(ahead)])
            words = markup.bare(parts[1].words)
        head.take_banner(block, banner, draft, today)
        _note(parts, words, draft, zone)
    return left


def _note(parts: list[Block], words: str, draft: Draft, zone: ZoneInfo) -> None:
    doubts = draft.doubts.setdefault("embargo_until", [])
    try:
        until = banners.embargo_end(words, zone)
    except UsageError as error:
        code = error.code if error.code == "weekday-mismatch" else "embargo-unreadable"
        verbatim = " ".join(markup.bare(part.words) for part in parts)
        doubts.append(Problem(Severity.ERROR, code, error.sentence, {**error.params, "text": verbatim}))
        for part in parts:
            draft.put_aside(part)
        return
    for part in parts:
        draft.read_from(part, "embargo_until")
    known = draft.embargo_until or until
    if known != until:
        doubts.append(stated_twice(known, until))
    draft.embargo_until = max(known, until)


def stated_twice(one: datetime, other: datetime) -> Problem:
    """Return the problem of a document that states two different ends of its embargo."""
    sentence = N_("The document states two embargoes, until %(one)s and until %(other)s: keep one.")
    return Problem(Severity.ERROR, "embargo-differs", sentence, {"one": f"{one:%Y-%m-%d %H:%M}", "other": f"{other:%Y-%m-%d %H:%M}"})
