"""What config.toml may say of a channel of kind "email"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from publisher.adapters.mail_address import is_address
from publisher.adapters.settings import WireSettings
from publisher.config import Check, Secret, between, rules
from publisher.config import Config as Configuration
from publisher.i18n import N_

_NEEDED: Mapping[str, tuple[str, ...]] = {"password": ("user", "password"), "xoauth2": ("user", "token"), "none": ()}
_HOST = re.compile(r"(?!localhost\b)[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z0-9][A-Za-z0-9-]*|\[[0-9A-Za-z:.]+\]")


def is_full_name(text: str) -> bool:
    """Tell whether a machine may present itself so: its full name, or an address between brackets (RFC 5321 §4.1.3)."""
    return _HOST.fullmatch(text) is not None and not text.endswith((".local", ".localdomain", ".localhost"))


def _is_ours(text: str) -> bool:
    """Tell whether any server takes messages from the address."""
    return is_address(text) and text.partition("@")[0].isascii()


MailAddress = Annotated[str, Check(_is_ours, N_("%(place)s: write an e-mail address, such as presse@example.org."))]
FullName = Annotated[str, Check(is_full_name, N_("%(place)s: write the full name of this machine, such as publisher.example.org."))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(WireSettings):
    """The keys of [channels.NAME] with adapter = "email"; `account` is the From address."""

    account: MailAddress
    name: rules.Line = ""
    """The name shown beside the From address."""
    reply_to: MailAddress | None = None
    """A mailbox that people read."""
    host: rules.Host
    port: Annotated[int, between(1, 65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none`: only to this machine or a private network."""
    auth: Literal["password", "xoauth2", "none"] = "password"
    token_url: rules.Address | None = None
    """Where the service of the mailboxes gives access tokens for the refresh token; None: `token` is one, until it ends."""
    client_id: rules.Line = ""
    """Our application, as that service knows it."""
    scope: rules.Line = ""
    """What the access token is to be good for, where that service wants to hear it."""
    tokens: rules.Folder | None = None
    """Where a refresh token is kept that took the place of the one in `.env`; None: in memory alone."""
    helo: FullName | None = None
    """How this machine presents itself; without it, its own name if that is a full one, else the domain of `account`."""
    connections: Annotated[int, between(1, 50)] = 2
    messages_per_connection: Annotated[int, between(1, 10_000)] = 100
    messages_per_minute: Annotated[int, between(1, 100_000)] | None = None
    """Over all connections; None: as fast as the server takes them."""
    recipients: rules.File | None = None
    """A CSV file whose first line is email,name."""
    before_embargo: bool = False
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 4 * 60
    user: Secret | None = None
    password: Secret | None = None
    token: Secret | None = None
    refresh_token: Secret | None = None
    client_secret: Secret | None = None

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Configuration) -> Mapping[str, object]:
        """Take the town's name, its press contact as the mailbox for answers, and a place for tokens, where the table names none."""
        contact = {"reply_to": config.town.contact.email} if config.town.contact.email else {}
        own = {"name": config.town.name, "tokens": str(config.storage.data_dir / "mail-tokens"), **contact}
        return {**own, **super(Config, cls).complete(table, config)}

    def needs(self) -> tuple[str, ...]:
        """Return what logging in takes."""
        return ("user", "refresh_token") if self.renews else _NEEDED[self.auth]

    @property
    def renews(self) -> bool:
        """Whether access tokens are made from the refresh token."""
        return self.auth == "xoauth2" and self.token_url is not None

    def facts(self) -> dict[str, object]:
        """Tell the templates the mailbox for answers."""
        return {"account": self.account, "reply_to": self.reply_to or self.account}
