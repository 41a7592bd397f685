"""One thing that people are told, before it becomes a notice for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.models import Person
from publisher.models.notice import NoticeKind


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to be told, and to whom; `key` says which among all of its kind. It is about an announcement, a channel, or both."""

    kind: NoticeKind
    key: str
    announcement: str | None
    people: Sequence[Person]
    delivery: str | None = None
    channel: str = ""
