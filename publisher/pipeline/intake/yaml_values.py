"""The YAML of the front matter, read into plain values: nothing in it can grow, repeat itself or run."""

import re
from collections.abc import Iterator
from itertools import takewhile

import yaml

from publisher.errors import IntakeError
from publisher.i18n import N_
from publisher.pipeline.intake.front_values import Value, error
from publisher.text.patterns import late

LONGEST = 64 * 1024
_DEEPEST = 8
# `hashtags: #Bellerive` is a comment for YAML and a hashtag for everybody else.
_HASHTAGS = late(r"^hashtags[ \t]*:.*(?:\n(?:[ \t]+|-).*)*", re.MULTILINE)
_HASH_SIGN = late(r"#(?=[^\W_])")
_NOTHING = frozenset(("", "~", "null"))


def read(source: str, name: str, above: int) -> dict[str, Value]:
    """Return the keys of the front matter; `above` is how many lines of the document stand above it. Raises IntakeError."""
    if len(source) > LONGEST:
        raise error(
            N_("The front matter of %(name)s is longer than %(limit)s KB: write the text below it."), name=name, limit=LONGEST // 1024
        )
    source = _HASHTAGS.sub(lambda match: _HASH_SIGN.sub("", match[0]), source)
    try:
        return _Reader(name, above).read(yaml.parse(source, Loader=yaml.BaseLoader))
    except yaml.MarkedYAMLError as broken:
        line = above + 1 + (broken.problem_mark.line if broken.problem_mark else 0)
        sentence = N_("Line %(line)s of %(name)s is no valid front matter: put texts that hold “:” or “#” in quotation marks.")
        raise error(sentence, line=line, name=name) from None
    except yaml.YAMLError:
        raise error(N_("The front matter of %(name)s holds a character that YAML does not allow: delete it."), name=name) from None


class _Reader:
    """Builds values from YAML events: no aliases, no tags, no key twice, no deep nesting; so nothing in it can grow or run."""

    def __init__(self, name: str, above: int) -> None:
        self._name = name
        self._above = above

    def read(self, events: Iterator[yaml.Event]) -> dict[str, Value]:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, events, 0)
                if isinstance(value.content, dict):
                    return value.content
                raise error(N_("The front matter of %(name)s must hold lines “key: value”."), name=self._name)
        return {}

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Value:
        line = self._above + 1 + (event.start_mark.line if event.start_mark else 0)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise self._error(
                N_("Line %(line)s of %(name)s: anchors, aliases and tags (&, *, !) are not allowed in the front matter."), line
            )
        if depth > _DEEPEST:
            raise self._error(N_("Line %(line)s of %(name)s: the front matter is nested too deeply."), line)
        if isinstance(event, yaml.ScalarEvent):
            return Value("" if event.style is None and event.value in _NOTHING else event.value, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Value([self._value(item, events, depth + 1) for item in _until(events, yaml.SequenceEndEvent)], line)
        return Value(self._mapping(events, depth + 1), line)

    def _mapping(self, events: Iterator[yaml.Event], depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for event in _until(events, yaml.MappingEndEvent):
            key = self._value(event, events, depth)
            if not isinstance(key.content, str):
                raise self._error(N_("Line %(line)s of %(name)s: a key of the front matter must be a word."), key.line)
            if key.content in found:
                raise self._error(N_("Line %(line)s of %(name)s: the key “%(key)s” is there twice; keep one."), key.line, key=key.content)
            found[key.content] = self._value(next(_until(events, yaml.MappingEndEvent)), events, depth)
        return found

    def _error(self, sentence: str, line: int, **params: object) -> IntakeError:
        return error(sentence, line=line, name=self._name, **params)


def _until(events: Iterator[yaml.Event], end: type[yaml.Event]) -> Iterator[yaml.Event]:
    """Yield the events up to the end of the collection."""
    return takewhile(lambda event: not isinstance(event, end), events)
