"""One announcement read once for all channels: typeset per profile, parsed, its sentences weighed, its news found.

Source wording stays beside the typeset text, because what is left out is shown as the officer wrote it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from publisher.announcement import Announcement
from publisher.text import blocks, wording
from publisher.text.blocks import Block, Document, Kind
from publisher.text.sentences import split
from publisher.text.typography import NO_BREAK, THIN, Profile, typeset
from publisher.text.worth import Worth, is_fresh, weigh

_ABOUT = ("À propos", "A propos", "à propos", "a propos")
_WHOLE = frozenset({Kind.LIST, Kind.HEADING})  # not divided into sentences
_ABOUT_ALONE = 80  # a longer paragraph that starts so is the text itself, not its heading


class Sentence(NamedTuple):
    """A sentence, list item or heading, typeset: what stands between it and the one before, and where it stands in its block."""

    text: str
    joint: str
    worth: Worth
    dated: bool
    line: int
    rank: int


class Passage(NamedTuple):
    """A block of the body with its sentences (a table has none); `lines` are its own in source wording."""

    kind: Kind
    text: str
    lines: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    addresses: tuple[str, ...] = ()
    """Those that its links hide behind words."""

    @property
    def source(self) -> str:
        """The whole block as the officer wrote it, without mark-up."""
        return "\n".join(self.lines)

    @property
    def introduces(self) -> bool:
        """Whether it ends by announcing what follows."""
        return self.kind is Kind.PARAGRAPH and self.text.rstrip("*_ \u00a0\u202f").endswith(":")


class Reading:
    """What all channels share; each text is typeset and parsed once, the profiles differing by the width of some spaces."""

    def __init__(self, announcement: Announcement) -> None:
        self.announcement = announcement
        self._typeset: dict[str, str] = {}
        self._documents: dict[tuple[str, Profile | None], Document] = {}
        self._passages: dict[Profile, tuple[Passage, ...]] = {}
        self._divided: dict[str, list[str]] = {}

    def typeset(self, text: str, profile: Profile) -> str:
        """Return the text with its typography; the rules are French, other languages stay as they are."""
        if not text or not self._is_french:
            return text
        if text not in self._typeset:
            self._typeset[text] = typeset(text)
        return self._typeset[text] if profile == "web" else _widened(self._typeset[text])

    def document(self, markdown: str, profile: Profile | None) -> Document:
        """Return Markdown parsed, typeset for a profile or as it was written (None)."""
        key = markdown, profile
        if key not in self._documents:
            self._documents[key] = self._parsed(markdown, profile)
        return self._documents[key]

    def _parsed(self, markdown: str, profile: Profile | None) -> Document:
        if profile is None:
            return blocks.read(markdown)
        if not self._is_french:
            return self.document(markdown, None)
        if profile == "web":
            return blocks.read(self.typeset(markdown, "web"))
        return self.document(markdown, "web").changed(_widened)

    @property
    def _is_french(self) -> bool:
        return self.announcement.language.startswith("fr")

    def passages(self, profile: Profile) -> tuple[Passage, ...]:
        """Return standfirst and body block by block, with the worth of every sentence."""
        if profile not in self._passages:
            texts = [text for text in (self.announcement.standfirst, self.announcement.body_markdown) if text]
            self._passages[profile] = tuple(self._weighed([pair for text in texts for pair in self._pairs(text, profile)]))
        return self._passages[profile]

    @cached_property
    def news(self) -> tuple[int, int] | None:
        """Where the news sentence stands (R2), as indexes of a passage and of its sentence; None without any sentence.

        A first sentence that tells of the last days is the news itself, whatever comes after.
        """
        passages = self.passages("social")
        told = [number for number, passage in enumerate(passages) if passage.kind in {Kind.PARAGRAPH, Kind.QUOTE}]
        told = told or [number for number, passage in enumerate(passages) if passage.sentences]
        places = [(number, rank) for number in told for rank in range(len(passages[number].sentences))]
        if not places or is_fresh(passages[places[0][0]].sentences[0].text, self.announcement.date):
            return next(iter(places), None)
        return next((place for place in places if _is_news(passages[place[0]].sentences[place[1]])), places[0])

    @cached_property
    def summary(self) -> str:
        """The officer's summary, else the news sentence, in source wording; empty when there is no text at all."""
        return self.announcement.summary or (self.source(self.news) if self.news else "")

    @cached_property
    def told(self) -> str:
        """Title, standfirst and body in source wording, without mark-up: what a text for one channel should tell too."""
        return "\n".join([self.announcement.title, *(passage.source for passage in self.passages("social"))])

    @property
    def stated(self) -> str:
        """All that the announcement states, its date line and press contact included: a text for one channel may repeat it."""
        day, hour, contact = self.announcement.date, self.announcement.hour, self.announcement.contact
        written = [wording.day_in_words(day) if day else "", wording.hour_in_words(hour) if hour else ""]
        return "\n".join([self.told, *written, (contact and contact.phone) or ""])

    def source(self, place: tuple[int, int]) -> str:
        """Return the sentence at this place as the officer wrote it; as it is typeset, should typography have moved its ends."""
        passage = self.passages("social")[place[0]]
        sentence, line = passage.sentences[place[1]], passage.lines[passage.sentences[place[1]].line]
        if passage.kind in _WHOLE:
            return line
        if line not in self._divided:
            self._divided[line] = split(line)
        parts = self._divided[line]
        same = len(parts) == sum(1 for each in passage.sentences if each.line == sentence.line)
        return parts[sentence.rank] if same else sentence.text

    def position(self, source: str) -> int:
        """Return where a sentence or paragraph stands in the source, its end for what is not there."""
        if source in self._positions:
            return self._positions[source]
        found = self.told.find(source)
        return found if found >= 0 else len(self.told)

    @cached_property
    def _positions(self) -> dict[str, int]:
        """Where each paragraph and each sentence stands first: looking for them one by one would read the whole text for each."""
        found: dict[str, int] = {}
        start = len(self.announcement.title) + 1
        for number, passage in enumerate(self.passages("social")):
            found.setdefault(passage.source, start)
            within = 0
            for rank in range(len(passage.sentences)):
                sentence = self.source((number, rank))
                place = passage.source.find(sentence, within)
                if place >= 0:
                    found.setdefault(sentence, start + place)
                    within = place + len(sentence)
            start += len(passage.source) + 1
        return found

    def _pairs(self, markdown: str, profile: Profile) -> list[tuple[Block, Block]]:
        """Return each block as written and typeset; should typography change the blocks, what is typeset stands for both."""
        source, finished = self.document(markdown, None).blocks, self.document(markdown, profile).blocks
        same = [(block.kind, len(block.lines)) for block in source] == [(block.kind, len(block.lines)) for block in finished]
        return list(zip(source if same else finished, finished, strict=True))

    def _weighed(self, pairs: Sequence[tuple[Block, Block]]) -> Iterator[Passage]:
        about = list(_about([source for source, _ in pairs]))
        own = [number for number, (source, _) in enumerate(pairs) if source.kind is Kind.PARAGRAPH and not about[number]]
        for number, (source, finished) in enumerate(pairs):
            sentences = [] if source.kind is Kind.TABLE else list(self._sentences(finished, boilerplate=about[number]))
            if own and number == own[-1]:
                sentences = _closed(sentences)
            addresses = tuple(address for line in source.lines for address in line.addresses)
            yield Passage(source.kind, finished.text, tuple(line.words for line in source.lines), tuple(sentences), addresses)

    def _sentences(self, block: Block, *, boilerplate: bool) -> Iterator[Sentence]:
        for number, line in enumerate(block.lines):
            texts = [line.words] if block.kind in _WHOLE else split(line.words)
            joints = _joints(line.words, texts)
            joints[:1] = ["\n" if block.kind is Kind.LIST or number else "\n\n"][: len(texts)]
            for rank, (text, joint) in enumerate(zip(texts, joints, strict=True)):
                worth, dated = weigh(text, self.announcement.date)
                shown = f"{line.marker} {text}" if line.marker else text
                yield Sentence(shown, joint, Worth.BOILERPLATE if boilerplate else worth, dated, number, rank)


