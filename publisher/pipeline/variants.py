"""One channel's variant: what adaptation selected or the officer wrote, run through the templates, made the adapter's message."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from markupsafe import Markup

from publisher.adapters.base import PERMALINK, Form, Message, Payload
from publisher.adapters.registry import Channel
from publisher.announcement import ChannelText
from publisher.config import Config
from publisher.errors import Problem, Severity, Unsupported
from publisher.i18n import N_
from publisher.pipeline import adapt, apart, html, templating, values
from publisher.pipeline.adapt import Selection
from publisher.pipeline.reading import Reading
from publisher.pipeline.slots import SLOTS
from publisher.text import facts
from publisher.text.sentences import split
from publisher.text.threads import Unit
from publisher.text.titles import slug

Seal = Callable[[Channel, Message], Payload]
"""Turns the message of a channel into what leaves: a publication, a correction, a withdrawal. Raises Unsupported."""

OWN_TEXT = "own-text"
"""The code of the notice that a text written by hand replaces the announcement's."""


class Variant(NamedTuple):
    """What one channel will show: the message its adapter was given, and exactly what will leave."""

    channel: Channel
    message: Message
    payload: Payload


class _Draft(NamedTuple):
    """A variant in the making: the values for the templates, and the parts of the message that do not go through them."""

    values: dict[str, Any]
    selection: Selection = Selection()
    units: tuple[Unit, ...] = ()
    posts: tuple[str, ...] = ()
    link_line: str = ""
    hashtags: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def prepared(channel: Channel, message: Message) -> Payload:
    """Return the payload of a first publication. Raises Unsupported."""
    return channel.adapter.prepare(message)


def build(reading: Reading, channel: Channel, config: Config, seal: Seal, *, link: bool) -> Variant:
    """Return the variant of a channel, its problems in the payload; `link`: the public page will have an address.

    Raises RenderError.
    """
    own = reading.announcement.channels.get(channel.name, ChannelText())
    draft = _FORMS[channel.adapter.traits.form](reading, channel, own, values.common(reading, channel, config, own, link=link), config)
    message = _message(reading, channel, draft)
    try:
        payload = seal(channel, message)
    except Unsupported as error:
        payload = Payload((), problems=(Problem(Severity.ERROR, error.code, error.sentence, error.params),))
    facts_lost = draft.selection.essential.intersection(payload.left_out)
    payload = _declared(reading, draft, payload)
    problems = [
        *payload.problems,
        *draft.selection.problems,
        *_facts_left_out(facts_lost),
        *_own_problems(reading, own, channel, link=bool(draft.values["permalink"])),
    ]
    return Variant(channel, message, replace(payload, problems=tuple(problem._replace(channel=channel.name) for problem in problems)))


def _document(reading: Reading, channel: Channel, own: ChannelText, given: dict[str, Any], _: Config) -> _Draft:
    """Give the whole document in its order (R1); the officer's own text or HTML stands for the body."""
    traits = channel.adapter.traits
    document = reading.document(own.text or reading.announcement.body_markdown, traits.typography)
    given["body_text"] = "\n\n".join(block.text for block in document.blocks)
    given["body_html"] = Markup(html.sanitised(own.html or document.html))  # noqa: S704 - sanitised just here
    standfirst = reading.document(reading.announcement.standfirst or "", traits.typography)
    given["standfirst"] = "\n\n".join(block.text for block in standfirst.blocks)
    return _Draft(given)


def _paragraphs(reading: Reading, channel: Channel, own: ChannelText, given: dict[str, Any], config: Config) -> _Draft:
    """Give whole paragraphs (R5), or the officer's own text and nothing beside it."""
    if own.text:
        alone = {"title": "", "written": "", "paragraphs": [given_text(reading, channel, own.text)], "link_line": "", "hashtags": []}
        return _Draft(given | alone | {"correction": None})
    tags = len(" ".join(given["hashtags"]))
    link = len(given["link_line"])
    profile = channel.adapter.traits.typography
    selection = adapt.paragraphs(reading, given["title"], profile, extra=tags and tags + 2, link=link and link + 2)
    selection = apart.without_lines(reading, selection, config)
    fold = channel.adapter.limits.fold
    opening = "\n\n".join([given["title"], *selection.paragraphs[:1]])
    if fold and channel.adapter.limits.count(opening) > fold:
        selection = selection._replace(problems=(_below_the_fold(fold),))
    link_line = given["link_line"] if selection.left_out else ""
    note = given["correction"]["note"] if given["correction"] else ""
    return _Draft(
        given | {"paragraphs": list(selection.paragraphs), "link_line": link_line},
        selection,
        added=tuple(filter(None, (note, *_words_of(link_line)))),
    )


def _sentences(reading: Reading, channel: Channel, own: ChannelText, given: dict[str, Any], config: Config) -> _Draft:
    """Give whole sentences with what each is worth (R6), or the officer's own posts or text, which stay as they are."""
    if own.posts:
        return _Draft(given, posts=tuple(given_text(reading, channel, post) for post in own.posts))
    if own.text:
        return _own_units(given, given_text(reading, channel, own.text))
    selection = adapt.sentences(reading, given["title"], channel.adapter.traits.typography, channel.adapter.limits, given["written"])
    selection = apart.without_lines(reading, selection, config)
    link_line, tags = given["link_line"], tuple(given["hashtags"])
    return _Draft(given, selection, selection.units, link_line=link_line, hashtags=tags, added=_words_of(link_line))


