"""The press contact: a labelled line or block, read into its parts; what is a second contact or something else is given back."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from publisher.announcement import Link, PressContact
from publisher.pipeline.intake import links
from publisher.pipeline.intake.markup import bare
from publisher.text import telephones
from publisher.text.letters import SPACE as _S
from publisher.text.patterns import late

LONGEST = 500
_MEDIA = rf"(?:de{_S}(?:la{_S})?|avec{_S}la{_S}|pour{_S}la{_S})?presse|m[ée]dias?|journalistes"
_END = rf"(?={_S}*(?:[:–—(|-]|$))"
_LABEL = late(
    rf"(?:votre{_S}|vos{_S}|le{_S}|les{_S})?(?:contacts?{_S}(?:{_MEDIA})|relations{_S}(?:{_MEDIA})|contacts?{_S}et{_S}relations{_S}(?:{_MEDIA}))(?![^\W\d_])"
    rf"{_S}*(?:[:–—|-]{_S}*|$|(?=\(|[0-9+]|(?-i:[^\W\d_a-zà-öø-ÿœæ])))",
    re.IGNORECASE,
)
# These name who answers, and are kept as the name or the role.
_TITLED = late(rf"(?:service{_S}(?:{_MEDIA})|attachée?s?{_S}de{_S}presse|presse){_END}", re.IGNORECASE)
_PLAIN_LABEL = late(rf"contacts?{_S}*(?::{_S}*|$)", re.IGNORECASE)
_OF_THE_PRESS = late(r"presse|m[ée]dia|journalist|communication|cabinet", re.IGNORECASE)
_QUICK = late(r"contact|relations|service|attach|presse", re.IGNORECASE)

_EMAIL = late(
    r"(?:\[(?P<words>[^\[\]]*)\]\()?<?(?:mailto:)?(?P<address>[\w.+'’-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>?\)?", re.IGNORECASE
)
_WAY = late(
    rf"(?:\b(?:t[ée]l(?:[ée]phone)?s?|portables?|port|mobiles?|mob|fixe|fax|courriels?|e-?mails?|m[ée]l|mails?|adresse)\.?{_S}*)+:?{_S}*$"
    rf"|(?:^|(?<=[,;–—|(-])){_S}*[tpm]\.?{_S}*:{_S}*$",
    re.IGNORECASE,
)
_FAX = late(rf"\bfax\.?{_S}*:?{_S}*$", re.IGNORECASE)
_EDGES = " \t\u00a0\u202f,;:|/–—-•·"
_PART = late(rf"{_S}+[–—-]{_S}+|{_S}*[,;|/•()]{_S}*(?:et{_S}+)?|{_S}*:{_S}+|{_S}+et{_S}+")
_AND = late(rf"(?:^|[ ,\u00a0\u202f])et{_S}*$")
_ORGANISATION = late(
    r"(?:mairie|ville|commune|services?|direction|cabinet|office|département|communauté|métropole|agglomération|centre|musée|pôle|hôtel|bureau|agence"
    r"|association|comité|syndicat|théâtre|médiathèque|région|préfecture|attachée?|directeur|directrice|chargée?|responsable|adjointe?)\b",
    re.IGNORECASE,
)
_CAPITAL = r"[^\W\d_a-zà-öø-ÿœæ]"
_SMALL = rf"(?:(?:de|du|des|le|la|van|von|el|ben|da|dos){_S}+|[dl]['’])"
_PERSON = late(
    rf"(?:(?:MM?\.|Mmes?|Mlle|Madame|Monsieur|Dr\.?|Me){_S}+)?{_CAPITAL}[\w.'’-]*(?:{_S}+{_SMALL}?(?:la{_S}+)?{_CAPITAL}[\w'’-]*)+"
)
# What stands below a contact without belonging to it.
_OTHER_LABEL = late(
    rf"(?:renseignements?|informations?|infos?|inscriptions?|réservations?|billetterie|accueil|horaires?|tarifs?|entrée|accès|suivez|retrouvez|à{_S}propos"
    rf"|(?:contacts?{_S})?(?:public|usagers?|habitants?|riverains?|familles?|parents?))\b",
    re.IGNORECASE,
)
_LONGEST_LINE = 160
_SENTENCE_WORDS = 12


class Found(NamedTuple):
    """The contact, the links that stood in its block, and the lines (by index) that say more than these."""

    contact: PressContact | None
    links: tuple[Link, ...] = ()
    left: tuple[int, ...] = ()


def opens(line: str) -> bool:
    """Tell whether a line of Markdown begins a press contact."""
    if len(line) > LONGEST or not _QUICK.search(line, 0, 40):
        return False
    text = bare(line)
    if _LABEL.match(text) or _TITLED.match(text):
        return True
    plain = _PLAIN_LABEL.match(text)
    # « Contact : » alone may be one for the public, who must find it in the text.
    return bool(plain and _OF_THE_PRESS.search(text, plain.end()))


def ends(line: str) -> bool:
    """Tell whether a line below a contact is no part of it: another label, or running text."""
    if len(line) > _LONGEST_LINE or _OTHER_LABEL.match(bare(line)):
        return True
    return line.endswith((".", "!", "?", "…")) and len(line.split(" ")) > _SENTENCE_WORDS


def is_labelled(line: str) -> bool:
    """Tell whether a line that opens a contact says the word, and not only who answers (« Service presse »)."""
    return not _TITLED.match(bare(line))


def announces(line: str) -> bool:
    """Tell whether a line that opens a contact says no more: it stands below."""
    return not _without_label(bare(line)).strip(_EDGES)


def has_way(lines: Sequence[str]) -> bool:
    """Tell whether the lines hold a telephone number or a mail address."""
    return any(_EMAIL.search(line) or telephones.read(line) for line in lines if len(line) <= LONGEST)


def has_only_ways(lines: Sequence[str]) -> bool:
    """Tell whether the lines hold nothing but telephone numbers and mail addresses, with their labels."""
    found = [kind for line in lines if len(line) <= LONGEST for kind, _ in _tokens(bare(line))]
    return bool(found) and "words" not in found


def names_person(line: str) -> bool:
    """Tell whether a line names somebody, behind a label or not."""
    pieces = [words for kind, words in _tokens(_without_label(bare(line))) if kind == "words"] if len(line) <= LONGEST else []
    return _person(pieces) is not None


def read(lines: Sequence[str]) -> Found:
    """Read the lines of a contact, its label first. The first person is the contact; lines that say more are listed in `left`."""
    return _Reader().read(lines)


class _Reader:
    """Reads one contact: names until the first number or address, then no more text."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.phone: str | None = None
        self.email: str | None = None
        self.links: list[Link] = []
        self.left: list[int] = []
        self.complete = False

    def read(self, lines: Sequence[str]) -> Found:
        for index, line in enumerate(lines):
            found = links.read(line) if "@" not in line else ()
            self.links += found
            if not found and not self._take(_without_label(bare(line)) if index == 0 else bare(line)):
                self.left.append(index)
        name, role, second = _named(self.words)
        if second:
            self.left = sorted({*self.left, 0})
        contact = PressContact(name, role, self.phone, self.email)
        return Found(contact if contact != PressContact() else None, tuple(self.links), tuple(self.left))

    def _take(self, text: str) -> bool:
        """Place the parts of one line; return whether nothing of it is left."""
        kept = True
        for index, (kind, words) in enumerate(_tokens(text)):
            if kind == "words" and index == 0 and (self.phone or self.email):
                self.complete = True  # another person, or another matter
            if self.complete or not self._place(kind, words):
                kept = False
        return kept

    def _place(self, kind: str, words: str) -> bool:
        if kind == "words" and not (self.phone or self.email):
            self.words.append(words)
        elif kind == "phone":  # the desk's and the mobile: a journalist needs both
            self.phone = f"{self.phone} / {words}" if self.phone else words
        elif kind == "email" and self.email is None:
            self.email = words
        else:
            return False
        return True


