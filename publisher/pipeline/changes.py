"""What differs between what awaits a visa and what people last decided about: word by word, and its times, people and channels."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from django.db.models import Q

from publisher.adapters.base import CORRECT, WITHDRAW
from publisher.i18n import N_, _
from publisher.models import Delivery, Manifest
from publisher.models.states import Purpose
from publisher.pipeline import html, manifest, sheet, slots
from publisher.pipeline.desk import Desk

_TOKEN = re.compile(r"(?:[^\W_]+|[^\w\s]|_)\s*|\s+")
_SPACES = re.compile("[\u00a0\u202f]")
_ALIKE = 0.4
"""Below this share of common words two texts are two texts: marking every word would tell nobody anything."""

_LONG = 8_000
"""So many words and marks of both are compared one by one; comparing more would take longer than a page may."""


class Mark(StrEnum):
    """What became of some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that follow each other and have one fate."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One text of a channel: its words, old and new; none if it is another text altogether."""

    heading: str
    words: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something else that is another one now; `label` is not yet translated, None is nothing."""

    label: str
    before: datetime | int | str | None
    after: datetime | int | str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different on one channel; `is_beside`: what is out there stays, and this is added to it."""

    channel: str
    texts: Sequence[Rewritten]
    facts: Sequence[Fact]
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from what people agreed to, or sent back, at `since`; with `was_agreed` telling which of both."""

    since: datetime
    was_agreed: bool
    channels: Sequence[Changed]
    added: Sequence[str]
    left_out: Sequence[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference."""
        return not (self.channels or self.added or self.left_out)


def since_last(desk: Desk, waiting: Manifest) -> Changes | None:
    """Return what changed since people last decided about the announcement; None if they never did, or nothing is written anew."""
    former = _former(waiting)
    if former is None or waiting.deliveries.filter(purpose=Purpose.WITHDRAW).exists():
        return None
    old, new = _entries(former), _entries(waiting)
    rows = Delivery.objects.in_bulk([str(entry["delivery"]) for entry in (*old.values(), *new.values())])
    both = [name for name in (*desk.channels, *(new.keys() - desk.channels.keys())) if name in new and name in old]
    changed = [_changed(name, _side(old[name], rows), _side(new[name], rows)) for name in both]
    return Changes(
        since=former.void_at or former.sealed_at or former.created_at,
        was_agreed=former.void_at is None or former.void_reason in manifest.REDRAWN,
        channels=[one for one in changed if one.texts or one.facts],
        added=[name for name in new if name not in old],
        left_out=[name for name in old if name not in new],
    )


