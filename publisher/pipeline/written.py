"""What a form holds, as the very document that intake reads, and back: a text of the pages goes the way of every other text. Pure.

Fields are texts by name: those of `FIELDS`, and for each channel `channel.NAME.off`, `.own`, `.text` and `.at`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from publisher.announcement import Announcement
from publisher.pipeline.intake import banners, datelines

PLAIN = ("type", "title", "place", "date", "standfirst", "subject", "summary", "embargo_until", "not_after")
CONTACT = ("name", "role", "phone", "email")
FIELDS = (*PLAIN, "body", "hashtags", "links", "at", *(f"contact.{part}" for part in CONTACT))
OWN = ("off", "own", "text", "at")
"""What a channel has for itself: switched off, its own words counting, those words, its own time."""

LONGEST = 200_000
"""Characters of one field: far more than any communiqué, far less than what would slow the service down."""

LINK = " | "

WALL = "%Y-%m-%dT%H:%M"
"""Instants as the fields hold them: wall time of the town."""

Fields = Mapping[str, str]


def cleaned(given: Mapping[str, str], channels: Iterable[str]) -> dict[str, str]:
    """Return the fields that are known and not empty, their lines ended by LF."""
    known = (*FIELDS, *(of_channel(name, part) for name in channels for part in OWN))
    lines = {name: given[name].replace("\r\n", "\n").replace("\r", "\n")[:LONGEST] for name in known if given.get(name)}
    return {name: text for name, text in lines.items() if text.strip()}


def of_channel(channel: str, part: str) -> str:
    """Return the name of a field that a channel has for itself."""
    return f"channel.{channel}.{part}"


def document(fields: Fields, channels: Iterable[str]) -> bytes:
    """Return the document that the fields make: what they state as front matter, the body below it."""
    stated: dict[str, Any] = {name: fields[name] for name in PLAIN if name in fields}
    contact = {part: fields[f"contact.{part}"] for part in CONTACT if f"contact.{part}" in fields}
    own = {name: one for name in channels if (one := _own(fields, name))}
    lists = {"links": [*_links(fields.get("links", ""))], "hashtags": fields.get("hashtags", "").split()}
    stated |= {name: value for name, value in {"contact": contact, **lists, "channels": own}.items() if value}
    body = fields.get("body", "")
    if not stated:
        return body.encode()
    # in quotation marks, so that nothing of what was typed means something to YAML
    front = yaml.safe_dump(stated, allow_unicode=True, default_style='"', sort_keys=False, width=LONGEST)
    return f"---\n{front}---\n\n{body}".encode()


def title(fields: Fields) -> str:
    """Return what the text is called in lists: its title, or its first words below what only says what it is, or where and when."""
    lines = [line.strip(" #*_") for line in fields.get("title", fields.get("body", "")).splitlines()]
    told = (line for line in lines if line and not banners.recognise(line) and not datelines.recognise(line))
    return next(told, next(filter(None, lines), ""))[:120]


def of(announcement: Announcement) -> dict[str, str]:
    """Return the fields that an announcement was, or could have been, written in."""
    contact, told = announcement.contact, announcement._asdict()
    fields = {name: str(told[name]) for name in ("type", "title", "place", "standfirst", "subject", "summary") if told[name]}
    fields |= {"date": announcement.date.isoformat() if announcement.date else ""}
    fields |= {name: f"{told[name]:{WALL}}" for name in ("embargo_until", "not_after") if told[name]}
    fields |= {f"contact.{part}": getattr(contact, part) for part in CONTACT if getattr(contact, part, None)}
    fields |= {"body": announcement.body_markdown, "hashtags": " ".join(announcement.hashtags)}
    fields["links"] = "\n".join(f"{link.text}{LINK}{link.url}" if link.text != link.url else link.url for link in announcement.links)
    for name, own in announcement.channels.items():
        words = own.text or "\n\n".join(own.posts or ())
        at = f"{own.at:{WALL}}" if own.at else ""
        parts = {"off": "" if own.enabled else "1", "own": "1" if words else "", "text": words, "at": at}
        fields |= {of_channel(name, part): value for part, value in parts.items()}
    return {name: value for name, value in fields.items() if value}


def _links(lines: str) -> Iterator[str | dict[str, str]]:
    """Yield the links: one line each, the words before the address if it has any."""
    for line in filter(None, map(str.strip, lines.splitlines())):
        words, bar, url = line.rpartition(LINK.strip())
        yield {"url": url.strip(), "text": words.strip()} if bar and words.strip() else line


def _own(fields: Fields, channel: str) -> dict[str, str]:
    told = {part: fields.get(of_channel(channel, part), "") for part in OWN}
    own = {"at": told["at"], "text": told["text"] if told["own"] else "", "enabled": "false" if told["off"] else ""}
    return {name: value for name, value in own.items() if value}