_FORMS = {Form.DOCUMENT: _document, Form.PARAGRAPHS: _paragraphs, Form.SENTENCES: _sentences}


def given_text(reading: Reading, channel: Channel, text: str) -> str:
    """Return a text that the officer wrote for this channel: nothing but its typography changes."""
    return reading.typeset(text.strip("\n "), channel.adapter.traits.typography)


def _own_units(given: dict[str, Any], text: str) -> _Draft:
    """Divide the officer's own text into sentences that all stay; a last line that holds the link ends the thread."""
    body, _, last = text.rpartition("\n")
    if PERMALINK not in last:
        body, last = text, ""
    units: list[Unit] = []
    joint = ""
    for line in body.split("\n"):
        for sentence in split(line):
            units.append(Unit(sentence, joint))
            joint = " "
        joint = "\n\n" if joint == "\n" else "\n"
    return _Draft(given, units=tuple(units), link_line=last)


def _message(reading: Reading, channel: Channel, draft: _Draft) -> Message:
    announcement, given, traits = reading.announcement, draft.values, channel.adapter.traits
    correction, said = announcement.correction, given["correction"]
    given["slug"] = (correction and correction.slug) or slug(announcement.title, announcement.date)
    parts: dict[str, str] = {}
    for name, file in {**traits.parts, **(traits.later_parts if correction else {})}.items():
        # each part may show those before it: the page holds the article
        parts[name] = templating.render(traits.templates, file, channel.settings.templates, {**given, "parts": parts})
    return Message(
        channel=channel.name,
        type=announcement.type,
        title=given["title"],
        place=given["place"],
        parts={name: str(text) for name, text in parts.items()},
        language=announcement.language,
        slug=given["slug"],
        summary=given["summary"],
        subject=given["subject"],
        units=draft.units,
        posts=draft.posts,
        link_line=draft.link_line,
        hashtags=draft.hashtags,
        note=said["note"] if said else "",
        corrected_at=correction.at if correction else None,
    )


def _declared(reading: Reading, draft: _Draft, payload: Payload) -> Payload:
    """Say in source wording and order what was left out and moved, and which words are not the announcement's (R7, R8).

    What only takes back says nothing of the text.
    """
    if payload.takes_back:
        return payload
    places = draft.selection.places
    dropped = [source for text in payload.left_out for source in (map(reading.source, places[text]) if text in places else [text])]
    left_out = sorted([*draft.selection.left_out, *dropped], key=reading.position)
    told = draft.selection
    return replace(payload, left_out=tuple(left_out), added=draft.added, moved=told.moved, not_carried=told.not_carried)


def _words_of(link_line: str) -> tuple[str, ...]:
    words = link_line.removesuffix(PERMALINK).rstrip(" ")
    return (words,) if words else ()


def _facts_left_out(texts: Collection[str]) -> Iterator[Problem]:
    if texts:
        sentence = N_("Not every date, price, place or instruction finds room: check what is left out.")
        yield Problem(Severity.WARNING, "facts-left-out", sentence)


def _below_the_fold(fold: int) -> Problem:
    sentence = N_("The news ends after character %(fold)d, where the text is folded: shorten its paragraph or the title.")
    return Problem(Severity.NOTICE, "news-below-fold", sentence, {"fold": fold})


def _own_problems(reading: Reading, own: ChannelText, channel: Channel, *, link: bool) -> Iterator[Problem]:
    """Yield what to look at in a text written by hand: slots, facts that differ, keys that this channel does not read."""
    read = _READ_KEYS[channel.adapter.traits.form]
    if any(getattr(own, key) for key in read):
        yield Problem(Severity.NOTICE, OWN_TEXT, N_("This text was written by hand: it replaces the announcement's."))
    written = {"text": own.text, "html": own.html and html.words(html.sanitised(own.html)), "posts": "\n\n".join(own.posts or ())}
    for key, text in written.items():
        if not text:
            continue
        if key not in read:
            sentence = N_("“%(key)s” is not used on this channel: write %(read)s instead.")
            yield Problem(Severity.WARNING, "own-text-unused", sentence, {"key": key, "read": " / ".join(read)})
            continue
        yield from slot_problems(text, allowed=(PERMALINK,) if link else ())
        yield from facts.check_text(text, reading.announcement.date)
        yield from _compared(reading, text, beside=channel.adapter.traits.form is Form.DOCUMENT)


def _compared(reading: Reading, text: str, *, beside: bool) -> Iterator[Problem]:
    """Yield the facts that differ from what the announcement states, then those that it tells and the text does not.

    `beside`: title and standfirst are shown with the text.
    """
    shown = "\n".join([reading.announcement.title, reading.announcement.standfirst or "", text]) if beside else text
    yield from (problem for problem in facts.compare(reading.stated, text) if problem.code == "fact-differs")
    yield from (problem for problem in facts.compare(reading.told, shown) if problem.code == "fact-missing")


_READ_KEYS = {Form.DOCUMENT: ("text", "html"), Form.PARAGRAPHS: ("text",), Form.SENTENCES: ("posts", "text")}


def slot_problems(text: str, allowed: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield the slots that somebody typed: the engine would fill them, or send them as they are."""
    for slot in SLOTS:
        if slot in text and slot not in allowed:
            sentence = N_("The text holds %(slot)s, which the program would replace: write it otherwise.")
            yield Problem(Severity.ERROR, "slot-in-text", sentence, {"slot": slot})
