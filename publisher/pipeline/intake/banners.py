"""The banners of a communiqué: its type, « Pour diffusion immédiate », the embargo; each alone on its line."""

import re
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from publisher.pipeline.intake import datelines, restrictions
from publisher.pipeline.intake.datelines import DateLine
from publisher.pipeline.intake.markup import bare
from publisher.text import wishes
from publisher.text.instants import parse_when
from publisher.text.letters import SPACE as _S
from publisher.text.patterns import late

LONGEST = 160
_PRESS = rf"(?:(?:à{_S}la{_S}|de{_S})?presse|(?:aux?{_S})?(?:m[ée]dias?|journalistes))"
_KINDS = (
    ("rectificatif", rf"(?:communiqué{_S}(?:de{_S}presse{_S})?)?rectificatif|erratum"),
    ("communique", rf"communiqu[ée](?:{_S}{_PRESS})?"),
    ("invitation", rf"invitation(?:{_S}{_PRESS})?"),
    ("alerte", rf"alerte(?:{_S}(?:info|{_PRESS}))?"),
)
_TYPE = late("(?:" + "|".join(rf"(?P<{name}>{pattern})" for name, pattern in _KINDS) + r")(?![^\W\d_])", re.IGNORECASE)
_AT_ONCE = late(rf"(?:(?:pour|à){_S})?(?:diffusion|publication|diffuser|publier){_S}(?:immédiate(?:ment)?|sans{_S}délai)", re.IGNORECASE)
# « Embargo sur les armes » and « Sous embargo depuis 1962 » are no banners: its end must be next, or the line.
_EMBARGO = late(
    rf"(?:(?:document|information|texte|communiqué(?:{_S}de{_S}presse)?){_S})?(?:strictement{_S})?(?:sous{_S})?(?:strict{_S})?embargo(?:{_S}strict)?"
    rf"(?={_S}*(?:$|[:(–—0-9-]|jusqu|levée?{_S}|fin{_S}|au{_S}|le{_S}|à{_S}|(?:lun|mar|mercre|jeu|vendre|same)di{_S}|dimanche{_S}))",
    re.IGNORECASE,
)
_BETWEEN = late(rf"{_S}*(?:[–—|•·/,:-]+{_S}*|$)|{_S}+(?=(?:du|le|ce){_S})", re.IGNORECASE)
_BEFORE_BANNER = late(
    rf"{_S}*[–—|•·-]+{_S}*(?=communiqué|pour{_S}diffusion|à{_S}diffuser|invitation|alerte|rectificatif|sous{_S}embargo)", re.IGNORECASE
)
_FIGURE = late(r"[0-9]")
_PARTING = late(rf"{_S}*[–—|•·]+{_S}*|{_S}+-+{_S}+")
_DASH = late(rf"{_S}*[–—|•·,:]+{_S}*|{_S}+-+{_S}+")
_MORE = late(rf"{_S}+(?:n°{_S}?[0-9][0-9/.-]*|de{_S}la{_S}(?:ville|commune|mairie){_S}.{{2,50}})", re.IGNORECASE)
_MORE_OF_ALERT = late(rf"(?:{_S}+[\w’'-]+){{1,3}}")

# Who speaks, and the number of the release: they stand above the title.
_LETTERHEAD = late(
    rf"(?:la{_S})?(?:ville|mairie|commune){_S}(?:(?:de|du|des){_S}(?:la{_S}|le{_S}|l['’])?|d['’])(?:[^\W_]|['’-])+(?:{_S}communique)?|cabinet{_S}d[ue]{_S}(?:la{_S})?maire"
    rf"|(?:service|direction|espace|bureau){_S}(?:de{_S}la{_S}|de{_S})?(?:presse|communication)"
    rf"|(?:(?:[nv]/|nos?{_S}|vos?{_S})?réf(?:érence)?s?\.?|n°|numéro){_S}*:?{_S}*[\w/.-]*[0-9][\w/.-]*"
    rf"|(?:(?:affaire|dossier){_S}suivie?{_S}par|tél(?:éphone)?\.?|fax|standard|mél|courriel|e-?mail){_S}*:{_S}*.{{1,60}}"
    # the address of the town hall
    rf"|[0-9]{{0,4}}[^.!?:0-9]{{0,60}}[0-9]{{5}}{_S}(?-i:[^\W\d_a-zà-öø-ÿœæ])[^.!?:0-9]{{0,40}}",
    re.IGNORECASE,
)

_NOT_BEFORE = late(wishes.OPENING, re.IGNORECASE)
_EMBARGO_WORD = late("embargo|jusqu", re.IGNORECASE)
_CONTINUED = late(rf"jusqu(?:['’](?:au|à)|e){_S}", re.IGNORECASE)
_UNTIL = late(rf"(?:{wishes.OPENING}|jusqu['’](?:au|à)|jusque|levée?|fin|au|le|à|[:–— \u00a0\u202f,-])*", re.IGNORECASE)
_ZONE = late(rf"[ \u00a0\u202f,]*\(?heure{_S}(?:locale|(?P<paris>de{_S}paris))\)?$", re.IGNORECASE)
_PARIS = ZoneInfo("Europe/Paris")


class Banner(NamedTuple):
    """What a line of banners says.

    `at_once`: « Pour diffusion immédiate »; `embargo`: the words that state its end, "" when the line stops before them.
    `says_more`: the line holds words that no field keeps; `doubtful`: it may be a title (« Alerte canicule »).
    """

    type: str | None = None
    at_once: bool = False
    embargo: str | None = None
    date_line: DateLine | None = None
    says_more: bool = False
    doubtful: bool = False


