"""A database that was made by an earlier version is brought up to date without losing what it holds, nor what guards it."""

import sqlite3
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from publisher import settings


def guards(folder: Path) -> dict[str, str]:
    with sqlite3.connect(folder / settings.DATABASE) as base:
        return dict(base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))


def test_every_table_keeps_its_guards(data_dir) -> None:
    connection.close()
    tables = {name.removeprefix("keep_").rsplit("_", 1)[0] for name in guards(data_dir)}
    assert tables == {
        *("announcement", "approval", "attempt", "audit", "delivery", "deliverystep", "manifest", "pause", "receipt", "version"),
    }
    frozen = {name: sql.partition("UPDATE OF ")[2].partition(" ON ")[0] for name, sql in guards(data_dir).items() if "UPDATE OF" in sql}
    assert frozen == {
        "keep_attempt_update": "digest, slots, intent_at",
        "keep_delivery_update": "payload, digest, recipients, purpose, round",
        "keep_deliverystep_update": "step, recipient, name, token, message_id",
        "keep_manifest_update": "canonical, hash",
    }


def test_the_models_are_what_the_migrations_made(data_dir) -> None:
    call_command("makemigrations", "publisher", check=True, dry_run=True, verbosity=0)
