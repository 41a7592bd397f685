"""Wishes that a text be not published yet, in anybody's words: « Ne pas diffuser avant … », « Diffusion autorisée à partir du … »."""

import re

from publisher.text.patterns import late

_S = r"\s+"
_PUBLISH = rf"(?:diffuser|publier|divulguer|relayer|communiquer|mettre{_S}en{_S}ligne|rendre{_S}publi(?:c|que)s?)"
_PUBLISHED = rf"(?:diffusée?s?|publiée?s?|divulguée?s?|relayée?s?|communiquée?s?|mise?s?{_S}en{_S}ligne|rendue?s?{_S}publi(?:c|que)s?)"
_PUBLICATION = rf"(?:diffusion|publication|parution|mise{_S}en{_S}ligne)"
_FROM = rf"(?:à{_S}(?:partir|compter){_S}(?:du|de)|dès|après)"
_ONLY = rf"(?:(?:seulement|uniquement|exclusivement){_S})?"
_DAY = r"(?=(?:lun|mar|mercre|jeu|vendre|same)di\b|dimanche\b|[0-9])"
_LEAD = (
    rf"(?:(?:merci|prière){_S}de{_S}|(?:document|information|texte|note|communiqué(?:{_S}de{_S}presse)?){_S}(?:à{_S}|(?=non{_S}))|à{_S})?"
)

_PLAIN = (
    rf"{_LEAD}(?:ne{_S}pas{_S}{_PUBLISH}{_S}avant|non{_S}(?:publiable|diffusable|communicable){_S}avant)"
    rf"|{_PUBLICATION}{_S}(?:(?:autorisée|possible|permise){_S}{_ONLY}{_FROM}|interdite{_S}(?:avant|jusqu['’](?:au?|à)))"
    rf"|à{_S}(?:diffuser|publier){_S}{_ONLY}(?:{_FROM}|pas{_S}avant|le{_S}{_DAY})"
)
# « Diffusion à partir de 21 h » may be that of a film: a wish only if nothing but an instant stands behind.
_DOUBTFUL = rf"(?:pour{_S})?{_PUBLICATION}{_S}{_ONLY}{_FROM}|(?:diffuser|publier){_S}{_ONLY}(?:{_FROM}|pas{_S}avant|le{_S}{_DAY})"

OPENING = rf"(?:{_PLAIN}|{_DOUBTFUL})(?![^\W\d_])"
"""How a line begins that says no more than the wish; the instant stands behind."""

_OF_PUBLISHING = ("diffus", "publi", "divulgu", "relayer", "communiquer", "communicable", "ligne", "parution")
_OF_TIME = ("avant", "partir", "compter", "dès", "après", "jusqu")

_ANYWHERE = late(
    rf"\bne{_S}pas{_S}{_PUBLISH}{_S}avant|\bne{_S}(?:doit|doivent|peut|peuvent|devra|devront|pourra|pourront){_S}(?:pas{_S})?être{_S}{_PUBLISHED}{_S}(?:avant|qu)"
    rf"|\b{_PUBLICATION}{_S}(?:autorisée|possible|interdite|permise){_S}(?:{_ONLY}{_FROM}|avant|jusqu)"
    rf"|\bnon{_S}(?:publiable|diffusable|communicable)"
    rf"|\b(?:sous{_S}|l['’])embargo{_S}(?:strict{_S})?(?:jusqu|sera{_S}levé|est{_S}levé)"
    # « sans » : « ne pas publier sans accord » is a rule for pictures as well; at the beginning of a line it is a wish
    rf"|^[^\w\n]*{_LEAD}ne{_S}pas{_S}{_PUBLISH}(?:{_S}sans\b|[^\w\n]*$)|^[^\w\n]*(?:{_PLAIN})(?![^\W\d_])",
    re.IGNORECASE | re.MULTILINE,
)
# What each of these wishes holds: the pattern above is dear to compile, and few texts need it.
_QUICK = late(
    r"embargo|(?:\bne\s+pas|être|\bnon|\bà)\s+(?:diffu|publi|divulgu|relay|communi|mett|mise?s?\s|rend)"
    r"|\s(?:autorisée|possible|interdite|permise)\s",
    re.IGNORECASE,
)
_LINE = late(r"[^\n]*")


def may_open(text: str) -> bool:
    """Tell whether `OPENING` may be found in the text at all: that pattern is dear to compile."""
    lowered = text.lower()
    if not any(word in lowered for word in _OF_PUBLISHING):
        return False
    return any(word in lowered for word in _OF_TIME) or "le" in lowered.split()


def find(text: str) -> str | None:
    """Return the words, with the rest of their line, that ask for the text not to be published yet; None without such a wish."""
    found = _ANYWHERE.search(text) if _QUICK.search(text) else None
    if not found:
        return None
    rest = _LINE.match(text, found.end())
    return (found[0] + (rest[0] if rest else "")).strip(" \t\n\u00a0\u202f*_#>-–—")
