"""Triggers that keep what happened from being rewritten, whoever holds the database open.

A migration that rebuilds a table (SQLite does, for most changes) loses the triggers of that table and makes them again.
"""

from collections.abc import Mapping, Sequence


def triggers(
    append_only: Sequence[str] = (), never_removed: Sequence[str] = (), frozen: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Return the SQL statements: rows never change nor go, rows never go, columns never change."""
    return [
        *(_trigger(table, "DELETE") for table in (*append_only, *never_removed)),
        *(_trigger(table, "UPDATE") for table in append_only),
        *(_trigger(table, f"UPDATE OF {', '.join(columns)}") for table, columns in (frozen or {}).items()),
    ]


def _trigger(table: str, change: str) -> str:
    name = f"keep_{table}_{change.split(maxsplit=1)[0].lower()}"
    refusal = f"SELECT RAISE(ABORT, 'publisher_{table} is append-only');"
    return f"CREATE TRIGGER {name} BEFORE {change} ON publisher_{table} BEGIN {refusal} END"
