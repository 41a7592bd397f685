"""Step of intake: lines that are signs for the desk rather than text (comments, end marks, « Brouillon »), and hashtags."""

import re

from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import markup, restrictions
from publisher.pipeline.intake.draft import Draft
from publisher.pipeline.intake.source import BLANK, Block, Kind
from publisher.text.patterns import late

_HASHTAGS = late(r"(?:(?:hashtags?|mots-clés)[ \u00a0]?:[ \u00a0]?)?(?:#(?=[^\W_]*[^\W\d_])[\w·]++[ ,]*)+", re.IGNORECASE)
_END_MARK = late(
    r"[-–—][-–— ]*(?:30|fin)[ ]?[-–—][-–— ]*|fin du communiqué\.?|\W*page[ ]?[0-9]{1,3}(?:[ ]?(?:/|sur)[ ]?[0-9]{1,3})?\W*"
    r"|(?:\.{2,3}|…)/(?:\.{2,3}|…)",
    re.IGNORECASE,
)
_AGREED = late(
    r"(?:(?:texte|version|document|communiqué|cp)[ ](?:relue?|validée?)(?:[ ]et[ ]validée?)?[ ](?:par|le)"
    r"|(?:ok|bon)[ ](?:pour|à)[ ](?:diff|publi|envoi)"
    r"|vu[ ]et[ ](?:validé|approuvé))[^\n]{0,80}",
    re.IGNORECASE,
)
_ENCLOSED = late(r"(?:p\.?[ ]?j\.?|pièces?[ ]jointes?|copies?|cc)(?:[ ]à)?[ \u00a0]*:[^\n]{1,200}", re.IGNORECASE)
_NEAR_THE_END = 4
_LONGEST = 500
_LONGEST_MARK = 40


def without_comments(text: str, draft: Draft) -> str:
    """Set `<!-- … -->` aside: it was not written to be published."""
    pieces, done = [], 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start)) >= 0:
        pieces.append(text[done:start])
        done = end + len("-->")
        draft.asides.append((0, text[start:done]))
    return "".join([*pieces, text[done:]])


def take(blocks: list[Block], draft: Draft) -> list[Block]:
    """Take end marks (« – 30 – »), empty headings, « Confidentiel » and the like, and lines of hashtags out of the blocks."""
    left: list[Block] = []
    for index, block in enumerate(blocks):
        if _is_end_mark(block) or _is_desk_note(block, near_end=len(blocks) - index <= _NEAR_THE_END):
            draft.put_aside(block)
        elif _is_restriction(block):
            draft.problems.append(_not_for_release(block))
            draft.put_aside(block)
        elif block.kind is Kind.PARAGRAPH and _is_hashtags(block.lines[-1]):
            draft.hashtags += re.findall(r"#([\w·]+)", block.lines[-1])
            draft.read_from(block.part(len(block.lines) - 1), "hashtags")
            left += [block.part(0, len(block.lines) - 1)] if len(block.lines) > 1 else []
        else:
            left.append(block)
    return left


def _is_end_mark(block: Block) -> bool:
    if block.kind is Kind.HEADING:
        return not any(char.isalnum() for char in block.words)
    return len(block.words) <= _LONGEST_MARK and bool(_END_MARK.fullmatch(block.words.strip(BLANK)))


def _is_restriction(block: Block) -> bool:
    """Tell whether the block says that the document is not meant to leave; « ## Projet » heads a section."""
    return block.level <= 1 and block.kind in {Kind.HEADING, Kind.PARAGRAPH} and restrictions.recognise(block.words)


def _not_for_release(block: Block) -> Problem:
    sentence = N_("The line “%(verbatim)s” says that the document is not meant to leave: delete it once everything may be published.")
    return Problem(Severity.ERROR, "not-for-release", sentence, {"verbatim": markup.bare(block.words)})


def _is_desk_note(block: Block, *, near_end: bool) -> bool:
    """Tell whether the block says who agreed, or at the end of the text what is enclosed and who gets a copy."""
    if block.kind is not Kind.PARAGRAPH or len(block.words) > _LONGEST:
        return False
    lines = [markup.bare(line) for line in block.lines]
    return all(map(_AGREED.fullmatch, lines)) or (near_end and all(map(_ENCLOSED.fullmatch, lines)))


def _is_hashtags(line: str) -> bool:
    return "#" in line and len(line) <= _LONGEST and bool(_HASHTAGS.fullmatch(line.strip(BLANK)))
