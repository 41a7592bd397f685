"""Images of the text: they become media and leave it."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from publisher.announcement import Link, Medium
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.links import absolute
from publisher.pipeline.intake.markup import plain
from publisher.pipeline.intake.source import BLANK, Block, Kind
from publisher.text.patterns import late

# Every run is bounded: the time stays linear on hostile text.
_IMAGE = late(
    r"[ ]?(?P<linked>\[)?!\[(?P<alt>[^\[\]]{0,2000})\]\([ ]?(?P<file><[^<>\n]{1,500}>|[^()<>\"\n]{1,500}?)"
    r"(?:[ \n]\"(?P<caption>[^\"]{0,1000})\")?[ ]?\)"
    r"(?(linked)\]\((?P<url>[^()\s]{1,2000})\))"
)
_NEAR = 60
_STOPS = (".", "!", "?", "…", ":", ";", ")", "»", "|")
_ELSEWHERE = late(r"[a-z][a-z0-9+.-]+:|//", re.IGNORECASE)


def take(blocks: list[Block], draft: Draft) -> list[Block]:
    """Take the images out of the blocks; one that is not a file beside the communiqué is set aside."""
    left = []
    for block in blocks:
        kept = _without_images(block, draft) if "![" in block.words else block
        if kept:
            left.append(kept)
    return left


def is_beside(file: str) -> bool:
    """Tell whether the path names a file in the folder of the communiqué or below."""
    windows, posix = PureWindowsPath(file), PurePosixPath(file)
    outside = windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts or _ELSEWHERE.match(file)
    return not outside and "\0" not in file and bool(posix.name)


def origin_of(medium: Medium) -> str:
    """Return the name under which a draft notes where this image stood."""
    return f"media {medium}"


def _without_images(block: Block, draft: Draft) -> Block | None:
    for match in _IMAGE.finditer(block.text):
        _note(match, block, draft)
        draft.problems += _in_sentence(match)
    lines = tuple(line for line in _IMAGE.sub("", block.text).split("\n") if line.strip(BLANK))
    words = _IMAGE.sub("", block.words).strip(BLANK)
    if block.kind is Kind.HEADING and not words:
        return None
    return block._replace(lines=lines, words=words) if lines else None


def _in_sentence(match: re.Match[str]) -> Iterator[Problem]:
    """Yield the warning that a sentence goes without its image (« Voici le plan du parc » must stay whole).

    Its description does not take its place: it is written for who cannot see it, often by a word processor.
    """
    before = match.string[max(0, match.start() - _NEAR) : match.start()].rsplit("\n", 1)[-1]
    if any(char.isalnum() for char in before) and not before.rstrip(BLANK).endswith(_STOPS):
        behind = match.string[match.end() : match.end() + _NEAR].split("\n", 1)[0]
        sentence = N_("The image “%(file)s” stands in a sentence, which is shown without it: check that “%(verbatim)s” is whole.")
        params = {"file": unquote(match["file"].strip("<> ")), "verbatim": _IMAGE.sub("", before + behind).strip(BLANK)}
        yield Problem(Severity.WARNING, "image-in-sentence", sentence, params)


def _note(match: re.Match[str], block: Block, draft: Draft) -> None:
    verbatim = match[0].strip(BLANK)
    file, alt = unquote(match["file"].strip("<> ")), plain(match["alt"])
    if not is_beside(file):
        sentence = N_("The image “%(file)s” is not a file beside the communiqué: put it there and name it in “media”.")
        draft.problems.append(Problem(Severity.WARNING, "image-elsewhere", sentence, {"file": file}))
        draft.asides.append((block.line, verbatim))
        return
    medium = Medium(file, alt=alt or None, caption=match["caption"] or None)
    draft.media += [medium] if medium not in draft.media else []
    draft.origins.setdefault(origin_of(medium), []).append((block.line, verbatim))
    if match["url"]:
        url = absolute(match["url"])
        draft.links += [Link(url, alt or url)] if url else []
        draft.asides += [] if url else [(block.line, verbatim)]
