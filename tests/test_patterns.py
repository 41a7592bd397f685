"""What no pattern of the program may hold."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from re import _constants, _parser

import pytest

import publisher
from publisher.text import counting, links, patterns, protection
from tests import database  # noqa: F401 - sets Django up, without which the models cannot be imported

ONE_CHARACTER = (_constants.IN, _constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY)


def _patterns() -> Iterator[re.Pattern[str]]:
    """Walk through the patterns of all modules, and through those that are made at first need."""
    for module in walk_packages(publisher.__path__, "publisher."):
        if not module.name.endswith("__main__"):
            found = vars(import_module(module.name)).values()
            yield from (one for one in found if isinstance(one, (re.Pattern, patterns._Late)))
    yield from (links._path(), counting._emoji_pattern(), protection._protected(markup=True))


def _possessive_groups(parsed: object) -> Iterator[str]:
    """Walk through the possessive repeats, at any depth, of more than one character out of a set."""
    for part in parsed if isinstance(parsed, (tuple, list, _parser.SubPattern)) else ():
        if isinstance(part, tuple) and part[0] is _constants.POSSESSIVE_REPEAT:
            repeated = part[1][2]
            if len(repeated) != 1 or repeated[0][0] not in ONE_CHARACTER:
                yield str(repeated)
        yield from _possessive_groups(part)


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Until 3.11.5 Python loses matches of ``(?:…)*+`` (CPython gh-106052), and Debian 12 has 3.11.2: ``(?>(?:…)*)`` says the same."""
    patterns = {pattern.pattern: pattern.flags for pattern in _patterns()}
    assert len(patterns) > 250
    faulty = {text: group for text, flags in patterns.items() for group in _possessive_groups(_parser.parse(text, flags & ~re.UNICODE))}
    assert faulty == {}


@pytest.mark.parametrize("pattern", ["(?:ab)*+", "x(?:(?:[ab]|cd)++e)?", "(?=(?:a|bc){2,3}+)"])
def test_a_possessive_group_would_be_seen(pattern: str) -> None:
    assert list(_possessive_groups(_parser.parse(pattern)))


@pytest.mark.parametrize("pattern", ["(?>(?:ab)*)", "[ab]*+", "(?:a|b)++", "a?+", ".{2}+"])
def test_atomic_groups_and_single_characters_are_free(pattern: str) -> None:
    assert not list(_possessive_groups(_parser.parse(pattern)))
