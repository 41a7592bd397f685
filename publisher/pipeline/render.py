"""Announcement × channels → variants with their payloads: what preview shows, approval seals and delivery sends. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from publisher.adapters.registry import NO_CHANNEL, Channel
from publisher.announcement import Announcement, Link, PressContact
from publisher.config import Config
from publisher.errors import ConfigError, Problem, Severity
from publisher.i18n import N_
from publisher.pipeline import variants
from publisher.pipeline.reading import Reading
from publisher.pipeline.slots import SLOTS
from publisher.pipeline.values import MAX_HASHTAGS
from publisher.pipeline.variants import Seal, Variant, prepared
from publisher.text import facts

_HASHTAG = re.compile(r"#?[^\W_][\w·]*")
_SHARED = ("title", "body_markdown", "standfirst", "subject", "summary", "place", "contact", "links", "hashtags")
_WORD_JOINER = "\u2060"  # has no width
_PASCAL_CASE = re.compile(r"#?[A-ZÀ-ÖØ-ÞŒ]")


class FrozenPart(NamedTuple):
    """What was frozen with the text of one channel: its delivery, where that stands (a word of its states), to whom and when.

    `after` are the names that people read, not yet translated.
    """

    id: str
    state: str
    account: str
    after: tuple[str, ...]
    recipients: int
    due_at: datetime | None
    not_after: datetime | None
    embargo_until: datetime | None


class Frozen(NamedTuple):
    """Which version of which announcement was frozen, by whom and when, and its part on each channel."""

    id: str
    version: int
    editor: str
    at: datetime
    parts: Mapping[str, FrozenPart]


class Rendering(NamedTuple):
    """An announcement as all its channels will show it; `problems` are those of the announcement and of every channel.

    `summary` is in source wording. `frozen` is there when nothing was rendered: it is read back as it was queued.
    """

    announcement: Announcement
    problems: tuple[Problem, ...]
    variants: tuple[Variant, ...]
    summary: str
    frozen: Frozen | None = None


def render(announcement: Announcement, config: Config, channels: Mapping[str, Channel], seal: Seal = prepared) -> Rendering:
    """Return the variant of every channel that is enabled, in the order of config.toml; `seal` turns a message into its payload.

    Raises RenderError, and ConfigError without any channel.
    """
    if not channels:
        raise ConfigError("no-channel", NO_CHANNEL, path=config.path)
    reading = Reading(_with_slots_as_typed(announcement))
    enabled = [channel for name, channel in channels.items() if _is_enabled(announcement, channel, name)]
    link = any(channel.adapter.traits.permalink for channel in enabled)
    built = tuple(variants.build(reading, channel, config, seal, link=link) for channel in enabled)
    problems = [
        *announcement.problems,
        *_unknown_channels(announcement, channels),
        *_slots(announcement),
        *_hashtags(announcement),
        *_media(announcement),
        *facts.check(announcement),
        *(problem for variant in built for problem in variant.payload.problems),
    ]
    return Rendering(announcement, tuple(_once(problems)), built, reading.summary)


def _is_enabled(announcement: Announcement, channel: Channel, name: str) -> bool:
    return channel.settings.enabled and (name not in announcement.channels or announcement.channels[name].enabled)


def _once(problems: list[Problem]) -> Iterator[Problem]:
    """Yield each problem once: intake and render may see the same."""
    seen = set()
    for problem in problems:
        key = problem.code, tuple(sorted((name, str(value)) for name, value in problem.params.items())), problem.channel, problem.step
        if key not in seen:
            seen.add(key)
            yield problem


def _unknown_channels(announcement: Announcement, channels: Mapping[str, Channel]) -> Iterator[Problem]:
    sentence = N_("The announcement has a text for the channel “%(name)s”, which config.toml does not have; the channels are %(known)s.")
    for name in announcement.channels:
        if name not in channels:
            yield Problem(Severity.ERROR, "unknown-channel", sentence, {"name": name, "known": ", ".join(channels)})


def _slots(announcement: Announcement) -> Iterator[Problem]:
    """Yield the slots typed in what all channels share."""
    texts = [text for name in _SHARED for text in _texts(getattr(announcement, name))]
    texts += [announcement.correction.note] if announcement.correction else []
    texts += [text.title for text in announcement.channels.values() if text.title]
    yield from variants.slot_problems("\n".join(texts))


def _with_slots_as_typed(announcement: Announcement) -> Announcement:
    """Return the announcement as it is to be shown: a slot that somebody typed, which stops it, must not look like an address."""
    if not any(slot in text for name in _SHARED for text in _texts(getattr(announcement, name)) for slot in SLOTS):
        return announcement
    return announcement._replace(**{name: _as_typed(getattr(announcement, name)) for name in _SHARED})


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):  # a contact and a link, too
        yield from (text for part in value for text in _texts(part))


def _as_typed(value: Any) -> Any:
    if isinstance(value, str):
        return reduce(lambda text, slot: text.replace(slot, slot[0] + _WORD_JOINER + slot[1:]), SLOTS, value)
    if isinstance(value, PressContact | Link):
        return type(value)(*map(_as_typed, value))
    if isinstance(value, tuple):
        return tuple(map(_as_typed, value))
    return value


def _hashtags(announcement: Announcement) -> Iterator[Problem]:
    """Yield what is wrong with the hashtags (R9): an apostrophe or a hyphen ends one, and screen readers need the capitals."""
    for tag in announcement.hashtags:
        if not _HASHTAG.fullmatch(tag) or tag.removeprefix("#").isdecimal():
            sentence = N_("“%(tag)s” is not a hashtag: write letters and figures only, such as #FeteDeLaMusique.")
            yield Problem(Severity.WARNING, "hashtag-invalid", sentence, {"tag": tag})
        elif not _PASCAL_CASE.match(tag):
            sentence = N_("Write “%(tag)s” with a capital for each word, such as #FeteDeLaMusique: screen readers read it aloud by words.")
            yield Problem(Severity.NOTICE, "hashtag-case", sentence, {"tag": tag})
    if len(announcement.hashtags) > MAX_HASHTAGS:
        sentence = N_("There are %(count)d hashtags; only the first %(maximum)d are used.")
        yield Problem(Severity.WARNING, "too-many-hashtags", sentence, {"count": len(announcement.hashtags), "maximum": MAX_HASHTAGS})


def _media(announcement: Announcement) -> Iterator[Problem]:
    """Yield what becomes of the files that the document names: no adapter sends one, and nothing may vanish silently."""
    files = [f"{medium.file} ({medium.alt})" if medium.alt else medium.file for medium in announcement.media]
    if files:
        sentence = N_("This version of Publisher sends no images or other files yet; these leave on no channel: %(files)s.")
        yield Problem(Severity.WARNING, "media-not-sent", sentence, {"files": " · ".join(files)})
