"""What each channel says: the whole document, whole paragraphs or whole sentences, and what is left out (adaptation.md R1, R5, R6).

Nothing is rewritten. What does not find room is chosen by its worth, kept in source wording, and shown to the officer.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from publisher.adapters.base import Limits
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.pipeline.reading import Passage, Reading, Sentence
from publisher.text.blocks import Kind
from publisher.text.marks import is_speech
from publisher.text.starts import points_back
from publisher.text.threads import Unit
from publisher.text.typography import Profile
from publisher.text.worth import Worth, is_history, weigh

PARAGRAPHS_ROOM = 1_250
"""Characters of a text of whole paragraphs (R5)."""

LIST_SHARE = 0.8
"""A list that fills no more than this part of a text stays in one piece with the words that introduce it."""

Place = tuple[int, int]
Group = tuple[int, ...]

# History costs nothing: as soon as anything has to go, all of it goes, because a choice among memories is a statement of its own.
# Above it, one sentence of a class weighs more than all those of the classes below; in a class, what comes first says most.
_FREE = frozenset({Worth.BOILERPLATE, Worth.HISTORY})
_CLASS_PRICE = 1e5
_HEADING_PRICE = 1e-3
_DECLINE = 0.9


class Selection(NamedTuple):
    """What a channel says, and what it does not.

    `places` tells where the text of each unit stands, as (passage, sentence); `essential` holds the texts readers came for;
    `not_carried` is what such a channel never shows (R5), such as the press contact.
    """

    units: tuple[Unit, ...] = ()
    paragraphs: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, tuple[Place, ...]] = MappingProxyType({})
    essential: frozenset[str] = frozenset()
    not_carried: tuple[str, ...] = ()


def sentences(reading: Reading, title: str, profile: Profile, limits: Limits, written: str = "") -> Selection:
    """Return title and body as units with the price of leaving each out; tables have no place among sentences (R6, R10).

    `written`: when it was, which people must know of an alert.
    """
    passages = reading.passages(profile)
    must_stay = {_first(passages), reading.news}
    units = [Unit(title, joint="", heading=True), *([Unit(written, joint="\n", heading=True)] if written else [])]
    places: dict[str, tuple[Place, ...]] = {}
    essential: set[str] = set()
    for piece in _pieces(passages, limits):
        unit = _unit(piece, must_stay=any(place in must_stay for place in piece.places))
        units.append(unit)
        places.setdefault(unit.text, piece.places)
        if piece.worth >= Worth.ESSENTIAL:
            essential.add(unit.text)
    tables = [passage for passage in passages if passage.kind is Kind.TABLE]
    left_out = [table.source for table in tables] + [address for passage in passages for address in passage.addresses]
    problems = (_table_left_out(),) if tables else ()
    return Selection(tuple(units), left_out=tuple(left_out), problems=problems, places=places, essential=frozenset(essential))


def paragraphs(reading: Reading, title: str, profile: Profile, *, extra: int, link: int) -> Selection:
    """Return whole paragraphs: that of the news first, then the others in their order as long as there is room (R5).

    An alert is said whole: it is short, and its last lines are the numbers to call. `extra` is the room that what follows
    the text always takes, `link` what the link line takes if anything is left out.
    """
    passages = reading.passages(profile)
    groups = list(_groups(passages))
    if not groups:
        return Selection(left_out=tuple(passage.source for passage in passages))
    news = next((number for number, group in enumerate(groups) if reading.news and reading.news[0] in group), 0)
    room = PARAGRAPHS_ROOM - len(title) - extra
    kept = set(range(len(groups)))
    is_alert = reading.announcement.type == "alerte"
    if not is_alert and sum(_length(passages, group) for group in groups) > room:
        kept = _chosen(reading, passages, groups, news, room - link)
    order = [news, *(number for number in sorted(kept) if number != news)]
    moved = news != min(kept)
    shown = list(_with_headings(passages, [groups[number] for number in order], first_is_moved=moved))
    return Selection(
        paragraphs=tuple(passages[number].text for number in shown),
        left_out=tuple(passages[number].source for number in sorted(set(range(len(passages))).difference(shown))),
        moved=(_moved(passages, groups[news], groups[min(kept)]),) if moved else (),
    )


def _first(passages: Sequence[Passage]) -> Place | None:
    """Return the place of the first sentence, headings aside."""
    return next(((number, 0) for number, passage in enumerate(passages) if passage.sentences and passage.kind is not Kind.HEADING), None)


class _Piece(NamedTuple):
    """Sentences that share a unit, with their places (passage, sentence)."""

    sentences: tuple[Sentence, ...]
    places: tuple[Place, ...]
    kind: Kind
    introduces: bool = False

    @property
    def worth(self) -> Worth:
        """That of its best sentence."""
        return max(sentence.worth for sentence in self.sentences)

    @property
    def price(self) -> float:
        """What leaving it out costs at the start of the text; a heading goes with its section, or for its room alone."""
        if self.kind is Kind.HEADING and self.worth < Worth.ESSENTIAL:
            return _HEADING_PRICE
        return _price(self.worth)


def _price(worth: Worth) -> float:
    return 0.0 if worth in _FREE else _CLASS_PRICE ** (worth - Worth.CLOSING)


def _pieces(passages: Sequence[Passage], limits: Limits) -> Iterator[_Piece]:
    """Yield the sentences one by one; a short list stays in one piece with its introduction."""
    number = 0
    while number < len(passages):
        passage = passages[number]
        following = passages[number + 1] if number + 1 < len(passages) else None
        introduces = passage.introduces and following is not None and following.kind is Kind.LIST
        pieces = [_Piece((one,), ((number, place),), passage.kind) for place, one in enumerate(passage.sentences)]
        if introduces and following and pieces:
            whole = _together(pieces[-1], number + 1, following)
            if _fits(whole, limits):
                pieces[-1], number = whole, number + 1
            else:
                pieces[-1] = _Piece(pieces[-1].sentences, pieces[-1].places, passage.kind, introduces=True)
        yield from pieces
        number += 1


def _together(introduction: _Piece, number: int, items: Passage) -> _Piece:
    places = tuple((number, place) for place in range(len(items.sentences)))
    return _Piece(introduction.sentences + items.sentences, introduction.places + places, introduction.kind)


def _fits(piece: _Piece, limits: Limits) -> bool:
    return limits.text is None or limits.count(_text(piece)) <= limits.text * LIST_SHARE


def _text(piece: _Piece) -> str:
    return piece.sentences[0].text + "".join(sentence.joint + sentence.text for sentence in piece.sentences[1:])


def _unit(piece: _Piece, *, must_stay: bool) -> Unit:
    heading = piece.kind is Kind.HEADING or piece.introduces
    cost = math.inf if must_stay else piece.price * _DECLINE ** piece.places[0][0]
    return Unit(_text(piece), piece.sentences[0].joint, cost, heading)


def _table_left_out() -> Problem:
    sentence = N_("A table cannot be shown here: it is left out.")
    return Problem(Severity.NOTICE, "table-left-out", sentence)


def _groups(passages: Sequence[Passage]) -> Iterator[tuple[int, ...]]:
    """Yield the passages that stay together, as indexes: an introduction with what it introduces; headings are apart."""
    waiting: tuple[int, ...] = ()
    for number, passage in enumerate(passages):
        if passage.kind is Kind.HEADING:
            if waiting:
                yield waiting
            waiting = ()
            continue
        waiting = (*waiting, number)
        if not passage.introduces:
            yield waiting
            waiting = ()
    if waiting:
        yield waiting


def _length(passages: Sequence[Passage], group: Sequence[int]) -> int:
    return sum(2 + len(passages[number].text) for number in group)


def _chosen(reading: Reading, passages: Sequence[Passage], groups: Sequence[Group], news: int, room: int) -> set[int]:
    """Return the groups that find room: the news in any case, the others in source order, then history.

    Where not even those that are no history find room, they do so in the order of their worth, and history does not at all.
    """
    kept = {news}
    room -= _length(passages, groups[news])
    past = [number for number, group in enumerate(groups) if _is_past(reading, [passages[index] for index in group])]
    others = [number for number in range(len(groups)) if number != news and number not in past]
    wanted: list[Group] = [(number,) for number in (*others, *past) if number != news]
    if sum(_length(passages, groups[number]) for number in others) > room:
        wanted = sorted(_bundles(passages, groups, others), key=lambda bundle: -_bundle_price(reading, passages, groups, bundle))
    for bundle in wanted:
        length = sum(_length(passages, groups[number]) for number in bundle)
        if length <= room:
            kept.update(bundle)
            room -= length
    return kept


def _bundles(passages: Sequence[Passage], groups: Sequence[Group], others: Sequence[int]) -> list[Group]:
    """Return the groups with those that point back to them: « Elle sera présidée par… » says nothing without the paragraph before."""
    bundles: list[Group] = []
    for number in others:
        first = passages[groups[number][0]]
        leans = bool(first.sentences) and points_back(first.sentences[0].text)
        if leans and bundles and bundles[-1][-1] == number - 1 and groups[number][0] == groups[number - 1][-1] + 1:
            bundles[-1] += (number,)
        else:
            bundles.append((number,))
    return bundles


def _bundle_price(reading: Reading, passages: Sequence[Passage], groups: Sequence[Group], bundle: Sequence[int]) -> float:
    inside = [index for number in bundle for index in groups[number]]
    worths = [worth for index in inside for worth in _worths(passages, index, reading.announcement.date)]
    return sum(map(_price, worths)) * _DECLINE ** inside[0]


def _worths(passages: Sequence[Passage], index: int, day: date | None) -> list[Worth]:
    """Return the worth of a passage's sentences or lines; what somebody says goes like a closing sentence, unless it is a number to call.

    The items of a list are worth what announces them, at least: « Les pièces à fournir ».
    """
    passage = passages[index]
    if _is_said(passage):
        return [sentence.worth for sentence in passage.sentences if sentence.worth is Worth.TELEPHONE] or [Worth.CLOSING]
    worths = [sentence.worth for sentence in passage.sentences] or [weigh(line, day).worth for line in passage.lines]
    before = passages[index - 1] if index else None
    if before and passage.kind is Kind.LIST and (before.introduces or before.kind is Kind.HEADING):
        announced = max(sentence.worth for sentence in before.sentences)
        return [max(worth, announced) for worth in worths]
    return worths


def _is_said(passage: Passage) -> bool:
    return passage.kind is Kind.QUOTE or is_speech(passage.text)


def _is_past(reading: Reading, group: Sequence[Passage]) -> bool:
    worths = {sentence.worth for passage in group for sentence in passage.sentences}
    return worths == {Worth.BOILERPLATE} or is_history("\n".join(passage.source for passage in group), reading.announcement.date)


def _with_headings(passages: Sequence[Passage], groups: Sequence[Group], *, first_is_moved: bool) -> Iterator[int]:
    """Yield the passages to show, each section's heading in front of its first one; a group moved to the top goes without.

    A section whose beginning is left out goes without, too: its heading would announce what is not there; what somebody says is
    no such beginning.
    """
    shown = {number for group in groups for number in group}
    headings = list(
        accumulate(range(len(passages)), lambda last, number: number if passages[number].kind is Kind.HEADING else last, initial=-1)
    )
    seen = {-1}
    for place, group in enumerate(groups):
        heading = headings[group[0]]
        if heading not in seen and not (first_is_moved and place == 0):
            seen.add(heading)
            if all(number in shown or _is_said(passages[number]) for number in range(heading + 1, group[0])):
                yield heading
        yield from group


def _moved(passages: Sequence[Passage], news: Sequence[int], first: Sequence[int]) -> str:
    numbers = [number for number, passage in enumerate(passages) if passage.kind is not Kind.HEADING]
    return f"paragraph {numbers.index(news[0]) + 1} before {numbers.index(first[0]) + 1}"
