"""The date line of a communiqué: « Ivry-sur-Seine, le 24 septembre 2019 » in its usual forms."""

import re
from datetime import time
from typing import NamedTuple

from publisher.pipeline.intake.markup import bare
from publisher.text import dates, hours
from publisher.text.dates import WrittenDate
from publisher.text.letters import SPACE as _S
from publisher.text.patterns import late

LONGEST = 140
_SPACES = " \u00a0\u202f"
_PLACE = r"(?P<place>[^,;:.!?\[\]<>«»\"0-9]{2,60}?(?:\((?:[0-9]{2,3}|[^()0-9]{2,30})\))?)"
_BEFORE = late(
    rf"(?P<signed>(?:fait|signé){_S}+)?(?P<at>à{_S}+)?"
    rf"(?:(?:publié|date{_S}?:|en{_S}date|communiqué(?:{_S}de{_S}presse)?){_S}*|{_PLACE}(?:{_S}*[,:]{_S}*|{_S}+[–—|•·-]{_S}+|{_S}+(?=le{_S}|ce{_S})))?"
    rf"(?:(?:le|du|ce){_S}+)?",
    re.IGNORECASE,
)
_BARE = late(rf"{_PLACE}{_S}+", re.IGNORECASE)
_AFTER = late(rf"(?:{_S}*,{_S}*(?P<at>à{_S}+)?|{_S}+[–—|•·-]{_S}+|{_S}+(?P<at2>à{_S}+)){_PLACE}", re.IGNORECASE)
_HOUR = late(rf"{_S}*,?{_S}*(?:à{_S}+)?")
_FIGURE = late(r"[0-9]")
_RUNNING = late(rf"(?<=[0-9])(?:\.|{_S}*\))?(?:[*_]{{0,3}}{_S}+[–—-]{{1,2}}{_S}+|[*_]{{0,3}}\.{_S}+)[*_]{{0,3}}")
_SHORTEST_SENTENCE = 30
_HEAD = 60

# What may stand in lower case in the name of a commune.
_SMALL_WORDS = frozenset(("sur", "sous", "en", "de", "du", "des", "la", "le", "les", "lès", "lez", "près"))
_NAME = late(r"(?:[dl]['’])?[^\W\d_a-zà-ÿœæ]|\(")
# « Communauté de communes du Val, le 3 mai 2026 »: who writes stands where.
_BODY = late(r"mairie|ville|commune|communauté|métropole|agglomération|département", re.IGNORECASE)
# « Forum des Associations – samedi 5 septembre 2026 » is a title.
_EVENTS = frozenset(
    (
        *("agenda", "animation", "assemblée", "atelier", "bal", "bilan", "bourse", "braderie", "brocante", "budget", "calendrier"),
        *("campagne", "carnaval", "cérémonie", "collecte", "commémoration", "concert", "concours", "conférence", "conseil"),
        *("consultation", "coupure", "course", "débat", "élection", "élections", "enquête", "exposition", "fermeture", "fête", "fêtes"),
        *("festival", "feu", "feux", "foire", "forum", "gala", "halloween", "hommage", "inauguration", "invitation", "journée"),
        *("journées", "kermesse", "loto", "marche", "marché", "match", "noël", "nuit", "octobre", "opération", "ouverture", "pâques"),
        *("permanence", "point", "portes", "programme", "rencontre", "rendez-vous", "rentrée", "repas", "réunion", "réveillon"),
        *("salon", "séance", "semaine", "soirée", "sortie", "spectacle", "stage", "téléthon", "tournoi", "travaux", "vernissage"),
        *("vide-grenier", "vide-greniers", "visite", "vœux", "vote", "week-end"),
    )
)


class DateLine(NamedTuple):
    """A date line; `signed`: « Fait à … », which also ends a document."""

    written: WrittenDate
    place: str | None = None
    signed: bool = False
    hour: time | None = None


def recognise(line: str) -> DateLine | None:
    """Return the date line that stands alone on this line of Markdown, None if it is something else."""
    if len(line) > LONGEST or not _FIGURE.search(line):
        return None
    text = bare(line).strip("., \u00a0\u202f()[]–—-")
    found = dates.read(text)
    if len(found) != 1:
        return None
    before = _BEFORE.fullmatch(text, 0, found[0].start)
    if not before:
        return _placed_bare(text, found[0])
    if before["place"]:
        return _placed(text, found[0], before)
    return _placed_behind(text, found[0], signed=bool(before["signed"]))


def is_place(words: str, *, sure: bool = False) -> bool:
    """Tell whether the words are written as the name of a commune: capitals, but for the small words of such names."""
    parts = re.split(rf"{_S}+", words)
    if _BODY.fullmatch(parts[0]):
        return True
    if not _NAME.match(parts[0]) or not all(_NAME.match(part) or part.lower() in _SMALL_WORDS for part in parts):
        return False
    return sure or parts[0].lower() not in _EVENTS


def set_apart(text: str) -> str:
    """Return the text, each date line that runs into a sentence parted from it (« Bellerive, le 3 mai 2026 – La Ville annonce … »)."""
    lines = text.split("\n")
    return "\n".join([line for start in lines[:_HEAD] for line in _apart(start)] + lines[_HEAD:])


def _apart(line: str) -> list[str]:
    dash = _RUNNING.search(line, 0, LONGEST)
    found = recognise(line[: dash.start()]) if dash else None
    rest = line[dash.end() :] if dash else ""
    is_sentence = len(rest) > _SHORTEST_SENTENCE and rest.rstrip(f"*_{_SPACES}")[-1:] in {".", "!", "?", "…", "»", ":"}
    return [line[: dash.start()], "", rest] if dash and found and found.place and is_sentence else [line]


def _placed(text: str, written: WrittenDate, before: re.Match[str]) -> DateLine | None:
    place = before["place"].strip(_SPACES)
    rest = _rest(text, written.end)
    if rest is None or not is_place(place, sure=bool(before["signed"] or before["at"])):
        return None
    return DateLine(written, place, signed=bool(before["signed"]), hour=_hour(rest))


def _placed_bare(text: str, written: WrittenDate) -> DateLine | None:
    """Read « Bellerive 24 novembre 2026 », which says no more than these."""
    before = _BARE.fullmatch(text, 0, written.start)
    if not before or written.year is None or written.end < len(text) or not is_place(before["place"]):
        return None
    return DateLine(written, before["place"])


def _placed_behind(text: str, written: WrittenDate, *, signed: bool) -> DateLine | None:
    rest = _rest(text, written.end)
    if rest is not None:
        return DateLine(written, signed=signed, hour=_hour(rest))
    behind = _AFTER.fullmatch(text, written.end)
    if behind and is_place(behind["place"].strip(_SPACES), sure=bool(behind["at"] or behind["at2"])):
        return DateLine(written, behind["place"].strip(_SPACES), signed=signed)
    return None


def _rest(text: str, end: int) -> str | None:
    """Return what stands behind the date if it is nothing or an hour, else None."""
    rest = text[end:]
    if not rest:
        return ""
    hour = hours.read(rest)
    return rest if len(hour) == 1 and hour[0].end == len(rest) and _HOUR.fullmatch(rest, 0, hour[0].start) else None


def _hour(rest: str) -> time | None:
    return next((time(hour.hour % 24, hour.minute) for hour in hours.read(rest)), None)
