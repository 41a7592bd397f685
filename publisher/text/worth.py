"""What a French sentence is worth when there is no room for all: read by adaptation, which leaves out the least (R6)."""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from typing import NamedTuple

import regex

from publisher.text import dates, hours, telephones
from publisher.text.dates import WrittenDate


class Worth(IntEnum):
    """Classes of sentences, in the order in which they are left out; the last holds what readers came for."""

    BOILERPLATE = 0
    HISTORY = 1
    CLOSING = 2
    PLAIN = 3
    SIDE_FACT = 4
    ESSENTIAL = 5
    TELEPHONE = 6


_SPACE = "[ \u00a0\u202f]"
_LEADS = regex.compile(
    rf"\b(?:présid|condui|dirig|men|emmen|pilot|anim|organis|inaugur|parrain)(?:t|é)e?s?{_SPACE}+par\b"
    rf"|\bsous{_SPACE}+la{_SPACE}+(?:présidence|direction|conduite)\b|\ben{_SPACE}+présence{_SPACE}+d",
    regex.IGNORECASE,
)
_PURPOSE = regex.compile(
    rf"^(?:L[’']objectif|Le{_SPACE}+but|L[’']objet|L[’']enjeu|L[’']ambition|Il{_SPACE}+s[’']agit)\b"
    rf"|\bvis(?:e|ent|era|eront|ait|aient)?{_SPACE}+à\b"
    rf"|\b(?:a|ont|aura|auront|avait|avaient){_SPACE}+pour{_SPACE}+(?:but|objectif|objet|vocation|ambition)\b",
    regex.IGNORECASE,
)
# "inscrivez-vous", but not "Rodez"
_IMPERATIVE = regex.compile(r"(?<![\p{L}’'-])(?!(?i:chez|assez|nez|rez)\b)(?:^\p{Lu})?\p{Ll}+ez\b")
_INSTRUCTION = regex.compile(
    r"\b(?:inscriptions?|réservations?|obligatoires?|interdite?s?|gratuite?s?|déconseillée?s?|recommandée?s?|tarifs?|date limite"
    rf"|(?:entrée|accès){_SPACE}+libre|merci{_SPACE}+de|prière{_SPACE}+de|sur{_SPACE}+présentation"
    rf"|il{_SPACE}+est{_SPACE}+(?:demandé|conseillé|rappelé|possible|nécessaire|impératif))\b",
    regex.IGNORECASE,
)
_VENUE = regex.compile(
    r"\b(?i:rue|avenue|boulevard|place|square|quai|impasse|allée|chemin|cours|esplanade|parvis|salle|gymnase|stade|piscine|médiathèque"
    r"|bibliothèque|théâtre|cinéma|école|collège|lycée|parc|jardin|mairie|centre|maison|espace|musée|église|halle|crèche|hôpital)s?\b"
    rf"{_SPACE}(?i:(?:du|des|d[’']|de{_SPACE}(?:la{_SPACE}|l[’'])?|la|le|les|l[’']){_SPACE}?)?(?:\p{{Lu}}|\d)"
)
_SUM = regex.compile(
    rf"\d{_SPACE}*(?:[kM]?€|(?:(?:mille|millions?|milliards?){_SPACE}(?:d[’'])?)?(?:euros?|centimes?)\b)", regex.IGNORECASE
)
_ADDRESS = ("://", "www.", "@")
_NAMED_HOURS = ("midi", "minuit")
_FIGURE = regex.compile(r"\d")
_YEAR = regex.compile(r"\d{4}|/\d\d(?!\d)")  # nothing without it is worth the dearer search
_CAPITALISED = regex.compile(r"(?<![\p{L}\d])(?:\p{Lu}[\p{L}’'-]*\p{L}|\p{Lu}{2,})")
# capitals that respect asks for, not names
_COMMON = frozenset(
    regex.findall(
        r"\w+",
        """Homme Hommes Femme Femmes Droits Paix État Etat République Nation Ville Mairie Maire Conseil Municipalité Commune Métropole
        Département Région Gouvernement Président Présidente Madame Monsieur Mesdames Messieurs Elle Elles Il Ils Nous Vous Je On Ce
        Cette""",
    )
)


class Weight(NamedTuple):
    """What a sentence is worth, and whether it holds a full date that is not before the date line (R2)."""

    worth: Worth
    dated: bool


def weigh(sentence: str, day: date | None) -> Weight:
    """Weigh a sentence, typeset or not, `day` being the date line; position and section (CLOSING, BOILERPLATE) are not its own."""
    has_figure = _FIGURE.search(sentence) is not None
    written = dates.read(sentence) if has_figure else ()
    dated = any(found.value and (day is None or found.value >= day) for found in written)
    return Weight(_worth(sentence, day, written, has_figure=has_figure), dated)


def _worth(sentence: str, day: date | None, written: Sequence[WrittenDate], *, has_figure: bool) -> Worth:
    if has_figure and telephones.read(sentence):
        return Worth.TELEPHONE
    if _is_coming(written, day) or _is_instruction(sentence):
        return Worth.ESSENTIAL
    if has_figure and is_past(sentence, day):
        return Worth.HISTORY
    if written or _is_timed(sentence, has_figure=has_figure) or any(mark.search(sentence) for mark in (_LEADS, _PURPOSE, _VENUE, _SUM)):
        return Worth.ESSENTIAL
    return Worth.SIDE_FACT if has_figure or _has_name(sentence) else Worth.PLAIN


def is_past(text: str, day: date | None) -> bool:
    """Whether every year that the text names precedes the date line's."""
    if day is None or not _YEAR.search(text):
        return False
    years = dates.years(text)
    return bool(years) and max(years) < day.year


def is_history(paragraph: str, day: date | None) -> bool:
    """Whether a paragraph tells what was: it names an earlier year, and no day to come."""
    if day is None or not _YEAR.search(paragraph):
        return False
    return any(year < day.year for year in dates.years(paragraph)) and not _is_coming(dates.read(paragraph), day)


def _is_instruction(sentence: str) -> bool:
    """Whether it tells readers what to do, or where to turn; a plain search comes before the dear ones."""
    if any(mark in sentence for mark in _ADDRESS) or _INSTRUCTION.search(sentence):
        return True
    return "ez" in sentence and _IMPERATIVE.search(sentence) is not None


def _is_timed(sentence: str, *, has_figure: bool) -> bool:
    return (has_figure or any(name in sentence for name in _NAMED_HOURS)) and bool(hours.read(sentence))


def _is_coming(written: Sequence[WrittenDate], day: date | None) -> bool:
    """Whether one of the dates is to come, with its year or without."""
    return day is not None and any((near := found.near(day)) and near >= day for found in written)


def _has_name(sentence: str) -> bool:
    """Whether it names somebody or something; the first word's capital says nothing."""
    words = [(match.start(), match[0]) for match in _CAPITALISED.finditer(sentence)]
    first = regex.search(r"\p{L}", sentence)
    start = first.start() if first else 0
    return any(word not in _COMMON for place, word in words if place > start)