def words(before: str, after: str) -> list[Words]:
    """Return the words of both texts in the order of the second, those of the first that are gone where they stood.

    Long texts are compared line by line. There are no words if the two are so different that marks would tell nothing.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) + len(new) > _LONG:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    compared = SequenceMatcher(None, _seen(old), _seen(new), autojunk=False)
    if old and new and compared.ratio() < _ALIKE:
        return []
    found: list[Words] = []
    for what, start, end, first, last in compared.get_opcodes():
        if what == "equal":
            found.append(Words("".join(new[first:last]), Mark.SAME))
            continue
        if start < end:
            found.append(Words("".join(old[start:end]), Mark.REMOVED))
        if first < last:
            found.append(Words("".join(new[first:last]), Mark.ADDED))
    return found


def _seen(texts: Iterable[str]) -> list[str]:
    """Return the texts as they look: spaces that hold words together are spaces."""
    return [_SPACES.sub(" ", text) for text in texts]


def _former(waiting: Manifest) -> Manifest | None:
    """Return the last manifest before this one that somebody agreed to, or that was sent back."""
    sent_back = Q(void_at__isnull=False) & ~Q(void_reason__in=manifest.REDRAWN)
    decided = Q(sealed_at__isnull=False) | Q(approvals__isnull=False) | sent_back
    rows = Manifest.objects.filter(decided, announcement=waiting.announcement_id, pk__lt=waiting.pk)
    return rows.order_by("-pk").first()


def _entries(one: Manifest) -> Mapping[str, Mapping[str, object]]:
    """Return what a manifest says of each channel."""
    return {str(entry["channel"]): entry for entry in json.loads(one.canonical)["deliveries"]}


@dataclass(frozen=True, slots=True)
class _Side:
    """What a manifest says of a channel, and the delivery that it says it of."""

    entry: Mapping[str, object]
    delivery: Delivery


def _side(entry: Mapping[str, object], rows: Mapping[str, Delivery]) -> _Side:
    return _Side(entry, rows[str(entry["delivery"])])


def _changed(channel: str, old: _Side, new: _Side) -> Changed:
    stays = _leaves_what_is_out(new.delivery)
    texts = () if old.entry["digest"] == new.entry["digest"] else _rewritten(_texts(old.delivery), _texts(new.delivery), stays=stays)
    return Changed(channel, tuple(texts), tuple(_facts(old, new)), stays)


def _leaves_what_is_out(delivery: Delivery) -> bool:
    """Tell whether the text is published beside what is out already, which nothing takes back nor sets right: an answer to it."""
    effects = {step.effect for step in slots.thaw(delivery.payload).steps}
    return delivery.purpose == Purpose.CORRECT and not effects & {CORRECT, WITHDRAW}


def _texts(delivery: Delivery) -> list[str]:
    """Return heading and plain text of each part that readers get, together."""
    parts = sheet.parts(slots.thaw(delivery.payload).steps)
    told = ((part.heading, html.words(html.sanitised(part.text)) if part.is_markup else part.text) for part in parts)
    return [f"{heading}\n\n{text}" if heading else text for heading, text in told]


def _rewritten(old: Sequence[str], new: Sequence[str], *, stays: bool) -> Iterator[Rewritten]:
    """Yield the texts that are not the same, each beside the one that it takes the place of: those that are equal tell which that is.

    A text altogether new is said once, whatever it takes the place of; where what is out `stays`, it is an addition.
    """
    is_one_of_many = max(len(old), len(new)) > 1
    for what, start, end, first, last in SequenceMatcher(None, _seen(old), _seen(new), autojunk=False).get_opcodes():
        if what == "equal":
            continue
        is_told = False
        for number, (before, after) in enumerate(zip_longest(old[start:end], new[first:last], fillvalue=""), start=first + 1):
            if stays and not after:
                continue
            compared = words(before, after) or ([Words(after, Mark.ADDED)] if stays else [])
            if compared or not is_told:
                heading = _("Message %(number)d") % {"number": number} if is_one_of_many and after else ""
                yield Rewritten(heading, compared)
            is_told = is_told or not compared


def _facts(old: _Side, new: _Side) -> Iterator[Fact]:
    for key, label in _INSTANTS.items():
        before, after = _instant(old.entry[key]), _instant(new.entry[key])
        if before != after and not (key == "not_after" and _follows(old, new)):
            yield Fact(label, before, after)
    if old.entry["account"] != new.entry["account"]:
        yield Fact(N_("Account"), str(old.entry["account"]), str(new.entry["account"]))
    if old.entry["recipients"] != new.entry["recipients"]:
        yield Fact(N_("Recipients"), _people(old.delivery), _people(new.delivery))


_INSTANTS: Mapping[str, str] = {"due_at": N_("When"), "not_after": N_("Not after"), "embargo_until": N_("Embargo")}


def _follows(old: _Side, new: _Side) -> bool:
    """Tell whether the end moved only because the beginning did."""
    ends = [(_instant(side.entry["due_at"]), _instant(side.entry["not_after"])) for side in (old, new)]
    lasts = {end - due if due and end else None for due, end in ends}
    return len(lasts) == 1 or None in lasts


def _people(delivery: Delivery) -> int:
    return delivery.steps.exclude(recipient="").values("recipient").distinct().count()


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
