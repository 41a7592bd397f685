"""Patterns compiled at first use."""

import re

import pytest

from publisher.text.patterns import late


def test_it_finds_what_the_compiled_pattern_finds() -> None:
    pattern, compiled = late("(?P<word>É+)", re.IGNORECASE), re.compile("(?P<word>É+)", re.IGNORECASE)
    assert [pattern.sub("x", "été"), pattern.sub("y", "été"), pattern.pattern] == ["xtx", "yty", compiled.pattern]
    assert [one["word"] for one in pattern.finditer("été")] == [one["word"] for one in compiled.finditer("été")]


def test_it_is_compiled_at_first_use_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def recorded(pattern: str, flags: int) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_(pattern, flags)

    monkeypatch.setattr(re, "compile", recorded)
    pattern = late("a")
    assert compiled == []
    assert [pattern.match("a") is None, pattern.match("b") is None, pattern.search("ba") is None] == [False, True, False]
    assert compiled == ["a"]
