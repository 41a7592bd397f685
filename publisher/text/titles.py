"""A title made fit for where it goes: the subject of a mail, the address of a page."""

import re
import unicodedata
from datetime import date

from publisher.text import ties
from publisher.text.letters import SPACE
from publisher.text.patterns import late

SLUG_ROOM = 40
"""Characters of a slug after its date."""

MIN_WORDS = 3
"""A subject shorter than this says nothing: "Hier" is no cut of "Hier, le conseil…"."""

MIN_LABEL_WORDS = 2
"""What stands before a colon or a dash is a heading by itself: "Budget 2027"."""

_CUTS = late(
    rf"{SPACE}+(?:pour|afin|à{SPACE}+l[’']occasion)(?![\w-])|(?P<label>{SPACE}*:|{SPACE}+–)(?={SPACE})|,(?={SPACE})", re.IGNORECASE
)
_BODY = late(r"(?:Ville|Mairie|Commune) (?:de |d’|du |des )")
_PAIRS = ("«»", "“”", "()", "[]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "·": None, "’": " ", "'": " ", "ʼ": " "})
_EMPTY_WORDS = frozenset(
    re.findall(
        "[a-z]+",  # without accents, as they stand in an address
        """a afin ainsi alors apres au aujourd aucun aucune auquel aussi autour autre autres aux avant avec c ce ceci cela celle celles
        celui ces cet cette ceux chaque chez comme comment contre d dans de depuis des du durant elle elles en encore entre est et
        etaient etait etre eu eux fait font hors hui il ils j je jusque l la le les leur leurs lors lui m ma mais malgre me meme mes mon
        n ne ni nos notre nous on ont or ou par parce pas pendant peu plus pour pourquoi pres puis qu quand que quel quelle quelles
        quels qui quoi s sa sans se selon sera seront ses si son sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une
        va vers voici voila vont vos votre vous y""",
    )
)


def shorten(title: str, room: int) -> str | None:
    """Return the title, or its longest beginning that ends before a subordinate part and fits; None if there is none.

    The ending is never an ellipsis: a subject must read as a whole (adaptation.md R4).
    """
    if len(title) <= room:
        return title
    beginnings = ((title[: cut.start()], MIN_LABEL_WORDS if cut["label"] else MIN_WORDS) for cut in _CUTS.finditer(title))
    fitting = [text for text, words in beginnings if len(text) <= room and _is_whole(text, words)]
    return max(fitting, key=len, default=None)


def names(title: str, place: str) -> bool:
    """Tell whether the title names the place, in any case; « Valmont » is enough for « Ville de Valmont »."""
    name = _BODY.sub("", place)
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title, re.IGNORECASE) is not None


def beginning(title: str, room: int) -> str:
    """Return the words of the title that fit, without those at their end that lead nowhere: a start for whoever writes a shorter one."""
    words = (title if len(title) <= room else title[: room + 1].rpartition(" ")[0]).split(" ")
    while len(words) > 1 and ties.clings(words[-1]):
        words.pop()
    return " ".join(words).rstrip(" ,;:–")


def slug(title: str, day: date | None) -> str:
    """Return the last part of the page's address: the date, then the title's content words up to a sane length."""
    words = re.findall(r"[a-z0-9]+", _plain(title))
    words = [word for word in words if word not in _EMPTY_WORDS] or words or ["annonce"]
    kept = words[0][:SLUG_ROOM]
    for word in words[1:]:
        if len(kept) + 1 + len(word) > SLUG_ROOM:
            break
        kept += f"-{word}"
    return f"{day.isoformat()}-{kept}" if day else kept


def _is_whole(text: str, words: int) -> bool:
    balanced = all(text.count(pair[0]) == text.count(pair[1]) for pair in _PAIRS) and text.count('"') % 2 == 0
    return balanced and len(re.findall(r"\w+", text)) >= words


def _plain(title: str) -> str:
    """Return lower-case letters without accents; apostrophes become spaces, so that « d’élus » gives two words."""
    decomposed = unicodedata.normalize("NFD", title.lower().translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
