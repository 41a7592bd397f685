"""Twelve communiqués, four channels: a change of what they become is shown line by line, to be read and agreed to.

After such a change: `make golden`, read the difference as a press officer would, and commit the files with the reason.
"""

from difflib import unified_diff

import pytest

from tests.golden.results import FOLDER, KINDS, results


def test_there_are_twelve():
    assert len(KINDS) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_the_communique_becomes_what_was_reviewed(kind):
    expected = {path.name: path.read_text("utf-8") for path in sorted((FOLDER / kind).glob("expected.*"))}
    actual = results(kind)
    changes = []
    for name in sorted(expected | actual):
        changes += _changes(f"{kind}/{name}", expected.get(name, ""), actual.get(name, ""))
    assert not changes, "\n" + "\n".join([*changes, "", "If this is better: make golden, read it all, commit it with the reason."])


def _changes(name, expected, actual):
    return unified_diff(expected.split("\n"), actual.split("\n"), f"{name} (reviewed)", f"{name} (now)", n=2, lineterm="")
