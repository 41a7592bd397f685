"""The facts and the text of one announcement, as values: what intake makes and render reads."""

from collections.abc import Mapping
from datetime import date as day  # a field is called date
from datetime import datetime, time
from typing import NamedTuple

from publisher.errors import Problem

TYPES = ("communique", "invitation", "alerte", "rectificatif")


class PressContact(NamedTuple):
    """Whom a journalist calls; every part may be missing. Several numbers in `phone` are parted by " / "."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    email: str | None = None


class Link(NamedTuple):
    """A link line of the document: absolute address and the words that name it."""

    url: str
    text: str


class Medium(NamedTuple):
    """An image or document named by the front matter; `file` is relative to the communiqué."""

    file: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


class ChannelText(NamedTuple):
    """What the officer wrote for one channel instead of the derived text; None: follow the common text."""

    text: str | None = None
    posts: tuple[str, ...] | None = None
    title: str | None = None
    html: str | None = None
    at: datetime | None = None
    enabled: bool = True


class Correction(NamedTuple):
    """Why what is online was wrong, in plain words, when it is set right, and where the page stands that must keep its address."""

    note: str
    at: datetime
    slug: str = ""


class Announcement(NamedTuple):
    """One announcement: plain source text (no typography applied), NFC, lines ended by LF.

    `hour` is that of the date line, if it states one.
    `body_markdown` holds everything below the title that is not the date line, the press contact, a link line or a
    banner, in source order. `set_aside` holds, verbatim, what intake did not place. Instants are aware, in the town's zone.
    """

    title: str
    body_markdown: str
    type: str = "communique"
    place: str | None = None
    date: day | None = None
    hour: time | None = None
    standfirst: str | None = None
    subject: str | None = None
    summary: str | None = None
    contact: PressContact | None = None
    links: tuple[Link, ...] = ()
    media: tuple[Medium, ...] = ()
    hashtags: tuple[str, ...] = ()
    embargo_until: datetime | None = None
    not_after: datetime | None = None
    language: str = "fr"
    channels: Mapping[str, ChannelText] = {}
    correction: Correction | None = None
    set_aside: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
