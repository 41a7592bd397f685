"""What templates are given: plain texts, typeset for the channel, and nothing they could act upon or that is secret."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from publisher.adapters.base import PERMALINK
from publisher.adapters.registry import Channel
from publisher.announcement import Announcement, ChannelText, Link
from publisher.config import Config
from publisher.errors import Severity
from publisher.pipeline.intake.embargoes import HELD
from publisher.pipeline.reading import Reading
from publisher.text import wishes, wording
from publisher.text.blocks import bare_address
from publisher.text.typography import NO_BREAK

MAX_HASHTAGS = 3

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SCHEMES = {"http", "https", "mailto", "tel"}


def common(reading: Reading, channel: Channel, config: Config, own: ChannelText, *, link: bool) -> dict[str, Any]:
    """Return the values that every template of the channel may read; `link`: the public page will have an address."""
    announcement = reading.announcement
    typeset = _typesetter(reading, channel)
    early = announcement.embargo_until if channel.settings.before_embargo else None
    place = announcement.place or config.town.name
    return {
        "type": announcement.type,
        "language": announcement.language,
        "title": typeset(own.title or announcement.title),
        "subject": typeset(announcement.subject or ""),
        "place": typeset(place),
        "date": announcement.date.isoformat() if announcement.date else "",
        "dateline": typeset(_dateline(reading)),
        "written": typeset(_written(reading)),
        "summary": typeset(reading.summary),
        "published": _published(reading, own),
        "embargo": typeset(wording.instant_in_words(early)) if early else "",
        "correction": _correction(reading, channel),
        "at_once": not (early or _is_held_back(announcement, own)),
        "contact": _contact(reading, channel, config),
        "links": [_link(each, typeset(each.text)) for each in announcement.links],
        "hashtags": hashtags(reading),
        "permalink": PERMALINK if link and not early else "",
        "link_line": f"{typeset(config.town.link_line)} {PERMALINK}".lstrip() if link and not early else "",
        "unsubscribe": "",  # a page to leave by comes with the press list; until then a mail does
        "town": {
            "name": typeset(config.town.name),
            "site_url": config.town.site_url or "",
            "host": host(config.town.site_url or ""),
            "legal_notice": typeset(config.town.legal_notice or ""),
            "colour": config.town.colour,
        },
        "channel": {"name": channel.name, **channel.settings.facts()},
    }


def hashtags(reading: Reading) -> list[str]:
    """Return the announcement's hashtags with their sign, three at most (R9)."""
    return ["#" + tag.removeprefix("#") for tag in reading.announcement.hashtags][:MAX_HASHTAGS]


def host(address: str) -> str:
    """Return the host of an address in lower case, without www; empty if there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def one_line(text: str) -> str:
    """Return the text with spaces for line ends and other control characters: what goes into a header or an attribute."""
    return _CONTROL.sub(" ", text)


def _typesetter(reading: Reading, channel: Channel) -> Callable[[str], str]:
    profile = channel.adapter.traits.typography
    return lambda text: reading.typeset(one_line(text), profile)


def _dateline(reading: Reading) -> str:
    place, day, hour = reading.announcement.place, reading.announcement.date, reading.announcement.hour
    if not day:
        return place or ""
    words = f"le {wording.day_in_words(day)}" + (f" à {wording.hour_in_words(hour)}" if hour else "")
    return f"{place}, {words}" if place else words[:1].upper() + words[1:]


def _is_held_back(announcement: Announcement, own: ChannelText) -> bool:
    """Tell whether the text asks not to be published yet: « pour diffusion immédiate » must not stand beside."""
    shown = (announcement.title, announcement.standfirst, own.text or announcement.body_markdown, own.html)
    doubtful = any(problem.severity is Severity.ERROR and problem.code in HELD for problem in announcement.problems)
    return doubtful or wishes.find("\n\n".join(text for text in shown if text)) is not None


def _written(reading: Reading) -> str:
    """Return when an alert was written, for channels that show no date line: it is outdated within hours, and shared for days."""
    day, hour = reading.announcement.date, reading.announcement.hour
    if reading.announcement.type != "alerte" or not (day and hour):
        return ""
    return f"Le {wording.day_in_words(day, year=False)} à {wording.hour_in_words(hour)}"


def _published(reading: Reading, own: ChannelText) -> str:
    """Return when it is public, in ISO 8601, as far as the announcement knows: never before its embargo."""
    instants = [instant for instant in (own.at, reading.announcement.embargo_until) if instant]
    if instants:
        return max(instants, key=datetime.timestamp).isoformat()
    return reading.announcement.date.isoformat() if reading.announcement.date else ""


def _correction(reading: Reading, channel: Channel) -> Mapping[str, str] | None:
    """Return what is said of a correction: the reason, the instant for machines and the day for people."""
    correction = reading.announcement.correction
    if correction is None:
        return None
    typeset = _typesetter(reading, channel)
    return {"note": typeset(correction.note), "at": correction.at.isoformat(), "day": typeset(wording.day_in_words(correction.at))}


def _contact(reading: Reading, channel: Channel, config: Config) -> Mapping[str, object] | None:
    contact = reading.announcement.contact or config.town.contact
    typeset = _typesetter(reading, channel)
    name, role, phone, email = (contact.name or "", contact.role or "", contact.phone or "", contact.email or "")
    if not (name or role or phone or email):
        return None
    phones = [{"text": typeset(one), "url": f"tel:{wording.dialled(one)}"} for one in phone.split(" / ") if one]
    return {"name": typeset(name), "role": typeset(role), "phone": typeset(phone), "phones": phones, "email": email}


def _link(link: Link, text: str) -> dict[str, object]:
    """Return a link line; `bare`: its words are only its address. An address that could run something is none.

    `label` is the words with what leads to the address behind them: a dash where they hold a colon already.
    """
    named = text.rstrip(f" :{NO_BREAK}")
    label = f"{named} –" if ":" in named else f"{named}{NO_BREAK}:"
    url = link.url if link.url.partition(":")[0].lower() in _SCHEMES else ""
    return {"url": url, "text": text, "label": label, "host": host(url), "bare": bare_address(link.text) == bare_address(link.url)}
