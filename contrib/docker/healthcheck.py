"""Whether the service lives: exit code 0 if it has written to its database within the last 45 seconds. The standard library only."""

import os
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

SILENT = timedelta(seconds=45)
"""The same that the pages take for a service that does not answer; it gives a sign every ten."""


def heartbeat(database: Path) -> datetime | None:
    """Return when the service last wrote; None if it never did. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=4)) as opened:
        row = opened.execute("SELECT heartbeat_at FROM publisher_holder").fetchone()
    return datetime.fromisoformat(row[0]).replace(tzinfo=UTC) if row and row[0] else None


def main() -> int:
    """Say it by the exit code, and in one line."""
    database = Path(os.environ.get("PUBLISHER_STORAGE_DATA_DIR", "data")) / "publisher.sqlite3"
    try:
        beat = heartbeat(database)
    except sqlite3.Error as error:
        print(f"{database}: {error}")
        return 1
    print(f"last sign of life: {beat}")
    return int(beat is None or datetime.now(UTC) - beat > SILENT)


if __name__ == "__main__":
    sys.exit(main())
