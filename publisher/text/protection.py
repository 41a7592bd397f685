"""What typography must not touch, replaced by one sign each while it works, and put back afterwards.

The signs are control characters, one per kind of thing, so that the rules can tell what they stand beside; they are no white
space, and classes that hold them compile fast. Those that the text itself holds are protected like all the rest.
"""

import re
from functools import cache

from publisher.text import links
from publisher.text.patterns import late

WORD = "\x0e"  # stands like a word: address, code, time, slot…
MARK = "\x0f"  # has no width of its own: tag, target of a link…
GAP = "\x10"  # a space written as an entity
ITEM = "\x11"  # the marker of a list item or a heading, with all before and after it on its line
INDENT = "\x12"  # other signs that begin a line: spaces, the > of a quotation
FACE = "\x13"  # an emoticon

_NO_ELISION = r"(?!(?:[cdjlmnstCDJLMNST]|[Qq]u)['’])"  # l'affiche.pdf: the apostrophe is not the file's
_FILE_TYPES = "avi|csv|docx?|gif|html?|ics|jpe?g|json|md|mov|mp3|mp4|odp|ods|odt|pdf|png|pptx?|py|rtf|svg|txt|wav|webp|xlsx?|xml|zip"
_SCHEME = r"(?<![A-Za-z0-9+\-])(?:[A-Za-z][A-Za-z0-9+\-]*+://|mailto:|tel:|www\.)"
_NOT_IN_ADDRESS = r"\s<>«»“”\"()"
_NOT_IN_FILE_NAME = r"\s«»“”\"<>()|*/"

# Every alternative is linear: it starts at the edge of a word or with a sign of its own, and never gives back what it took.
# Few texts hold what these begin with, and compiling them takes longer than all the rest.
_MARKUP = frozenset("`~<[]\\&")
_WORDS_OF_MARKUP = (
    # code: blocks (to the end of the text if nothing closes them), inside a line, in HTML
    r"^[ \t>]*+(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)[^\n]*+(?>(?:\n(?![ \t>]*+(?P=fence))[^\n]*+)*)(?:\n[ \t>]*+(?P=fence)[^\n]*+)?",
    r"(?<!`)`(?!`)(?>(?:[^`\n]|\n(?![ \t]*\n))+)`(?!`)",
    r"(?<!`)(?P<ticks>`{2,3}+)(?>(?:[^`\n]|\n(?![ \t]*\n)|(?<!`)`(?!`))+)(?P=ticks)(?!`)",
    r"<(?P<tag>pre|code|script|style|kbd|samp)\b[^<>]*+>(?>(?:(?!</?(?P=tag)\b)[\s\S])*)</(?P=tag)>",
    # where a reference leads; addresses between < and >
    r"^ {0,3}\[[^\]\n^][^\]\n]*+\]:[ \t]*+\S++(?:[ \t]++[\"'(][^\n]*+)?[ \t]*+$",
    r"<[A-Za-z][A-Za-z0-9+.\-]*+:[^\s<>]*+>|<[^\s<>@]++@[^\s<>]++>",
    # entities, escaped signs, the warning sign /!\
    r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});",
    r"\\[!-/:-@\[-`{-~]",
    r"/!\\",
)
_WORDS = (
    # whole lines: rules, underlines of headings, alignment of tables
    r"^[ \t]*+[-=*_:|+][-=*_:|+ \t]*+$",
    # addresses with a scheme, of mail; names of files
    rf"{_SCHEME}(?=[\w+\[])(?:[^{_NOT_IN_ADDRESS}]|\([^{_NOT_IN_ADDRESS}]*+\))*(?<![.,;:!?…*_~'’\]])",
    rf"(?<![\w.+\-]){_NO_ELISION}[\w.+\-'’]{{1,64}}+@[\w\-]++(?>(?:\.[\w\-]++)+)",
    rf"(?<![^{_NOT_IN_FILE_NAME}'’_]){_NO_ELISION}[^{_NOT_IN_FILE_NAME}]{{1,80}}\.(?i:{_FILE_TYPES})(?!\w)",
    # mentions, hashtags, :shortcodes:
    r"(?<![\w@])@\w++(?:@[\w\-]++(?>(?:\.[\w\-]++)*))?",
    r"(?<![\w&])[#＃][\w·]++",
    r"(?<![\w:]):(?:[a-z][a-z0-9_+\-]*+|[+\-]1|100):(?![\w:])",
    # 14:30, 16:9, 6'30"
    r"(?<![\w:])[0-9]++(?>(?::[0-9]++)+)",
    r"(?<!\w)[0-9]++'(?:[0-9]++\"?|(?!\w))",
    # slots, and the kind of characters that stand for all this
    r"\{[A-Za-z_][\w.]*+\}",
    r"[\x0e-\x13]",
)
_MARKS = (
    r"!\[",
    (
        r"\]\([ ]*+(?:<[^<>\n]*+>|(?>(?:[^\s()\\]|\\.|\((?>(?:[^\s()\\]|\\.)*)\))*))"
        r"(?:[ \n]++(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\)))?[ ]*+\)"
    ),
    r"\]\[[^\]\n]*+\]",
    r"\[\^[^\]\s]{1,40}+\](?!:)",
    r"<!--(?>(?:[^<-]|-(?!->)|<(?!!--))*)-->",
    r"</?[A-Za-z][^<>\n]*+>",
)
_FACES = (r"(?:[:;]-?[)(]|(?<![^ \n(«“\"])(?:[:;]-?[DPpOo/]|:'[()]))(?=[\s.,;!?»”\")…]|$)",)
_GAPS = (r"&(?:nbsp|thinsp|nnbsp|#160|#8239|#[xX][aA]0|#[xX]202[fF]);",)
_ITEMS = (r"^[ \t>]*+(?>(?:(?:[-+*•–—]|[0-9]{1,9}[.)]|#{1,6}|\[\^[^\]\s]{1,40}+\]:)[ \t]++(?:\[[ xX]\][ \t]++)?)+)",)
_INDENTS = (r"^[ \t>]++",)

