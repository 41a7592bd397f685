"""The mistakes of `make mutants` still fit the code; whether they are noticed is seen there, one is tried here."""

import pytest

from tests.kills import mutants
from tests.kills.mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_can_still_be_made(mutant, tmp_path) -> None:
    mutants.sown(mutant, tmp_path)
    for path, _, _ in mutant.changes:
        compile((tmp_path / "publisher" / path).read_text("utf-8"), path, "exec")


def test_there_are_twelve() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == 12
