import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.townhall import TownHall


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data directory of a town hall whose people have their accounts, to be copied."""
    folder = tmp_path_factory.mktemp("peopled") / "hall"
    with TownHall(folder) as hall:
        hall.people()
    return folder


@pytest.fixture
def hall(peopled: Path, tmp_path: Path) -> Iterator[TownHall]:
    with TownHall(tmp_path / "hall") as made:
        shutil.copytree(peopled / "data", made.data)
        yield made