def _without_label(text: str) -> str:
    label = _LABEL.match(text) or _PLAIN_LABEL.match(text)
    return text[label.end() :] if label else text


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words, telephones and mail addresses of one line in order, edges and labels (« Tél. : ») taken off."""
    text = _EMAIL.sub(_unlinked, text)
    ways = [(match.start(), match.end(), "email", match["address"]) for match in _EMAIL.finditer(text)]
    ways += [(written.start, written.end, "phone", written.verbatim) for written in telephones.read(text)]
    done = 0
    for start, end, kind, value in sorted(ways):
        before = text[done:start]
        words = _WAY.sub("", before).strip(_EDGES)
        if words:
            yield "words", words
        yield ("fax" if _FAX.search(before) else kind), value
        done = end
    words = text[done:].strip(_EDGES + ".)" if done else _EDGES)
    if words:
        yield "words", words


def _unlinked(found: re.Match[str]) -> str:
    """Return the address of a linked one, behind the words of the link if they say something else."""
    words, address = found["words"], found["address"]
    return address if words in {None, address} else f"{words} {address}"


def _named(pieces: Sequence[str]) -> tuple[str | None, str | None, bool]:
    """Return the name, the role, and whether a second person is named beside."""
    if not pieces:
        return None, None, False
    person = _person(pieces) or _first_part(pieces[0])
    piece, start, end = person
    before, behind = _trimmed(pieces[piece][:start]), pieces[piece][end:]
    other = _person([behind])
    if other:
        behind = _AND.sub("", behind[: other[1]])
    role = ", ".join(filter(None, [*pieces[:piece], before, _trimmed(behind), *pieces[piece + 1 :]]))
    return pieces[piece][start:end], role or None, other is not None


def _person(pieces: Sequence[str]) -> tuple[int, int, int] | None:
    """Return where the first person is named: index of the piece, start and end in it."""
    for index, piece in enumerate(pieces):
        start = 0
        for part in [*_PART.finditer(piece), None]:
            end = part.start() if part else len(piece)
            if _PERSON.fullmatch(piece, start, end) and not _ORGANISATION.match(piece, start):
                return index, start, end
            start = part.end() if part else end
    return None


def _first_part(piece: str) -> tuple[int, int, int]:
    part = _PART.search(piece)
    return 0, 0, part.start() if part else len(piece)


def _trimmed(words: str) -> str:
    words = words.strip(_EDGES)
    if words.startswith("("):
        words = words[1:].replace(")", "", 1)
    return words.strip(_EDGES)
