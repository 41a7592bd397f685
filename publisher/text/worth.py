"""What a French sentence is worth when there is no room for all: read by adaptation, which leaves out the least (R6)."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from publisher.text import dates, hours, telephones
from publisher.text.dates import WrittenDate
from publisher.text.patterns import late


class Worth(IntEnum):
    """Classes of sentences, in the order in which they are left out; the last holds what readers came for."""

    BOILERPLATE = 0
    HISTORY = 1
    CLOSING = 2
    PLAIN = 3
    SIDE_FACT = 4
    ESSENTIAL = 5
    TELEPHONE = 6


# Plain words are looked up, not matched: that is faster, and a pattern for each would be compiled at every start.
_PARTICIPLES = tuple(
    f" {participle}{ending} par "
    for participle in ("présidé", "conduit", "dirigé", "mené", "emmené", "piloté", "animé", "organisé", "inauguré", "parrainé")
    for ending in ("", "e", "s", "es")
)
_LEADS = (*_PARTICIPLES, " sous la présidence ", " sous la direction ", " sous la conduite ", " en présence d")
_PURPOSE_STARTS = (" l' objectif", " le but", " l' objet", " l' enjeu", " l' ambition", " il s' agit ")
_PURPOSE = (
    *(f" {verb} à " for verb in ("vise", "visent", "visera", "viseront", "visait", "visaient")),
    *(
        f" {verb} pour {aim} "
        for verb in ("a", "ont", "aura", "auront", "avait", "avaient")
        for aim in ("but", "objectif", "objet", "vocation", "ambition")
    ),
)
_INSTRUCTIONS = (
    *(f" {word}" for word in ("inscription", "réservation", "obligatoire", "interdit", "gratuit", "déconseillé", "recommandé", "tarif")),
    *(
        " date limite",
        " à fournir",
        " à apporter",
        " à joindre",
        " entrée libre",
        " accès libre",
        " merci de ",
        " prière de ",
        " sur présentation ",
    ),
    *(f" il est {word}" for word in ("demandé", "conseillé", "rappelé", "possible", "nécessaire", "impératif")),
    *("://", "www.", "@"),
)
_MONEY = ("€", " euro", " centime")
_NAMED_HOURS = (" midi", " minuit")
_NOT_IMPERATIVE = frozenset({"chez", "assez", "nez", "rez"})
# capitals that respect asks for, not names
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """Homme Hommes Femme Femmes Droits Paix État Etat République Nation Ville Mairie Maire Conseil Municipalité Commune Métropole
        Département Région Gouvernement Président Présidente Madame Monsieur Mesdames Messieurs Elle Elles Il Ils Nous Vous Je On Ce
        Cette""",
    )
)
_VENUE = late(
    r"\b(?:rue|avenue|boulevard|place|square|quai|impasse|allée|chemin|cours|esplanade|parvis|salle|gymnase|stade|piscine|médiathèque"
    r"|bibliothèque|théâtre|cinéma|école|collège|lycée|parc|jardin|mairie|centre|maison|espace|musée|église|halle|crèche|hôpital)s? "
    r"(?:(?:du|des|de(?: la| l')?|d'|la|le|les|l') )?(?:[A-ZÀ-ÖØ-ÞŒ]|[0-9])"
)
_WEEK = timedelta(days=7)
_WORD = late(r"[^\W\d_]+")
_FIGURE = late(r"[0-9]")
_YEAR = late(r"[0-9]{4}|/[0-9]{2}(?![0-9])")  # nothing without it is worth the dearer search
# « les enfants nés en 2024 » are those whom it concerns today
_BIRTH = late(r"\bnée?s? (?:en|avant|après|entre|depuis) (?:[0-9]{4}(?:,| et| ou)? ?)+")
# every word behind one plain space, so that it can be looked up
_APART = str.maketrans({"’": "' ", "'": "' ", **dict.fromkeys('\u00a0\u202f\n\t()[]«»“”"*_–—', " ")})


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
    plain = f" {sentence.translate(_APART)} "
    lowered = plain.lower()
    if has_figure and telephones.read(sentence):
        return Worth.TELEPHONE
    if _is_coming(written, day) or _holds(lowered, _INSTRUCTIONS) or _commands(plain):
        return Worth.ESSENTIAL
    if has_figure and is_past(sentence, day):
        return Worth.HISTORY
    timed = (has_figure or _holds(lowered, _NAMED_HOURS)) and bool(hours.read(sentence))
    priced = has_figure and _holds(lowered, _MONEY)
    purposeful = lowered.startswith(_PURPOSE_STARTS) or _holds(lowered, _PURPOSE)
    if written or timed or priced or purposeful or _holds(lowered, _LEADS) or _VENUE.search(plain):
        return Worth.ESSENTIAL
    return Worth.SIDE_FACT if has_figure or _has_name(plain) else Worth.PLAIN


def is_past(text: str, day: date | None) -> bool:
    """Whether every year that the text names precedes the date line's."""
    if day is None or not _YEAR.search(text):
        return False
    years = dates.years(_BIRTH.sub("", text))
    return bool(years) and max(years) < day.year


def is_history(paragraph: str, day: date | None) -> bool:
    """Whether a paragraph tells what was: it names an earlier year, and no day to come."""
    if day is None or not _YEAR.search(paragraph):
        return False
    return any(year < day.year for year in dates.years(_BIRTH.sub("", paragraph))) and not _is_coming(dates.read(paragraph), day)


def is_fresh(sentence: str, day: date | None) -> bool:
    """Whether it holds a full date of the week before the date line: what a council has just voted, who has just died."""
    return day is not None and any(found.value and day - _WEEK <= found.value < day for found in dates.read(sentence))


def _holds(text: str, marks: Iterable[str]) -> bool:
    return any(mark in text for mark in marks)


def _commands(sentence: str) -> bool:
    """Whether a verb speaks to the reader: "inscrivez-vous", "vous pouvez", but not "Rodez" in the middle."""
    if "ez" not in sentence:
        return False
    words = _WORD.findall(sentence)
    return any(
        word.endswith("ez") and word.lower() not in _NOT_IMPERATIVE and (not rank or word.islower()) for rank, word in enumerate(words)
    )


def _is_coming(written: Sequence[WrittenDate], day: date | None) -> bool:
    """Whether one of the dates is to come, with its year or without."""
    return day is not None and any((near := found.near(day)) and near >= day for found in written)


def _has_name(sentence: str) -> bool:
    """Whether it names somebody or something; the first word's capital says nothing."""
    return any(word[0].isupper() and len(word) > 1 and word not in _COMMON for word in _WORD.findall(sentence)[1:])
