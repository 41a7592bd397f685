"""Lines that say the document is not meant to leave: « Confidentiel », « Brouillon », « Projet – V3 »; each alone on its line."""

import re

from publisher.pipeline.intake.markup import bare
from publisher.text.patterns import late

LONGEST = 120
_LONGEST_TAIL = 40
_S = r"\s+"
_PAPER = rf"(?:document|version|texte|note|information|communiqué(?:{_S}de{_S}presse)?)"
_UNCHECKED = (
    rf"(?:à|pour|en{_S}attente{_S}de|en{_S}cours{_S}de|sous{_S}réserve{_S}de){_S}(?:valider|relire|corriger|compléter|validation|relecture|accord|visa)"
    rf"|(?:relecture|validation){_S}en{_S}cours|non{_S}(?:validée?|relue?|définiti(?:f|ve))"
)
_SURE = (
    rf"(?:strictement{_S})?confidentiel(?:le)?|brouillon|draft|ébauche"
    rf"|{_PAPER}{_S}(?:de{_S}travail|provisoire|interne|(?:strictement{_S})?confidentiel(?:le)?|{_UNCHECKED})|{_UNCHECKED}"
    rf"|(?:document{_S}|note{_S})?(?:à{_S}|pour{_S})?(?:usage|diffusion){_S}(?:strictement{_S})?(?:interne|restreinte)(?:{_S}(?:uniquement|exclusivement))?"
    rf"|(?:merci{_S}de{_S}|prière{_S}de{_S}|à{_S})?ne{_S}pas{_S}(?:diffuser|publier|transférer|communiquer)"
    rf"(?:{_S}(?:avant|sans){_S}(?:l['’]|la{_S}|notre{_S}|mon{_S}|votre{_S})?(?:validation|accord|relecture|autorisation|visa)[^–—|•·/,;:()\[\]]{{0,40}})?"
)
_PROJECT = rf"projet(?:{_S}de{_S}(?:communiqué(?:{_S}de{_S}presse)?|texte))?"
# What may stand beside: a version, a day, an hour.
_BESIDE = (
    rf"v(?:ersion)?\.?(?:{_S})?[0-9][0-9.]*|du|le|à|[0-9]{{1,2}}(?:er)?{_S}[^\W\d_]{{3,9}}(?:{_S}[0-9]{{4}})?"
    r"|[0-9]{1,4}[./-][0-9]{1,2}(?:[./-][0-9]{2,4})?|[0-9]{1,2}[ \u00a0]?h[ \u00a0]?(?:[0-9]{2})?"
)
_BETWEEN = rf"(?:{_S}|[–—|•·/,;:()\[\]-])*"
_LINE = late(rf"(?!(?:du|le){_S})(?:(?:(?P<sure>{_SURE})|(?P<project>{_PROJECT})|{_BESIDE})(?![^\W_]){_BETWEEN})+", re.IGNORECASE)
_SEPARATOR = late(rf"(?:{_S})?[–—|(:]|{_S}-{_S}")
_QUICK = late(
    rf"confidenti|brouillon|draft|ébauche|{_PAPER}{_S}de{_S}travail|provisoire|interne|restreinte|projet|valid|relire|relecture|relue?\b|corriger|compléter|définiti|accord\b|visa\b|pas"
    rf"{_S}(?:diffuser|publier|transférer|communiquer)",
    re.IGNORECASE,
)


def recognise(line: str) -> bool:
    """Tell whether a line of Markdown says nothing but that the document is confidential or a draft."""
    if len(line) > LONGEST:
        return False
    text = bare(line).strip("[]()«».!*- \u00a0\u202f")
    if not _QUICK.search(text):
        return False
    found = _LINE.match(text)
    if not found or not (found["sure"] or found["project"]):
        return False
    rest = text[found.end() :]
    if not rest:
        return True
    # « CONFIDENTIEL – Cabinet du maire »; « Projet : un nouveau stade » is a title
    said = text[: found.end()].rstrip("–—|(:- \u00a0\u202f")
    return bool(found["sure"]) and len(rest) <= _LONGEST_TAIL and bool(_SEPARATOR.match(text, len(said)))
