"""JSON columns without the CHECK (JSON_VALID(…)) that Django adds: SQLite calls it unsafe under `trusted_schema = OFF` (seen with 3.40).

Statements are rewritten for SQLite once, not each time: most of ours are the same few, and Django's search for their places takes as
long as a tenth of a statement.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

KEPT = 512
"""Statements."""


class Cursor(base.SQLiteCursorWrapper):
    """What executes a statement."""

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        """Return the statement as SQLite's own module wants it."""
        return _with_marks(query) if param_names is None else super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection."""

    data_type_check_constraints = {  # noqa: RUF012 - as in the class above
        kind: check for kind, check in base.DatabaseWrapper.data_type_check_constraints.items() if kind != "JSONField"
    }

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002 - Django's signature
        """Return a cursor of ours; SQLite has none on the server's side, which would have the name."""
        return self.connection.cursor(factory=Cursor)


@lru_cache(KEPT)
def _with_marks(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))
