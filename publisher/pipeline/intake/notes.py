"""Step of intake: footnotes of Markdown (`[^1]`, `[^1]: …`), which no channel has, become « (1) » and the paragraph of that number."""

import re

from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import markup
from publisher.pipeline.intake.draft import Draft
from publisher.text.patterns import late

_NAME = r"\[\^([^\]\s]{1,40})\]"
_NOTE = late(rf"^[ ]{{0,3}}{_NAME}:[ \t]*", re.MULTILINE)
_CALL = late(rf"[ \u00a0\u202f]?([.,;:!?…»]{{0,3}}){_NAME}(?!:)")


def in_words(text: str, draft: Draft) -> str:
    """Return the text with its notes numbered as a newspaper does, in the order of their calls."""
    if "[^" not in text:
        return text
    numbers: dict[str, int] = {}
    text = markup.outside_code(text, lambda part: _CALL.sub(lambda call: f" ({_number(call[2], numbers)}){call[1]}", part))
    text = markup.outside_code(text, lambda part: _NOTE.sub(lambda note: f"\n({_number(note[1], numbers)}) ", part))
    if numbers:
        sentence = N_("The notes of the text are written (1), (2)… and stand where they stood: check how each channel reads.")
        draft.problems.append(Problem(Severity.WARNING, "footnotes", sentence))
    return text


def _number(name: str, numbers: dict[str, int]) -> int:
    return numbers.setdefault(name, len(numbers) + 1)
