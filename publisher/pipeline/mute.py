"""What a copy of the database must not do, whoever puts it back: publish, let anybody in by what was revoked since, tell anything twice.

Plain SQL on a file that Django is not turned to, of any earlier version: what it does not have yet is passed over.
"""

import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

SESSIONS = ("usersessions_usersession", "django_session")
MAILED = ("publisher_notice", "publisher_accountnotice")


def mute(database: Path, now: datetime) -> None:
    """Let nothing be published from this copy until it is adopted, and forget what opens a way in or waits to be told."""
    with closing(sqlite3.connect(database)) as copy, copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        _disown(copy)
        forget(copy, now)


def forget(database: sqlite3.Connection, now: datetime) -> None:
    """Shut every way in that may have been shut since the copy was made, and tell nobody what they may have been told since.

    Sessions, tokens, secret addresses of calendars, invitations and recovery codes: which of them were used up or revoked meanwhile
    the copy cannot know. Passwords, roles and absences stay, for people to look through.
    """
    at = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"  # as Django writes an instant
    for table in SESSIONS:
        if columns(database, table):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - no user's word
    if columns(database, "publisher_token"):
        database.execute("UPDATE publisher_token SET revoked_at = ? WHERE revoked_at IS NULL", [at])
    if "last_login" in columns(database, "publisher_person"):
        # an invitation counts as long as the account is as it was: it signs the last login, too
        database.execute("UPDATE publisher_person SET last_login = ?", [at])
    if columns(database, "mfa_authenticator"):
        database.execute("DELETE FROM mfa_authenticator WHERE type = 'recovery_codes'")
    _silence(database)


def columns(database: sqlite3.Connection, table: str) -> set[str]:
    """Return the columns of a table, none if there is no such table."""
    return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def _disown(copy: sqlite3.Connection) -> None:
    """Let the copy belong to no installation."""
    nobody = {"id": 1, "epoch": 0, "instance": f"backup:{secrets.token_hex(16)}", "boot_id": ""}
    known = [name for name in nobody if name in columns(copy, "publisher_holder")]
    places = ", ".join(f":{name}" for name in known)
    copy.execute(
        f"INSERT INTO publisher_holder ({', '.join(known)}) VALUES ({places})"  # noqa: S608 - no user's word
        " ON CONFLICT (id) DO UPDATE SET instance = excluded.instance",
        nobody,
    )


def _silence(database: sqlite3.Connection) -> None:
    """Mail nothing that waited, and take all acts for told: they were, by the service from which the copy was made."""
    for table in MAILED:
        if columns(database, table):
            database.execute(f"UPDATE {table} SET mail_at = NULL WHERE mail_at IS NOT NULL")  # noqa: S608 - no user's word
    if columns(database, "publisher_told"):
        (last,) = database.execute("SELECT COALESCE(MAX(sequence), 0) FROM publisher_audit").fetchone()
        database.execute("UPDATE publisher_told SET notices = ?, reports = ?", [last, last])
