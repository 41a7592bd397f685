"""First step of intake: the bytes of a file become one clean text, or are refused."""

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from publisher.errors import IntakeError, Problem, Severity
from publisher.i18n import N_
from publisher.text.patterns import late

LIMIT = 5 * 1024 * 1024
"""Largest document, in bytes (security.md: limits)."""

# PDF and ZIP (DOCX, ODT) begin so; they may hold no control character in their first bytes.
_FOREIGN_SIGNATURES = (b"%PDF-", b"PK\x03\x04", b"{\\rtf")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# A byte pair that is an accented letter or a typographic mark in UTF-8, and nonsense (« Ã© ») in Windows-1252.
_UTF8_PAIR = re.compile(rb"\xc3[\x80-\xbf]|\xc5[\x92\x93]|\xe2\x80[\x90-\xa6]")
# What UTF-8 becomes when a program reads it as something else: Windows-1252 (« Ã© »), Mac Roman (« √© »).
_GARBLED_SIGNS = ("\ufffd", "Ã", "â€", "â‚", "Å", "Â", "√", "‚Ä", "¬")
_GARBLED = late(
    "\ufffd|Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ˜š“”¦]|â‚¬|Å[“’\u0092\u0093]|Â[\u00a0«»°·²]"
    "|√[©®†¢ß™ªÆ¥ÄâéäÅ]|‚Ä[ôúùìîïí¶]|¬[´ª†∞]"
)
# French letters of Mac Roman (é à â É ’) that Windows-1252 reads as others.
_MAC_ROMAN = re.compile(r"Ž|ˆ|(?<=[A-Za-z])(?:Õ|‰)(?=[A-Za-zŽˆ])|ž(?=[a-z])|ƒ(?=[A-Za-z])")
_NEAR = 20
_FIGURE_SPACE = "\u2007"
_LINE_ENDS = re.compile("\r\n?|[\v\u0085\u2028]")
_PARAGRAPH_ENDS = re.compile("[\f\u2029]")
# Left by word processors and web pages; nobody sees them, and they part words for search, counting and addresses.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def decode(content: bytes, name: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the text and what a person should know about it.

    The text is NFC, its lines end with LF, and it holds no byte-order mark, soft hyphen or space without width.
    Raises IntakeError: `too-large`, `empty`, `binary`, `encoding`.
    """
    if len(content) > LIMIT:
        raise too_large(name)
    if content.startswith(_FOREIGN_SIGNATURES):
        raise _binary(name)
    text, problems = _read(content, name)
    if _CONTROLS.search(text):
        raise _binary(name)
    text = _INVISIBLE.sub("", _PARAGRAPH_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))).replace(_FIGURE_SPACE, "\u00a0")
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        raise IntakeError("empty", N_("%(name)s is empty: write a title and a text in it."), name=name)
    return text, (*problems, *_doubts(text))


def too_large(name: str) -> IntakeError:
    """Return the error for a document beyond the limit."""
    return IntakeError(
        "too-large", N_("%(name)s is larger than %(limit)s MB: keep only the text in it."), name=name, limit=LIMIT // 1024**2
    )


def _read(content: bytes, name: str) -> tuple[str, tuple[Problem, ...]]:
    encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding), ()
    except UnicodeDecodeError as error:
        broken = error.start
    if encoding == "utf-16":
        raise IntakeError("encoding", N_("The characters of %(name)s cannot be read: save it as UTF-8."), name=name)
    if b"\0" in content:
        raise _binary(name)
    return _windows_1252(content, name, broken)


def _windows_1252(content: bytes, name: str, broken: int) -> tuple[str, tuple[Problem, ...]]:
    """Read the encoding of older French Windows programs, unless the bytes are damaged UTF-8 or something else again."""
    line = content.count(b"\n", 0, broken) + 1
    unreadable = IntakeError(
        "encoding", N_("The characters of %(name)s cannot be read from line %(line)s on: save it as UTF-8."), name=name, line=line
    )
    if content.startswith(BOM_UTF8) or _UTF8_PAIR.search(content):
        raise unreadable
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise unreadable from None
    if mac := _MAC_ROMAN.search(text):
        sentence = N_(
            "The accents of line %(line)s look wrong (“%(verbatim)s”), as from an old Mac: correct them, or save the file as UTF-8."
        )
        params = {"verbatim": _word_around(text, mac), "line": _line(text, mac.start())}
        return text, (Problem(Severity.WARNING, "encoding-damaged", sentence, params),)
    sentence = N_("The file was read as Windows-1252: check the accents, and save it as UTF-8 next time.")
    return text, (Problem(Severity.NOTICE, "encoding-windows-1252", sentence),)


def _doubts(text: str) -> list[Problem]:
    found = []
    if garbled := _garbled(text):
        sentence = N_("Some characters were damaged before the file came here (“%(verbatim)s”, line %(line)s): correct them.")
        found.append(
            Problem(Severity.WARNING, "encoding-damaged", sentence, {"verbatim": garbled[0], "line": _line(text, garbled.start())})
        )
    if bidi := _BIDI.search(text):
        sentence = N_("Line %(line)s holds an invisible character that reverses the direction of writing (%(code)s): delete it.")
        found.append(
            Problem(Severity.WARNING, "bidi-control", sentence, {"line": _line(text, bidi.start()), "code": f"U+{ord(bidi[0]):04X}"})
        )
    return found


def _garbled(text: str) -> re.Match[str] | None:
    return _GARBLED.search(text) if any(sign in text for sign in _GARBLED_SIGNS) else None


def _word_around(text: str, found: re.Match[str]) -> str:
    before, behind = text[max(0, found.start() - _NEAR) : found.start()], text[found.end() : found.end() + _NEAR]
    return before.rpartition(" ")[2].rpartition("\n")[2] + found[0] + re.split(r"\s", behind, maxsplit=1)[0]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _binary(name: str) -> IntakeError:
    return IntakeError("binary", N_("%(name)s is not a text file: save the communiqué as plain text or Markdown."), name=name)
