"""The mistakes of `make mutants` still fit the code, and one of them is made and noticed here; the others are noticed there."""

import pytest

from tests.kills import mutants
from tests.kills.mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_can_still_be_made(mutant) -> None:
    for path, text in mutants.made(mutant).items():
        compile(text, path, "exec")


def test_there_are_twelve() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == 12


def test_a_mistake_is_noticed() -> None:
    (mutant,) = (mutant for mutant in MUTANTS if mutant.name == "synchronous=NORMAL")
    assert mutants.noticed(mutant).startswith("FAILED tests/models/test_storage.py::")
