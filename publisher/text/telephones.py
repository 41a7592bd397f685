"""Telephone numbers read in running French text."""

import re
from typing import NamedTuple

from publisher.text.patterns import late

_PLAIN = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")  # all spaces are one here
_DIGIT = late("[0-9]")
_SPACE = "[ .-]"
_PAIRS = rf"[1-9](?:{_SPACE}?[0-9]{{2}}){{4}}"
_NATIONAL = rf"0{_PAIRS}"
_FROM_ABROAD = rf"(?:\+|00)33{_SPACE}?(?:\(0\){_SPACE}?)?{_PAIRS}"
_FOREIGN = rf"(?:\+|00)(?!33)[1-9](?:{_SPACE}?[0-9]){{7,13}}"
# 3BPQ and 0 800 numbers in groups of three: « 0 800 123 456 ».
_FREE = rf"0{_SPACE}?8[0-9]{{2}}{_SPACE}?[0-9]{{3}}{_SPACE}?[0-9]{{3}}"
_NUMBER = late(rf"(?<![\w+])(?<![0-9][.,/])(?:{_FROM_ABROAD}|{_FREE}|{_NATIONAL}|{_FOREIGN})(?![0-9])")
# A short number (ARCEP's 10YY, 3BPQ, 118XYZ and emergency numbers) is one only where the words say so: 3200 may be a quantity.
_CALL = r"(?:appel\w*|compos\w*|joign\w*|joindre|contact\w*|t[ée]l(?:[ée]phon\w*)?\.?|num[ée]ros?)"
_SHORT = late(
    rf"(?:\b{_CALL}[ :]{{1,3}}(?:(?:le|au|du) )?|(?<=\bau )|(?<=\ble ))"
    rf"(?P<short>3[0-9]{{3}}|3[0-9]{_SPACE}[0-9]{{2}}|118{_SPACE}?[0-9]{{3}}|116{_SPACE}?[0-9]{{3}}|10[0-9]{{2}}|1[1578]|11[2459]|19[167])(?![0-9]|{_SPACE}[0-9])",
    re.IGNORECASE,
)
# In a list: « Urgences : 112 ou 18 », « Personnes sourdes : 114 (par SMS) »; but « Équipes : 15 ».
_LISTED = late(
    r"\b(?:urgences?|samu|pompiers|police|gendarmerie|secours|sourde?s?|malentendante?s?|sans-abri|enfance)\b"
    r"[^:\n]{0,60}: (?P<short>1[578]|11[2459])(?: ou (?P<other>1[578]|11[2459]))?(?!\w)",
    re.IGNORECASE,
)
# « le 15 » is a day: below four digits a verb of calling is needed.
_LONE_ARTICLE_MINIMUM = 4


class WrittenTelephone(NamedTuple):
    """One number as it is written: `text[start:end] == verbatim`; `number` is +33199001234 or the short number's digits."""

    start: int
    end: int
    verbatim: str
    number: str


def read(text: str) -> tuple[WrittenTelephone, ...]:
    """Return the telephone numbers in order: national, +33, foreign with +, and short ones that the words announce."""
    if not _DIGIT.search(text):
        return ()
    plain = text.translate(_PLAIN)
    found = [_written(text, match.span(), _international(match[0])) for match in _NUMBER.finditer(plain)]
    for match in _SHORT.finditer(plain):
        digits = re.sub(_SPACE, "", match["short"])
        if len(digits) >= _LONE_ARTICLE_MINIMUM or match.start() < match.start("short"):
            found.append(_written(text, match.span("short"), digits))
    for match in _LISTED.finditer(plain):
        found += [_written(text, match.span(name), match[name]) for name in ("short", "other") if match[name]]
    return tuple(sorted(found, key=lambda telephone: telephone.start))


def _written(text: str, span: tuple[int, int], number: str) -> WrittenTelephone:
    return WrittenTelephone(*span, text[slice(*span)], number)


def _international(written: str) -> str:
    digits = re.sub(r"[^0-9+]", "", written.replace("(0)", ""))
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+33" + digits[1:] if digits.startswith("0") else digits
