"""What the front matter states, typed: it wins over what the text says."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date as day  # a field is called date
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from publisher.announcement import TYPES, ChannelText, Link, Medium, PressContact
from publisher.config import nearest
from publisher.errors import UsageError
from publisher.i18n import N_
from publisher.pipeline.intake import front_matter, images, links, markup
from publisher.pipeline.intake.front_matter import Value
from publisher.text import dates
from publisher.text.instants import parse_when
from publisher.text.patterns import late

_TAG = late(r"(?=[^\W_]*[^\W\d_])[\w·]+")
_LANGUAGE = late(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_EMAIL = late(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_ANSWERS = {"true": True, "yes": True, "oui": True, "false": False, "no": False, "non": False}


class Given(NamedTuple):
    """The values of the front matter; None for a key that is not there."""

    type: str | None = None
    title: str | None = None
    place: str | None = None
    date: day | None = None
    standfirst: str | None = None
    subject: str | None = None
    summary: str | None = None
    contact: PressContact | None = None
    links: tuple[Link, ...] | None = None
    media: tuple[Medium, ...] | None = None
    hashtags: tuple[str, ...] | None = None
    embargo_until: datetime | None = None
    not_after: datetime | None = None
    language: str | None = None
    channels: Mapping[str, ChannelText] = {}


def read(values: Mapping[str, Value], name: str, zone: ZoneInfo) -> Given:
    """Return the typed values of a front matter; wall times are in `zone`. Raises IntakeError `front-matter`."""
    reader = _Reader(name, zone)
    return Given(**reader.fields("", values, reader.of_announcement))


class _Reader:
    """Reads values by the type that their key asks for; keys are named in full in errors (channels.x.at)."""

    def __init__(self, name: str, zone: ZoneInfo) -> None:
        self._name = name
        self._zone = zone
        self.of_announcement: dict[str, Callable[[str, Value], object]] = {
            "type": self._type,
            "title": self._words,
            "place": self._line,
            "date": self._day,
            "standfirst": self._words,
            "subject": self._line,
            "summary": self._line,
            "contact": self._contact,
            "links": self._links,
            "media": self._media,
            "hashtags": self._hashtags,
            "embargo_until": self._instant,
            "not_after": self._instant,
            "language": self._language,
            "channels": self._channels,
        }

    def fields(self, where: str, values: Mapping[str, Value], known: Mapping[str, Callable[[str, Value], object]]) -> dict[str, Any]:
        """Return the values of the known keys; a key without a value counts as absent."""
        found = {}
        for key, value in values.items():
            path = f"{where}.{key}" if where else key
            if key not in known:
                self._refuse_key(path, value, key, known)
            if value.content != "":
                found[key] = known[key](path, value)
        return found

    def _refuse_key(self, path: str, value: Value, key: str, known: Collection[str]) -> NoReturn:
        near = nearest(key.lower(), known)
        if near:
            self._refuse(N_("Line %(line)s of %(name)s: there is no key “%(key)s”; did you mean “%(nearest)s”?"), path, value, nearest=near)
        self._refuse(
            N_("Line %(line)s of %(name)s: there is no key “%(key)s”; the keys are: %(known)s."), path, value, known=", ".join(known)
        )

    def _refuse(self, sentence: str, path: str, value: Value, **params: object) -> NoReturn:
        raise front_matter.error(sentence, line=value.line, name=self._name, key=path, **params)

    def _text(self, path: str, value: Value) -> str:
        if not isinstance(value.content, str):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be a text."), path, value)
        return value.content.strip(" \n")

    def _line(self, path: str, value: Value) -> str:
        return re.sub(r" *\n *", " ", self._text(path, value))

    def _words(self, path: str, value: Value) -> str:
        given = self._text(path, value)
        if markup.has_more_than_words(given):
            self._refuse(
                N_("Line %(line)s of %(name)s: “%(key)s” must hold words only; put links in “links”, images in “media”."), path, value
            )
        return markup.plain(given)

    def _list(self, path: str, value: Value) -> list[Value]:
        if not isinstance(value.content, list):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be a list, one line “- …” for each."), path, value)
        return value.content

    def _mapping(self, path: str, value: Value) -> dict[str, Value]:
        if not isinstance(value.content, dict):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must hold lines “key: value”."), path, value)
        return value.content

    def _type(self, path: str, value: Value) -> str:
        given = self._line(path, value).lower().replace("é", "e")
        if given not in TYPES:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be one of: %(known)s."), path, value, known=", ".join(TYPES))
        return given

    def _language(self, path: str, value: Value) -> str:
        given = self._line(path, value)
        if not _LANGUAGE.fullmatch(given):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be a language code such as fr."), path, value)
        return given

    def _yes_or_no(self, path: str, value: Value) -> bool:
        answer = _ANSWERS.get(self._line(path, value).lower())
        if answer is None:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be true or false."), path, value)
        return answer

    def _day(self, path: str, value: Value) -> day:
        given = self._line(path, value)
        found = dates.read(given)
        meant = found[0].value if len(found) == 1 and found[0].verbatim == given.removeprefix("le ") else None
        if meant is None:
            sentence = N_("Line %(line)s of %(name)s: “%(text)s” is not a day; write “%(key)s” like 2026-11-24 or 24 novembre 2026.")
            self._refuse(sentence, path, value, text=given)
        if found[0].weekday not in {None, meant.weekday()}:
            sentence = N_("Line %(line)s of %(name)s: “%(text)s” is a “%(weekday)s”; correct the weekday or the date.")
            self._refuse(sentence, path, value, text=given, weekday=dates.WEEKDAYS[meant.weekday()])
        return meant

    def _instant(self, path: str, value: Value) -> datetime:
        try:
            return parse_when(self._line(path, value), self._zone)
        except UsageError as error:
            self._refuse(N_("Line %(line)s of %(name)s, “%(key)s”: %(reason)s"), path, value, reason=error)

    def _email(self, path: str, value: Value) -> str:
        given = self._line(path, value)
        if not _EMAIL.fullmatch(given):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be a mail address such as presse@ville.example."), path, value)
        return given

    def _contact(self, path: str, value: Value) -> PressContact:
        known = {"name": self._line, "role": self._line, "phone": self._line, "email": self._email}
        return PressContact(**self.fields(path, self._mapping(path, value), known))

    def _links(self, path: str, value: Value) -> tuple[Link, ...]:
        return tuple(self._link(f"{path}[{number}]", item) for number, item in enumerate(self._list(path, value), 1))

    def _link(self, path: str, value: Value) -> Link:
        if isinstance(value.content, str):
            return Link(self._url(path, value), self._line(path, value))
        found = self.fields(path, self._mapping(path, value), {"url": self._url, "text": self._line})
        if "url" not in found:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” needs a “url”."), path, value)
        return Link(found["url"], found.get("text", found["url"]))

    def _url(self, path: str, value: Value) -> str:
        url = links.absolute(self._line(path, value))
        if url is None or " " in url:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must be a web address such as https://www.ville.example."), path, value)
        return url

    def _media(self, path: str, value: Value) -> tuple[Medium, ...]:
        return tuple(self._medium(f"{path}[{number}]", item) for number, item in enumerate(self._list(path, value), 1))

    def _medium(self, path: str, value: Value) -> Medium:
        if isinstance(value.content, str):
            return Medium(self._file(path, value))
        known = {"file": self._file, "alt": self._line, "caption": self._line, "credit": self._line}
        found = self.fields(path, self._mapping(path, value), known)
        if "file" not in found:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” needs a “file”."), path, value)
        return Medium(**found)

    def _file(self, path: str, value: Value) -> str:
        file = self._line(path, value)
        if not images.is_beside(file):
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” must name a file in the folder of the communiqué."), path, value)
        return file

    def _hashtags(self, path: str, value: Value) -> tuple[str, ...]:
        items = value.content if isinstance(value.content, list) else [value]
        written = [part for item in items for part in re.split(r"[ ,]+", self._line(path, item)) if part]
        tags = [tag.removeprefix("#") for tag in written]
        for tag in tags:
            if not _TAG.fullmatch(tag):
                sentence = N_(
                    "Line %(line)s of %(name)s: “%(tag)s” cannot be a hashtag: letters and digits only, no space, hyphen or apostrophe."
                )
                self._refuse(sentence, path, value, tag=tag)
        return tuple(dict.fromkeys(tags))

    def _channels(self, path: str, value: Value) -> dict[str, ChannelText]:
        return {
            channel: self._channel(f"{path}.{channel}", item) if item.content != "" else ChannelText()
            for channel, item in self._mapping(path, value).items()
        }

    def _channel(self, path: str, value: Value) -> ChannelText:
        known: dict[str, Callable[[str, Value], object]] = {
            "text": self._text,
            "posts": self._posts,
            "title": self._line,
            "html": self._text,
            "at": self._instant,
            "enabled": self._yes_or_no,
        }
        found = self.fields(path, self._mapping(path, value), known)
        if "text" in found and "posts" in found:
            self._refuse(N_("Line %(line)s of %(name)s: “%(key)s” has both “text” and “posts”; keep one."), path, value)
        return ChannelText(**found)

    def _posts(self, path: str, value: Value) -> tuple[str, ...]:
        return tuple(self._text(f"{path}[{number}]", item) for number, item in enumerate(self._list(path, value), 1))