def may_be(line: str, *, at_edge: bool) -> bool:
    """Tell whether a line should stand by itself: an embargo anywhere, other banners at the edges of the document."""
    if len(line) > LONGEST:
        return False
    if _EMBARGO_WORD.search(line) and ("embargo" in line.lower() or continues_embargo(line)):
        return True
    return at_edge and (is_letterhead(line) or recognise(line) is not None)


def is_letterhead(line: str) -> bool:
    """Tell whether the line only says who speaks, or under which number (« Ville de Bellerive », « Réf. : 2026-12 »)."""
    return len(line) <= LONGEST and bool(_LETTERHEAD.fullmatch(bare(line)))


def recognise(line: str) -> Banner | None:
    """Return what the banners alone on this line of Markdown say, None if the line is something else."""
    if len(line) > LONGEST:
        return None
    text = bare(line).strip("[]()«».! \u00a0\u202f")
    return _read(text) or _behind_date(text) or _behind_restriction(text) or _in_parts(text)


def continues_embargo(line: str) -> bool:
    """Tell whether the line goes on where « SOUS EMBARGO » stopped: « jusqu’au … »."""
    return len(line) <= LONGEST and "usqu" in line.lower() and bool(_CONTINUED.match(bare(line)))


def embargo_end(words: str, zone: ZoneInfo, near: date | None = None) -> datetime:
    """Return the instant that the words behind « embargo » state, in `zone`; for `near` and the errors see `parse_when`."""
    stated = words.strip("(). \u00a0\u202f")
    named = _ZONE.search(stated)
    if named:
        stated = stated[: named.start()]
    lead = _UNTIL.match(stated)
    stated = stated[lead.end() if lead else 0 :]
    return parse_when(stated, _PARIS if named and named["paris"] else zone, near).astimezone(zone)


def _read(text: str) -> Banner | None:
    """Read banners from the left, parted by dashes and the like; a date line may be the last part."""
    banner, at = Banner(), 0
    while at < len(text):
        if embargo := _embargo(text, at):
            return banner._replace(embargo=text[embargo.end() :].strip(" \u00a0\u202f:"))
        found = _TYPE.match(text, at) or _AT_ONCE.match(text, at)
        if not found:
            date_line = datelines.recognise(text[at:]) if at else None
            return banner._replace(date_line=date_line) if date_line else None
        banner = _with(banner, found)
        between = _BETWEEN.match(text, found.end())
        if not between:
            return _saying_more(banner, text, found.end())
        at = between.end()
    return banner if at else None


def _embargo(text: str, at: int) -> re.Match[str] | None:
    """Match what says that the text is under embargo; both patterns are dear to compile."""
    found = _EMBARGO.match(text, at) if "embargo" in text.lower() else None
    return found or (_NOT_BEFORE.match(text, at) if wishes.may_open(text) else None)


def _with(banner: Banner, found: re.Match[str]) -> Banner:
    if not found.lastgroup:
        return banner._replace(at_once=True)
    # « Communiqué de presse – Rectificatif »: the rarer word is the one that counts.
    return banner if banner.type and found.lastgroup == "communique" else banner._replace(type=found.lastgroup)


def _saying_more(banner: Banner, text: str, end: int) -> Banner | None:
    if _MORE.fullmatch(text, end):
        return banner._replace(says_more=True)
    if banner.type == "alerte" and _MORE_OF_ALERT.fullmatch(text, end):
        return banner._replace(says_more=True, doubtful=True)
    return None


def _behind_restriction(text: str) -> Banner | None:
    """Read « CONFIDENTIEL – SOUS EMBARGO JUSQU’AU … »: until then, and no longer."""
    between = _DASH.search(text)
    if not between or not restrictions.recognise(text[: between.start()]):
        return None
    banner = _read(text[between.end() :])
    return banner._replace(says_more=True) if banner and _FIGURE.search(banner.embargo or "") else None


def _behind_date(text: str) -> Banner | None:
    """Read « Bellerive, le 3 mai 2026 – Communiqué de presse »."""
    between = _BEFORE_BANNER.search(text)
    if not between:
        return None
    date_line, banner = datelines.recognise(text[: between.start()]), _read(text[between.end() :])
    return banner._replace(date_line=date_line) if date_line and banner else None


def _in_parts(text: str) -> Banner | None:
    """Read place, date and banners parted by dashes and the like, in any order: « Bellerive – Communiqué de presse – 3 mai 2026 »."""
    place, banner, date_line = "", Banner(), None
    for part in _PARTING.split(text):
        found = _read(part)
        line = None if found else datelines.recognise(part)
        if found and found.embargo is None and not found.date_line:
            banner = banner._replace(type=banner.type or found.type, at_once=banner.at_once or found.at_once, says_more=found.says_more)
        elif line and date_line is None:
            date_line = line
        elif not place and datelines.is_place(part):
            place = part
        else:
            return None
    if banner == Banner() or (place and (banner.type != "communique" or (date_line and date_line.place))):
        return None
    if date_line:
        return banner._replace(date_line=date_line._replace(place=date_line.place or place or None))
    return banner._replace(says_more=True, doubtful=True) if place else None  # « Communiqué de presse – Canicule » may be the title