_KINDS = {
    "gap": (GAP, _GAPS, ()),
    "word": (WORD, _WORDS_OF_MARKUP, _WORDS),
    "face": (FACE, (), _FACES),
    "mark": (MARK, _MARKS, ()),
    "item": (ITEM, (), _ITEMS),
    "indent": (INDENT, (), _INDENTS),
}
_SIGN = late(f"[{''.join(sign for sign, *_ in _KINDS.values())}]")


def protect(text: str) -> tuple[str, list[str]]:
    """Return the text with a sign for each thing that must stay as it is, and those things in their order."""
    masked: list[str] = []
    kept: list[str] = []
    position = 0
    for found in _protected(markup=not _MARKUP.isdisjoint(text)).finditer(text):
        masked += [_mask_bare_addresses(text[position : found.start()], kept), _KINDS[str(found.lastgroup)][0]]
        kept.append(found[0])
        position = found.end()
    masked.append(_mask_bare_addresses(text[position:], kept))
    return "".join(masked), kept


@cache
def _protected(*, markup: bool) -> re.Pattern[str]:
    """Compile what must stay as it is; without `markup` for texts that hold none of its signs, in which the rest finds the same."""
    kinds = {kind: (*of_markup, *others) if markup else others for kind, (_, of_markup, others) in _KINDS.items()}
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in kinds.items() if patterns), re.MULTILINE)


def restore(masked: str, kept: list[str]) -> str:
    """Put the things back in place of their signs."""
    remaining = iter(kept)
    return _SIGN.sub(lambda _: next(remaining), masked)


def _mask_bare_addresses(text: str, kept: list[str]) -> str:
    """Return the text with a sign for each address without scheme, which go to the end of `kept`."""
    if "." not in text:
        return text
    masked: list[str] = []
    position = 0
    for start, end in links.find(text):
        masked += [text[position:start], WORD]
        kept.append(text[start:end])
        position = end
    return "".join(masked) + text[position:]
