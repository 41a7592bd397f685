"""Triggers that keep what happened from being rewritten, whoever holds the database open."""

APPEND_ONLY = ("audit", "receipt", "approval", "version")
NEVER_REMOVED = ("announcement", "manifest", "delivery", "deliverystep", "attempt", "pause")
FROZEN = {"delivery": ("payload", "digest"), "manifest": ("canonical", "hash"), "attempt": ("digest", "slots", "intent_at")}


def triggers(*rebuilt: str) -> list[str]:
    """Return the SQL statements, for all tables or for those that are named: a migration that rebuilds a table loses its triggers."""
    changes = [
        *((table, "DELETE") for table in APPEND_ONLY + NEVER_REMOVED),
        *((table, "UPDATE") for table in APPEND_ONLY),
        *((table, f"UPDATE OF {', '.join(columns)}") for table, columns in FROZEN.items()),
    ]
    return [_trigger(table, change) for table, change in changes if table in rebuilt or not rebuilt]


def _trigger(table: str, change: str) -> str:
    name = f"keep_{table}_{change.split(maxsplit=1)[0].lower()}"
    refusal = f"SELECT RAISE(ABORT, 'publisher_{table} is append-only');"
    return f"CREATE TRIGGER {name} BEFORE {change} ON publisher_{table} BEGIN {refusal} END"
