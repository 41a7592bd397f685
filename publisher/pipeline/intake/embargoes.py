"""Step of intake: embargo banners, wherever they stand; one that cannot be read is never passed over."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from publisher.errors import Problem, Severity, UsageError
from publisher.i18n import N_
from publisher.pipeline.intake import banners, head, markup
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import Block
from publisher.text import dates, moments, wishes
from publisher.text.patterns import late

HELD = frozenset({"embargo-in-text", "embargo-unreadable", "embargo-differs", "embargo-denied", "weekday-mismatch", "not-for-release"})
"""The codes of errors for which nobody knows yet from when the text may be public."""

_QUICK = late(r"embargo|diffus|publi|divulgu|relayer|communiqu|parution|en[ \u00a0\u202f]ligne", re.IGNORECASE)


def take(blocks: list[Block], draft: Draft, zone: ZoneInfo, today: date | None) -> list[Block]:
    """Take the embargo banners, and lines that wish the same in other words, out of the blocks."""
    left: list[Block] = []
    ahead = iter(range(len(blocks)))
    for index in ahead:
        block = blocks[index]
        banner = banners.recognise(block.words) if "\n" not in block.words and _QUICK.search(block.words) else None
        if banner is None or banner.embargo is None:
            left.append(block)
            continue
        parts, words = [block], banner.embargo
        if not words and index + 1 < len(blocks) and _states_end(blocks[index + 1].words, zone, today):
            parts.append(blocks[next(ahead)])
            words = markup.bare(parts[1].words)
        if _read(parts, words, draft, zone, today):
            head.take_banner(block, banner, draft, today)
        else:
            left.append(block)
    return left


def in_text(verbatim: str) -> Problem:
    """Return the problem of a wish not to be published yet that states no instant for sure."""
    sentence = N_(
        "“%(verbatim)s”: the text asks not to be published yet, but no embargo is set. Write its end alone on a line, such as"
        " “Embargo jusqu’au 24 novembre 2026 à 18 h”, or “embargo_until” in the front matter."
    )
    return Problem(Severity.ERROR, "embargo-in-text", sentence, {"verbatim": verbatim})


def stated_twice(one: datetime, other: datetime) -> Problem:
    """Return the problem of a document that states two different ends of its embargo."""
    sentence = N_("The document states two embargoes, until %(one)s and until %(other)s: keep one.")
    return Problem(Severity.ERROR, "embargo-differs", sentence, {"one": moments.moment(one), "other": moments.moment(other)})


def _states_end(line: str, zone: ZoneInfo, today: date | None) -> bool:
    """Tell whether the line below « SOUS EMBARGO » goes on with it: « jusqu’au … », or nothing but an instant."""
    if banners.continues_embargo(line):
        return True
    try:
        return len(line) <= banners.LONGEST and "\n" not in line and bool(banners.embargo_end(markup.bare(line), zone, today))
    except UsageError:
        return False


def _read(parts: list[Block], words: str, draft: Draft, zone: ZoneInfo, today: date | None) -> bool:
    """Write down the end that the parts state; return False for what only begins like a wish (« Diffusion dès 21 h »)."""
    verbatim = " ".join(markup.bare(part.words) for part in parts)
    doubts = draft.doubts.setdefault("embargo_until", [])
    until, problems = _end(words, verbatim, zone, today)
    if until is None:
        if not _is_meant(verbatim):
            return False
        for part in parts:
            draft.put_aside(part)
    else:
        for part in parts:
            draft.read_from(part, "embargo_until")
        known = draft.embargo_until or until
        if known != until:
            problems.append(stated_twice(known, until))
        draft.embargo_until = max(known, until)
    doubts += problems
    return True


def _end(words: str, verbatim: str, zone: ZoneInfo, today: date | None) -> tuple[datetime | None, list[Problem]]:
    """Return the instant, None if it cannot be read for sure, and what a person should know about it."""
    try:
        until = banners.embargo_end(words, zone, today)
    except UsageError as error:
        return None, list(_unread(error, verbatim))
    if all(written.year is not None for written in dates.read(words)):
        return until, []
    if today and until.date() < today:  # the nearest one is past: nobody knows which is meant
        return None, [in_text(verbatim)]
    sentence = N_("“%(verbatim)s” gives no year: the embargo is read as %(until)s. Write the whole date.")
    return until, [Problem(Severity.WARNING, "embargo-without-year", sentence, {"verbatim": verbatim, "until": moments.moment(until)})]


def _is_meant(verbatim: str) -> bool:
    return "embargo" in verbatim.lower() or wishes.find(verbatim) is not None


def _unread(error: UsageError, verbatim: str) -> Iterator[Problem]:
    """Yield why the words state no instant: the trade's own banner says so itself, other words are a wish beside."""
    if "embargo" not in verbatim.lower():
        yield in_text(verbatim)
        if error.code != "weekday-mismatch":
            return
    code = error.code if error.code == "weekday-mismatch" else "embargo-unreadable"
    yield Problem(Severity.ERROR, code, error.sentence, {**error.params, "text": verbatim})
