"""Step of intake: HTML typed in the text becomes Markdown where Markdown says the same, and plain words elsewhere.

Readers of a post would see the marks, and those of a page would not get what they mean: HTML is no text on any channel.
"""

import re

from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.intake import markup
from publisher.pipeline.intake.draft import Draft
from publisher.text.patterns import late

_BLOCKS = (
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|header|hr|html|main|nav"
    "|ol|p|pre|section|summary|table|tbody|tfoot|thead|ul"
)
_INLINE = (
    "a|abbr|acronym|b|big|br|button|cite|code|col|colgroup|del|dfn|em|font|i|iframe|img|input|ins|kbd|label|li|link|mark|meta|q|s|samp|small|span"
    r"|strike|strong|sub|sup|svg|td|th|time|tr|tt|u|var|video|audio|wbr|h[1-6]|o:\w+|w:\w+|st1:\w+"
)
# Every run is bounded: the time stays linear on hostile text.
_ATTRIBUTES = r"(?:[ \t\n/][^<>]{0,2000})?"
_TAG = late(rf"<(?P<close>/)?(?P<name>{_BLOCKS}|{_INLINE}){_ATTRIBUTES}>", re.IGNORECASE)
_HIDDEN = late(r"<(script|style|head|template)\b[^<>]{0,2000}>", re.IGNORECASE)
_HIDDEN_END = late(r"</(?:script|style|head|template)[ ]*>", re.IGNORECASE)
_LINK = late(
    r"<a[ \t\n][^<>]{0,500}?href[ ]*=[ ]*(?:\"(?P<double>[^\"<>]{1,1000})\"|'(?P<single>[^'<>]{1,1000})')[^<>]{0,500}>"
    r"(?P<words>[^<>\[\]]{1,500})</a>",
    re.IGNORECASE,
)
_IMAGE = late(r"<img[ \t\n][^<>]{0,2000}>", re.IGNORECASE)
_SOURCE = late(r"\bsrc[ ]*=[ ]*[\"']([^\"'<>()]{1,500})[\"']", re.IGNORECASE)
_ALT = late(r"\balt[ ]*=[ ]*[\"']([^\"<>\[\]]{1,500})[\"']", re.IGNORECASE)
_EMPHASIS = tuple(
    (re.compile(rf"(?<!\w)<({names})(?:[ \t][^<>]{{0,500}})?>(?=[^\s<>])([^<>\n]{{1,1000}})(?<!\s)</\1>(?!\w)", re.IGNORECASE), mark)
    for names, mark in (("b|strong", "**"), ("i|em", "*"), ("s|del|strike", "~~"))
)
_POWERS = ((re.compile(r"<sup>2</sup>", re.IGNORECASE), "²"), (re.compile(r"<sup>3</sup>", re.IGNORECASE), "³"))
_BLANK_LINES = late(r"\n[ \t]*(?:\n[ \t]*)+")
_MOST_SHOWN = 6
_BLOCK = late(_BLOCKS)
# What an opening and a closing tag become.
_PLACED = {"li": ("\n- ", ""), "td": ("", "\t"), "th": ("", "\t"), "tr": ("", "\n")}


def without_tags(text: str, draft: Draft) -> str:
    """Return the text without HTML outside code; what was hidden in it (scripts, styles) is set aside, and a warning names the tags."""
    found: dict[str, None] = {}
    if "<" not in text:
        return text
    changed = markup.outside_code(_without_hidden(text, draft, found), lambda part: _as_markdown(part, found))
    if found:
        sentence = N_("HTML is typed in the text (%(tags)s): the marks were taken out, and the words kept. Check the text.")
        tags = " ".join([*list(found)[:_MOST_SHOWN], *(["…"] if len(found) > _MOST_SHOWN else [])])
        draft.problems.append(Problem(Severity.WARNING, "html-in-text", sentence, {"tags": tags}))
    return changed


def _without_hidden(text: str, draft: Draft, found: dict[str, None]) -> str:
    """Set aside what a page would not show: scripts, styles."""
    pieces, done, closings = [], 0, [*_HIDDEN_END.finditer(text)][::-1]
    for opening in _HIDDEN.finditer(text):
        while closings and closings[-1].start() < opening.end():
            closings.pop()
        if opening.start() < done or not closings:
            continue
        pieces.append(text[done : opening.start()])
        done = closings[-1].end()
        draft.asides.append((0, text[opening.start() : done]))
        found[f"<{opening[1].lower()}>"] = None
    return "".join([*pieces, text[done:]])


def _as_markdown(text: str, found: dict[str, None]) -> str:
    names = dict.fromkeys(f"<{match['name'].lower()}>" for match in _TAG.finditer(text))
    if not names:
        return text
    found |= names
    text = _IMAGE.sub(_image, _LINK.sub(lambda match: f"[{match['words']}]({match['double'] or match['single']})", text))
    for pattern, mark in _EMPHASIS:
        text = pattern.sub(rf"{mark}\2{mark}", text)
    for pattern, power in _POWERS:
        text = pattern.sub(power, text)
    return _BLANK_LINES.sub("\n\n", _TAG.sub(_replaced, text))


def _image(match: re.Match[str]) -> str:
    source, alt = _SOURCE.search(match[0]), _ALT.search(match[0])
    return f"![{alt[1] if alt else ''}]({source[1]})" if source else match[0]


def _replaced(tag: re.Match[str]) -> str:
    name, closes = tag["name"].lower(), bool(tag["close"])
    if name == "br":
        return _line_break(tag)
    if name in _PLACED:
        return _PLACED[name][closes]
    if name[0] == "h" and name[1:].isdecimal():
        return "\n\n" if closes else f"\n\n{'#' * int(name[1:])} "
    return "\n\n" if _BLOCK.fullmatch(name) else ""


def _line_break(tag: re.Match[str]) -> str:
    """Return a line break, a space where Markdown has none: in the rows of a table, in a heading."""
    line = tag.string[tag.string.rfind("\n", 0, tag.start()) + 1 : tag.start()].lstrip()
    return " " if line.startswith(("|", "#")) else "\\\n"
