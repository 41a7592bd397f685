"""What the schema needs beside Django's own fields."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class JSONField(models.JSONField):
    """JSON without the CHECK (JSON_VALID(…)) that Django adds: SQLite calls it unsafe under `trusted_schema = OFF` (seen with 3.40)."""

    def db_check(self, connection: BaseDatabaseWrapper) -> None:
        """Add no check to the column."""
        del connection


def values(states: Iterable[StrEnum]) -> list[str]:
    """Return the plain words of an enumeration, so that a migration keeps them and not the code of the day."""
    return [state.value for state in states]
