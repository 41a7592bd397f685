"""The mailbox of [notices]: short letters to the people of the town hall, over the very wire that the e-mail channel uses."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from publisher.adapters.base import Session
from publisher.adapters.mail_address import domain_of, mailbox
from publisher.adapters.mail_message import letter
from publisher.adapters.mail_settings import Config
from publisher.adapters.smtp_server import Server
from publisher.config import Config as Configuration
from publisher.config import Secret, Where, missing_secrets
from publisher.errors import ConfigError
from publisher.i18n import N_

SECTION = "notices"


class Letter(NamedTuple):
    """What one person is written: `name` tells letters apart, and stays the same whenever one is written again."""

    name: str
    to: str
    subject: str
    text: str
    at: datetime
    language: str


class Mailbox:
    """It writes, and nobody reads what is answered."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        self._server = Server(settings)

    def open(self) -> Session:
        """Connect and be let in. Raises NotSent, Unauthorized, RateLimited."""
        return self._server.connect()

    def check(self) -> None:
        """See that the server lets us in; nothing is sent. Raises NotSent, Unauthorized, RateLimited."""
        session = self._server.connect()
        try:
            session.check()
        finally:
            session.close()

    def written(self, told: Letter) -> bytes:
        """Return the exact bytes of a letter. Raises Rejected."""
        fields: Mapping[str, str] = {
            "from": mailbox(self._settings.name, self._settings.account),
            "to": told.to,
            "subject": told.subject,
            "date": format_datetime(told.at),
            "message_id": f"<{told.name}@{domain_of(self._settings.account)}>",
            "language": told.language,
            "text": told.text,
        }
        return letter(fields)


def configured(config: Configuration) -> Mailbox | None:
    """Return the mailbox of config.toml; None if it is switched off. Raises ConfigError."""
    told = config.notices
    if not told.enabled:
        return None
    where = Where(str(config.path or "config.example.toml"), SECTION, config.folder)
    host, address = _needed(told.host, where, "host"), _needed(told.address, where, "address")
    settings = Config(
        adapter="email",
        account=address,
        name=config.town.name,
        host=host,
        port=told.port,
        security=told.security,
        auth="password" if told.username else "none",
        user=Secret(told.username) if told.username else None,
        password=_password(config, where) if told.username else None,
        network=config.network,
    )
    return Mailbox(settings)


def _needed(value: str | None, where: Where, key: str) -> str:
    if value:
        return value
    sentence = N_("%(file)s, section [%(section)s]: “%(key)s” is missing; add a line “%(key)s = …”.")
    raise ConfigError("missing-key", sentence, file=where.file, section=where.section, key=key)


def _password(config: Configuration, where: Where) -> Secret:
    secrets = config.secrets.of(SECTION)
    found = secrets.get("password")
    if found is None:
        raise missing_secrets(["password"], where, secrets)
    return found
