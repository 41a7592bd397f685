"""Triggers that keep what happened from being rewritten, whoever holds the database open."""

APPEND_ONLY = ("audit", "receipt", "approval", "version")
NEVER_REMOVED = ("announcement", "manifest", "delivery", "deliverystep", "attempt", "pause")
FROZEN = {"delivery": ("payload", "digest"), "manifest": ("canonical", "hash"), "attempt": ("digest", "slots", "intent_at")}


def triggers() -> list[str]:
    """Return the SQL statements; a later migration that rebuilds one of these tables must make its triggers again."""
    return [
        *(_trigger(table, "DELETE") for table in APPEND_ONLY + NEVER_REMOVED),
        *(_trigger(table, "UPDATE") for table in APPEND_ONLY),
        *(_trigger(table, f"UPDATE OF {', '.join(columns)}") for table, columns in FROZEN.items()),
    ]


def _trigger(table: str, change: str) -> str:
    name = f"keep_{table}_{change.split(maxsplit=1)[0].lower()}"
    refusal = f"SELECT RAISE(ABORT, 'publisher_{table} is append-only');"
    return f"CREATE TRIGGER {name} BEFORE {change} ON publisher_{table} BEGIN {refusal} END"
