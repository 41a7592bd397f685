"""What the schema needs beside Django's own fields."""

from collections.abc import Iterable
from enum import StrEnum


def values(states: Iterable[StrEnum]) -> list[str]:
    """Return the plain words of an enumeration, so that a migration keeps them and not the code of the day."""
    return [state.value for state in states]
