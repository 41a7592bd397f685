"""Link lines: lines that hold nothing but addresses, with a short label or none."""

import re

from publisher.announcement import Link
from publisher.pipeline.intake.markup import plain
from publisher.text.letters import SPACE as _S
from publisher.text.patterns import late

LONGEST = 1000
_MARKED = r"\[(?P<words>[^\[\]]+)\]\((?:<(?P<pointed>[^<>\s]+)>|(?P<target>[^()\s<>]+(?:\([^()\s<>]*\)[^()\s<>]*)*))\)"
_DOMAIN = r"(?>(?:[^\W_](?:[\w-]*[^\W_])?\.)+)(?-i:[a-z]{2,24})(?![\w@.-])(?::[0-9]{1,5})?(?:[/?#][^\s<>|]*)?"
_BARE = rf"<(?P<auto>https?://[^<>\s]+)>|(?P<bare>(?:https?://|www\.)[^\s<>|\[\]]+|{_DOMAIN})"
_ITEM = late(rf"[*_]*(?:{_MARKED}|{_BARE})[*_]*", re.IGNORECASE)
_BETWEEN = late(rf"[*_]*(?:{_S}*[|•·,;/–—-]{_S}*|{_S}+et{_S}+|{_S}+|[.;,]?{_S}*$)")
_LIST_MARK = late(rf"{_S}*(?:[-*+•▪◦‣·●–—]{_S}+)?")
_LABEL = late(rf"[*_]*(?P<label>[^\W\d_][^:\[\]<>0-9@/]{{0,38}}?)[*_]*{_S}*:[*_]*{_S}*(?=[^\s/])")
_ADDRESS = late(rf"(?:https?://)?(?:{_DOMAIN}|www\.\S+)", re.IGNORECASE)
_FILE = late(r"\.(?:pdf|docx?|odt|xlsx?|ods|pptx?|jpe?g|png|gif|webp|svg|zip|md|txt|csv|html?)$", re.IGNORECASE)
# What readers are asked to do stays in the text, which every channel gets; links go to the website and the mail only.
_CALL = late(
    r"inscri|réserv|billet|renseign|candidat|pai?ement|\bdons?\b|sondage|questionnaire|signal|urgence|participe|contact", re.IGNORECASE
)
_SECTION = late(
    rf"(?:liens?(?:{_S}utiles?)?|(?:pour{_S})?en{_S}savoir{_S}(?:plus|\+)|plus{_S}d['’]informations?|pour{_S}aller{_S}plus{_S}loin"
    rf"|(?:retrouvez|suivez)[ -]nous(?:{_S}sur)?|réseaux{_S}sociaux|sur{_S}(?:le{_S}web|internet|les{_S}réseaux(?:{_S}sociaux)?)"
    rf"|en{_S}ligne|sites?{_S}internet){_S}*:?",
    re.IGNORECASE,
)


def read(line: str) -> tuple[Link, ...]:
    """Return the links of a line that holds nothing else, () for any other line. A label names them: « Site : www.x.example »."""
    if len(line) > LONGEST or "." not in line:
        return ()
    mark = _LIST_MARK.match(line)
    return _items(line, mark.end() if mark else 0)


def heads_section(line: str) -> bool:
    """Tell whether the line announces links: « Liens utiles : »."""
    return len(line) <= LONGEST and bool(_SECTION.fullmatch(line.strip(" *_#\u00a0\u202f")))


def absolute(target: str) -> str | None:
    """Return the address with its scheme; None for what is no web address (a file, a mail address, another scheme)."""
    if re.match(r"https?://[^\s/]", target, re.IGNORECASE):
        return target
    if "@" in target or ":" in target.split("/", 1)[0] or not _ADDRESS.fullmatch(target):
        return None
    host_is_file = "/" not in target and not target.lower().startswith("www.") and _FILE.search(target)
    return None if host_is_file else f"https://{target}"


def _items(line: str, at: int) -> tuple[Link, ...]:
    found: list[Link] = []
    label = ""
    while at < len(line):
        item = _ITEM.match(line, at)
        if not item and (labelled := _LABEL.match(line, at)):
            label = labelled["label"].strip(" *_\u00a0\u202f")
            item = _ITEM.match(line, labelled.end())
        link = _link(item, label) if item and not _CALL.search(label) else None
        between = _BETWEEN.match(line, _end(item)) if item else None
        if not link or not between:
            return ()
        found.append(link)
        at = between.end()
    return tuple(found)


def _link(item: re.Match[str], label: str) -> Link | None:
    if item["words"]:
        url = absolute(item["pointed"] or item["target"])
        words = plain(item["words"])
        named = label if label and _ADDRESS.fullmatch(words) else " – ".join(filter(None, (label, words)))
    else:
        address = item["auto"] or _without_punctuation(item["bare"])
        url, named = absolute(address), label or address
    return Link(url, named) if url else None


def _end(item: re.Match[str]) -> int:
    """Return where an item ends; the punctuation that clings to a bare address is not part of it."""
    return item.start("bare") + len(_without_punctuation(item["bare"])) if item["bare"] else item.end()


def _without_punctuation(address: str) -> str:
    address = address.rstrip(".,;:!?*_")
    return address if address.count("(") >= address.count(")") else address.rstrip(")")