def _is_news(sentence: Sentence) -> bool:
    return sentence.dated and sentence.worth is not Worth.BOILERPLATE


def _widened(text: str) -> str:
    """Turn the typography of the web into that of the other channels, which is all that sets them apart."""
    return text.replace(THIN, NO_BREAK)


def _about(source: Sequence[Block]) -> Iterator[bool]:
    """Tell of each block whether it belongs to « À propos »: from such a heading to the next, or a paragraph that starts so."""
    inside = False
    for block in source:
        starts = block.words.startswith(_ABOUT)
        if block.kind is Kind.HEADING:
            inside = starts
        elif starts and block.kind is Kind.PARAGRAPH and len(block.words) < _ABOUT_ALONE:
            inside = True
        yield inside or starts


def _closed(sentences: list[Sentence]) -> list[Sentence]:
    """Return a last paragraph's sentences, those at its end that hold no date, figure or name marked as closing."""
    end = len(sentences)
    while end and sentences[end - 1].worth is Worth.PLAIN:
        end -= 1
    closing = [sentence._replace(worth=Worth.CLOSING) for sentence in sentences[end:]]
    return sentences[:end] + closing


def _joints(text: str, sentences: Sequence[str]) -> list[str]:
    """Return the white space in front of each sentence."""
    joints, end = [], 0
    for sentence in sentences:
        start = text.index(sentence, end)
        joints.append(text[end:start])
        end = start + len(sentence)
    return joints
