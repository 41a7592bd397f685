"""Django wiring: what never changes, as constants, and what config.toml decides, as one function.

`publisher.storage.connect` puts both together; nothing here reads a file or the environment.
"""

import sqlite3
from typing import Any

from publisher.config import Config
from publisher.errors import ConfigError
from publisher.i18n import LOCALE_DIR, N_

INSTALLED_APPS = ["publisher"]
AUTH_USER_MODEL = "publisher.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOCALE_PATHS = [LOCALE_DIR]
LOGGING_CONFIG = None

DATABASE = "publisher.sqlite3"
BUSY_SECONDS = 20
WAL_IS_SAFE = (3, 51, 3)  # earlier ones have the WAL-reset bug (sqlite.org/wal.html#walresetbug)


def from_config(config: Config, secret_key: str) -> dict[str, Any]:
    """Return the settings that depend on config.toml. Raises ConfigError."""
    return {
        "DATABASES": {"default": _sqlite(config)},
        "LANGUAGE_CODE": config.town.language,
        "SECRET_KEY": secret_key,
        "TIME_ZONE": config.town.zone.key,
    }


def _sqlite(config: Config) -> dict[str, Any]:
    if config.storage.database != "sqlite":
        sentence = N_("%(file)s, [storage] database: this version keeps everything in SQLite; write database = “sqlite”.")
        raise ConfigError("database-unsupported", sentence, file=config.path)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.storage.data_dir / DATABASE,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"timeout": BUSY_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": _pragmas()},
    }


def _pragmas() -> str:
    """Return what each connection says first (delivery.md §8): with NORMAL a power cut forgets an intent, which is a duplicate later."""
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE else "TRUNCATE"
    wanted = {"journal_mode": journal, "synchronous": "FULL", "foreign_keys": "ON", "trusted_schema": "OFF", "mmap_size": "0"}
    return "".join(f"PRAGMA {name} = {value};" for name, value in wanted.items())
