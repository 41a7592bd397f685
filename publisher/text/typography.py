"""French typography: spaces, quotation marks, apostrophes, dashes; applied to each channel's text just before its template.

It works on plain text and on Markdown source, changes signs and never words, and leaves alone what is not prose:
addresses, code, tags, times, emoticons. The source stays plain: typeset per channel, once, then count.

Sources: Lexique des règles typographiques en usage à l'Imprimerie nationale; for U+202F fvsch.com and lautre.info; for
numbers and units CLDR.
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from publisher.text.patterns import late
from publisher.text.protection import GAP, INDENT, ITEM, MARK, WORD, protect, restore
from publisher.text.quotes import replace_single_quotes, replace_straight_quotes

Profile = Literal["web", "social"]
_Replacement = str | Callable[[re.Match[str]], str]
_Rule = tuple[tuple[str, ...], re.Pattern[str], _Replacement]

NO_BREAK = "\u00a0"
THIN = "\u202f"

# Never \s for a space: it holds line ends too. A rule that only makes a space unbreakable looks for a breakable one: the
# no-break space that the officer typed stays as it is.
_S = r"[^\S\t-\r]"
_B = "[ \u2009]"
_T = f"[*_~{MARK}]"  # emphasis and tags, which may stand between a sign and its word
_AFTER_WORD = rf"(?<=[^\s{ITEM}{INDENT}{GAP}*_~{MARK}(\[«'\"¿¡:/|#\\])(?<![“‘])"
_STOPS = rf"(?=[\s)\]»”\"…;!?*_~{MARK}]|:(?!\w)|$)"
_WORD_START = r"(?<![^\W_])"
_CAPITAL = "[A-ZÀ-ÖØ-ÞŒŸ]"

_UNITS = r"ans?|euros?|centimes?|millions?|milliards?|[kcdm]?m[²³23]?|km/h|ha|[km]?g|t|[hdcm]?[lL]|h|min|[kMGT]?W|[kMGT]Wh|[kMGT]o|dB"
_UNITS_OFTEN_GLUED = r"km[²³]?|cm[²³]?|mm|m[²³]|km/h|kg|kWh|MWh"
_MONTHS = (
    r"(?i:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre"
    r"|(?:janv|févr|avr|juil|sept|oct|nov|déc)\.)"
)
_TITLES = r"MM?\.|M(?:me|lle)s?|Mgr|Drs?|Dre|Prs?|Me"


def typeset(text: str, profile: Profile = "web") -> str:
    """Return the text with French typography; once more with the same profile changes nothing.

    "web" puts U+202F before ; ! ? and between thousands. "social" has U+00A0 there as everywhere: some networks count
    U+202F double, old mail readers show a box.
    """
    masked, kept = protect(text)
    masked = _apply(_BEFORE_QUOTES, masked)
    masked = replace_single_quotes(replace_straight_quotes(masked))
    masked = _apply(_AFTER_QUOTES, masked)
    if profile == "social":
        masked = masked.replace(THIN, NO_BREAK)
    return restore(masked, kept)


def _apply(rules: tuple[_Rule, ...], text: str) -> str:
    for signs, pattern, replacement in rules:
        if any(sign in text for sign in signs):
            text = pattern.sub(replacement, text)
    return text


def _rules(*written: tuple[Sequence[str], str, _Replacement]) -> tuple[_Rule, ...]:
    """Return the rules, compiled when a text first holds one of their signs: most texts need few of them."""
    return tuple((tuple(signs), late(pattern), replacement) for signs, pattern, replacement in written)


def _joined_by(space: str) -> Callable[[re.Match[str]], str]:
    """Return what replaces every space of a match by this one."""
    return lambda match: re.sub(_S, space, match[0])


def _with_space_before(space: str) -> Callable[[re.Match[str]], str]:
    """Return what puts the space before a sign: outside an emphasis that starts with the sign, after one that ended before it."""

    def replaced(match: re.Match[str]) -> str:
        before, emphasis, sign = match["before"], match["emphasis"], re.sub(_S, "", match["sign"])
        return f"{space}{emphasis}{sign}" if before else f"{emphasis}{space}{sign}"

    return replaced


_SIGN = rf"{_AFTER_WORD}(?P<before>{_S}*+)(?P<emphasis>{_T}*+){_S}*+"

_BEFORE_QUOTES = _rules(
    # runs of spaces, and spaces inside parentheses
    (["  "], rf"(?<=[^ \t\n{ITEM}{INDENT}]) {{2,}}+(?=[^ \t\n])", " "),
    ("(", rf"(?<!\]\()(?<=\(){_S}++(?=[^\s)])", ""),
    (")", rf"(?<=[^\s(]){_S}++(?=\))", ""),
    # the ellipsis, which "etc." needs no more
    (["..."], r"(?<!\.)\.{3}(?!\.)", "…"),
    ("…", rf"(?<=[^\s(\[«“{ITEM}{INDENT}]){_S}++(?=…(?:[.,:]|{_STOPS}))", ""),
    (["tc"], r"(?<!\w)([Ee]tc)(?=\.?…)[.…]++", r"\1."),
    # no space before a comma or a full stop
    (",", rf"(?<=[^\s{ITEM}{INDENT}]){_S}++(?=,{_STOPS})", ""),
    (".", rf"(?<=[^\s.{ITEM}{INDENT}]){_S}++(?=\.{_STOPS})", ""),
    # apostrophes between letters, and those of an elision before a quotation mark or a bracket
    ("'", rf"([^\W\d_]{_T}*+)'(?={_T}*+[^\W_]|{_T}*+{WORD})", r"\1’"),
    ("'", rf"({_WORD_START}[cdjlmnstCDJLMNST]{_T}*+|[Qq][Uu]{_T}*+)'(?={_T}*+[«“\"\[(])", r"\1’"),
)

_FIGURES = "0123456789"
_IN_PAIRS = rf"(?:\+[0-9]{{2,3}}{_S}?(?:\(0\){_S}?)?[1-9]|0[1-9])(?:{_S}[0-9]{{2}}){{4}}"
_FREE_OF_CHARGE = rf"0{_S}?8[0-9]{{2}}(?:(?:{_S}[0-9]{{3}}){{2}}|(?:{_S}[0-9]{{2}}){{3}})"

_AFTER_QUOTES = _rules(
    # inside guillemets a typed U+202F stays: houses differ
    ("«", rf"«(?!{THIN}(?!{_S})){_S}*+(?=[^\s{GAP}»])", f"«{NO_BREAK}"),
    ("»", rf"(?<=[^\s{GAP}{ITEM}{INDENT}«])(?!{THIN}»){_S}*+»", f"{NO_BREAK}»"),
    (";!?", rf"{_SIGN}(?P<sign>[;!?](?>(?:{_S}*+[!?])*))(?!\w*=)", _with_space_before(THIN)),
    (":", rf"{_SIGN}(?P<sign>:)(?={_T}*+(?:[\s{GAP})\]»”\"]|$))", _with_space_before(NO_BREAK)),
    # telephone numbers, then thousands: "En 2026 250 personnes" is two numbers
    ("+0", rf"(?<![\w+.,])(?<![0-9]{_S})(?:{_IN_PAIRS}|{_FREE_OF_CHARGE})(?!{_S}?[0-9])", _joined_by(NO_BREAK)),
    (_FIGURES, rf"(?<![\w+])(?<![0-9][.,])(?<![0-9]{_S})[1-9][0-9]{{0,2}}(?:{_S}[0-9]{{3}})+(?!{_S}?[0-9])", _joined_by(THIN)),
    # a number and its unit; "45°" and "14h30" are a matter of taste
    ("%‰€£°", rf"([0-9]{_T}*+){_B}?(?=(?:[%‰€£]|[kMG]d?€|°[CF])(?![\w{WORD}]))", rf"\1{NO_BREAK}"),
    (_FIGURES, rf"([0-9]{_T}*+){_B}(?=(?:{_UNITS})(?![\w'’°]))", rf"\1{NO_BREAK}"),
    (_FIGURES, rf"([0-9])(?=(?:{_UNITS_OFTEN_GLUED})(?![\w'’]|://))", rf"\1{NO_BREAK}"),
    (["h ", "h\u2009"], rf"(?<=[0-9]{_S}h){_B}(?=[0-9]{{2}}(?!\w))", NO_BREAK),
    # what announces a number or a name, and that
    ("°º№§", rf"({_WORD_START}[Nn][°º]s?|[№§]){_B}?(?=[0-9])", rf"\1{NO_BREAK}"),
    ("°º", rf"({_WORD_START}[Nn][°º]){_B}(?=\w)", rf"\1{NO_BREAK}"),
    (".", rf"({_WORD_START}(?:[Aa]rt|[Pp]p?|[Cc]hap|[Ff]ig|[Vv]ol|al)\.){_B}(?=[0-9]|[LRD][. ]?[0-9])", rf"\1{NO_BREAK}"),
    ("MDP", rf"(?<![0-9]{_S})({_WORD_START}(?:{_TITLES})){_B}(?={_T}*+{_CAPITAL})", rf"\1{NO_BREAK}"),
    # centuries, eras, days of a month
    (["siècle"], rf"({_WORD_START}[IVXLC]+(?:er|re|e|ème|ᵉʳ|ᵉ)){_B}(?=siècles?(?!\w))", rf"\1{NO_BREAK}"),
    (["J.-C."], rf"({_WORD_START}(?:av|apr)\.){_B}(?=J\.-C\.)", rf"\1{NO_BREAK}"),
    (_FIGURES, rf"({_WORD_START}(?:1er|1ᵉʳ|[0-9]{{1,2}}){_T}*+){_B}(?={_MONTHS}(?!\w))", rf"\1{NO_BREAK}"),
    # two hyphens in front of who speaks
    (["--"], rf"(?<![^\n{INDENT}])--(?={_S}++[^\s-])", "–"),
    # a hyphen between spaces is a dash; last, because the rules above make some of these spaces
    ("-", rf"(?<=[^\s|{ITEM}{INDENT}])({_S})--?(?={_S}|\n|$)(?!{_S}*\|)", r"\1–"),
)
