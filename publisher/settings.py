"""Django wiring: what never changes, as constants, and what config.toml decides, as one function.

`publisher.storage.connect` puts both together; nothing here reads a file or the environment.
"""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from publisher.config import Config
from publisher.errors import ConfigError
from publisher.i18n import LOCALE_DIR, N_

INSTALLED_APPS = [
    "publisher",  # first: its templates stand in for those of the others
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
AUTH_USER_MODEL = "publisher.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOCALE_PATHS = [LOCALE_DIR]
LOGGING_CONFIG = None

# ---------------------------------------------------------------- pages

ROOT_URLCONF = "publisher.web.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publisher.web.gate.Gate",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["publisher.web.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publisher.web.frame.around",
            ],
        },
    }
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 8 * 3600  # from signing in, whatever is done
SESSION_IDLE_SECONDS = 30 * 60  # ours: without a request (publisher.web.sessions)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "publisher.web.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_METHODS = ["mfa"]  # a password that was stolen must not be enough to replace the second factor
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "publisher.web.accounts.SecondFactor"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is no condition of an account
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]  # the first for everybody; a passkey beside it signs in
MFA_TOTP_ISSUER = "Publisher"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "publisher.models.passwords.Unlike", "OPTIONS": {"user_attributes": ("name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["publisher.models.passwords.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of an invitation

# ---------------------------------------------------------------- database

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
        **_addresses(config),
    }


def _addresses(config: Config) -> dict[str, Any]:
    """Return under which addresses the pages answer; cookies that only travel encrypted wherever the back-office has such an address."""
    told = [urlsplit(url) for url in (config.web.staff_url, config.web.public_url) if url]
    staff = [url for url in told if url.geturl() == config.web.staff_url]
    encrypted = bool(config.web.staff_url and config.web.staff_url.startswith("https:"))
    prefix = "__Host-" if encrypted else ""
    return {
        "ALLOWED_HOSTS": [config.web.host, "localhost", "127.0.0.1", "[::1]", *(url.hostname for url in told if url.hostname)],
        "CSRF_TRUSTED_ORIGINS": [f"{url.scheme}://{url.netloc}" for url in staff],  # no form of another address
        "CSRF_COOKIE_NAME": f"{prefix}publisher-form",
        "CSRF_COOKIE_SECURE": encrypted,
        "SESSION_COOKIE_NAME": f"{prefix}publisher",
        "SESSION_COOKIE_SECURE": encrypted,
    }


def _sqlite(config: Config) -> dict[str, Any]:
    if config.storage.database != "sqlite":
        sentence = N_("%(file)s, [storage] database: this version keeps everything in SQLite; write database = “sqlite”.")
        raise ConfigError("database-unsupported", sentence, file=config.path)
    return {
        "ENGINE": "publisher.sqlite",
        "NAME": config.storage.data_dir / DATABASE,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"timeout": BUSY_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": _pragmas()},
    }


def _pragmas() -> str:
    """Return what each connection says first (delivery.md §8): with NORMAL a power cut forgets an intent, which is a duplicate later."""
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE else "TRUNCATE"
    wanted = {"journal_mode": journal, "synchronous": "FULL", "foreign_keys": "ON", "trusted_schema": "OFF", "mmap_size": "0"}
    return "".join(f"PRAGMA {name} = {value};" for name, value in wanted.items())
