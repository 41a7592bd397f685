"""Intake: a file or the text of a form becomes an announcement.

decoding → front_matter, given → reader (typed_html, mail, notes, tables, datelines → source → images, embargoes,
contact_blocks, link_lines, marks, head, body) → remarks.
Every word of the document ends in a field of the announcement or, verbatim, in `set_aside`; the words of labels and
banners (« Contact presse », « Pour diffusion immédiate ») end in the field they announce. HTML typed in the
document becomes Markdown or words; HTML comments are set aside.
"""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from publisher.announcement import Announcement, Medium, PressContact
from publisher.errors import IntakeError, Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import decoding, embargoes, front_matter, given, images, reader, remarks, stops, titles
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.given import Given

__all__ = ["contents", "read", "read_file"]


def read_file(path: Path, zone: ZoneInfo, today: date | None = None) -> Announcement:
    """Return the announcement that a file holds; see `read`. Raises IntakeError, also `unreadable`."""
    return read(contents(path), path.name, zone, today)


def contents(path: Path) -> bytes:
    """Return what a file holds, one byte more than a document may have at most. Raises IntakeError (`unreadable`)."""
    try:
        with path.open("rb") as file:
            return file.read(decoding.LIMIT + 1)
    except FileNotFoundError:
        raise IntakeError("unreadable", N_("There is no file %(path)s: check its name and its folder."), path=str(path)) from None
    except IsADirectoryError:
        raise IntakeError("unreadable", N_("%(path)s is a folder: name the file of the communiqué."), path=str(path)) from None
    except OSError:
        raise IntakeError("unreadable", N_("%(path)s cannot be read: check its rights."), path=str(path)) from None


def read(content: bytes, name: str, zone: ZoneInfo, today: date | None = None) -> Announcement:
    """Return the announcement of a document, Markdown or plain text; `name` is for messages, `zone` is the town's.

    `today` serves for a date line without its year. Raises IntakeError: `too-large`, `empty`, `binary`, `encoding`,
    `front-matter`, `no-title`, `no-body`.
    """
    text, problems = decoding.decode(content, name)
    values, below = front_matter.split(text, name)
    stated = given.read(values, name, zone)
    draft = reader.understand(below, zone, given_title=stated.title, today=today)
    announcement = _announcement(draft, stated, name)
    doubts = (*problems, *draft.problems, *_doubts(draft, stated))
    noticed = [*remarks.remarks(announcement)]
    if not any(problem.severity is Severity.ERROR and problem.code in embargoes.HELD for problem in doubts):
        noticed += remarks.held_back(announcement)
    return announcement._replace(problems=(*doubts, *announcement.problems, *noticed))


def _announcement(draft: Draft, stated: Given, name: str) -> Announcement:
    """Join both sources; the front matter wins, and what it replaces is set aside if it says something else."""
    title, had_stop = _title(draft, stated, name)
    if not draft.body:
        sentence = N_("%(name)s has a title but no text below it: write the announcement under its title.")
        raise IntakeError("no-body", sentence, name=name)
    contact = _contact(draft.contact, stated.contact)
    media = _media(stated.media or (), draft.media)
    stop = Problem(Severity.NOTICE, "title-final-stop", N_("The final full stop of the title was removed."))
    return Announcement(
        title=title,
        body_markdown=draft.body,
        type=stated.type or draft.type or "communique",
        place=stated.place or draft.place,
        date=stated.date or draft.date,
        hour=draft.hour if stated.date in {None, draft.date} else None,
        standfirst=stated.standfirst or draft.standfirst,
        subject=stated.subject,
        summary=stated.summary,
        contact=contact,
        links=stated.links if stated.links is not None else tuple(dict.fromkeys(draft.links)),
        media=media,
        hashtags=stated.hashtags if stated.hashtags is not None else tuple(dict.fromkeys(draft.hashtags)),
        embargo_until=stated.embargo_until or draft.embargo_until,
        not_after=stated.not_after,
        language=stated.language or "fr",
        channels=stated.channels,
        set_aside=tuple(text for _, text in sorted({*draft.asides, *_replaced(draft, stated, contact, media)})),
        problems=(stop,) if had_stop else (),
    )


def _title(draft: Draft, stated: Given, name: str) -> tuple[str, bool]:
    title = stated.title or draft.title
    if not title:
        sentence = N_("%(name)s has no title: begin it with a line “# Title”, or write “title” in the front matter.")
        raise IntakeError("no-title", sentence, name=name)
    bare = stops.without_final_stop(title)
    return bare, bare != title


def _contact(read_there: PressContact | None, stated: PressContact | None) -> PressContact | None:
    """Return the contact of the front matter, its missing parts filled from the text, unless that names somebody else."""
    if not (read_there and stated) or (stated.name and read_there.name and not titles.same_words(stated.name, read_there.name)):
        return stated or read_there
    return PressContact(
        name=stated.name or read_there.name,
        role=stated.role or read_there.role,
        phone=stated.phone or read_there.phone,
        email=stated.email or read_there.email,
    )


def _media(stated: tuple[Medium, ...], found: list[Medium]) -> tuple[Medium, ...]:
    """Return the media of the front matter, then those of the text; one named in both places is one medium."""
    media = {medium.file: medium for medium in stated}
    for medium in found:
        known = media.get(medium.file, medium)
        media[medium.file] = known._replace(alt=known.alt or medium.alt, caption=known.caption or medium.caption)
    return tuple(media.values())


def _replaced(draft: Draft, stated: Given, contact: PressContact | None, media: tuple[Medium, ...]) -> set[tuple[int, str]]:
    """Return the passages of the text whose fields the front matter, or an earlier passage, states otherwise."""
    lost = {
        "type": stated.type not in {None, draft.type},
        "title": stated.title is not None and draft.title is not None and not titles.same_words(stated.title, draft.title),
        "place": stated.place not in {None, draft.place},
        "date": stated.date not in {None, draft.date},
        "standfirst": stated.standfirst not in {None, draft.standfirst},
        "contact": draft.contact is not None and not _holds(contact, draft.contact),
        "links": stated.links is not None and not set(draft.links) <= set(stated.links),
        "hashtags": stated.hashtags is not None and not set(draft.hashtags) <= set(stated.hashtags),
        "embargo_until": stated.embargo_until not in {None, draft.embargo_until},
        **{images.origin_of(found): not any(_holds(medium, found) for medium in media) for found in draft.media},
    }
    return {passage for name, is_lost in lost.items() if is_lost for passage in draft.origins.get(name, ())}


def _holds(one: PressContact | Medium | None, other: PressContact | Medium) -> bool:
    """Tell whether a contact or a medium says all that the other one says."""
    return all(stated in {None, getattr(one, name, None)} for name, stated in other._asdict().items())


def _doubts(draft: Draft, stated: Given) -> list[Problem]:
    """Return the problems of fields that the front matter does not settle, and those of an embargo stated twice or denied."""
    found = [problem for name, problems in draft.doubts.items() if getattr(stated, name) is None for problem in problems]
    until = stated.embargo_until or draft.embargo_until
    if stated.embargo_until and draft.embargo_until and stated.embargo_until != draft.embargo_until:
        found.append(embargoes.stated_twice(stated.embargo_until, draft.embargo_until))
    if until and draft.at_once:
        sentence = N_("The document is under embargo and “pour diffusion immédiate”: delete one of them.")
        found.append(Problem(Severity.ERROR, "embargo-denied", sentence))
    return found
