"""Configuration: config.toml, `.env` and the environment become one frozen tree; default < file < environment.

Channel tables stay raw here: `registry.configure` types each with the settings of its adapter, through `read`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from publisher import shipped
from publisher.config import rules
from publisher.config.oidc import Oidc
from publisher.config.secrets import ChannelSecrets, Secret, Secrets, read_dotenv
from publisher.config.tables import Check, FromEnvironment, Where, between, missing_secrets, nearest, read
from publisher.config.webhooks import Webhook, read_webhooks
from publisher.errors import ConfigError
from publisher.i18n import N_

__all__ = [
    "ChannelSecrets",
    "Check",
    "Config",
    "Oidc",
    "Secret",
    "Secrets",
    "Webhook",
    "Where",
    "between",
    "load",
    "missing_secrets",
    "nearest",
    "read",
    "rules",
]

FILE = "config.toml"
PREFIX = "PUBLISHER_"
PARIS = ZoneInfo("Europe/Paris")
VARIABLE = f"{PREFIX}CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownContact:
    """The press contact that stands where a communiqué names none."""

    name: rules.Line | None = None
    role: rules.Line | None = None
    phone: rules.Telephone | None = None
    email: rules.MailAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Who speaks."""

    name: rules.Name
    """As it stands on the page and in the e-mails."""
    zone: ZoneInfo = PARIS
    """In which hours are written and read."""
    language: rules.Language = "fr"
    """Of the announcements, unless they say otherwise."""
    site_url: rules.Address | None = None
    """The town's website: links to it are its own, and the press room's addresses start with it."""
    contact: TownContact = field(default_factory=TownContact)
    hashtags: rules.Hashtags = ()
    """The house list: no other is ever added (R9)."""
    legal_notice: rules.Text | None = None
    """Foot of the page and of the e-mails."""
    logo: rules.Picture | None = None
    colour: rules.Colour = "#1f4e79"
    """Of the page's headings."""
    link_line: rules.Line = "Le communiqué complet :"
    """What introduces the address of the full text (R7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where everything is kept."""

    data_dir: rules.Folder = Path("data")
    database: rules.Database = "sqlite"
    """`sqlite`: a file in data_dir; otherwise the address of a PostgreSQL database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who must agree before anything leaves."""

    required: Annotated[int, between(0, 2)] = 1
    """People besides the last editor."""
    command_line: bool = True
    """Whether system users may act as the accounts mapped to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The back-office and the public addresses."""

    host: rules.Host = "127.0.0.1"
    port: Annotated[int, between(0, 65535)] = 8000
    """0: any free one."""
    public_url: rules.Address | None = None
    """Of unsubscription and press room, if journalists can reach them."""
    staff_url: rules.Address | None = None
    """Of the back-office; may be internal."""
    trusted_proxies: rules.Networks = ()
    """Reverse proxies whose X-Forwarded-For is believed."""
    oidc: Oidc = field(default_factory=Oidc)
    """Where people may sign in instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """The mailbox from which the people of the town hall are told what waits for them; it is no channel."""

    enabled: bool = False
    host: rules.Host | None = None
    port: Annotated[int, between(1, 65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none`: only to this machine or a private network."""
    address: rules.MailAddress | None = None
    """From which it writes."""
    username: rules.Line | None = None
    """Without it nobody logs in: a relay that trusts this machine."""
    password: Secret | None = field(default=None, repr=False)
    """Looked up under NOTICES_PASSWORD when it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How the town's network lets us out; never taken from a stray environment."""

    https_proxy: rules.Proxy | None = None
    no_proxy: rules.Hosts = ()
    ca_file: rules.Certificates | None = None
    """Certificates of the town's own authority, in PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What wakes the pipeline."""

    kind: Literal["embedded", "procrastinate"] = "embedded"
    workers: Annotated[int, between(1, 64)] = 4
    """Channels that may send at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration. `path` is None when there is no config.toml and the shipped example stands for it."""

    path: Path | None
    folder: Path
    """Absolute; where relative paths start."""
    town: Town
    storage: Storage
    approval: Approval
    web: Web
    notices: Notices
    network: Network
    engine: Engine
    channels: Mapping[str, Mapping[str, object]]
    """Raw tables by channel name, in the order of the file."""
    secrets: Secrets
    webhooks: tuple[Webhook, ...] = ()

    def where(self, channel: str) -> Where:
        """Return the place of a channel's table, for `read`."""
        return Where(_called(self.path), f"channels.{channel}", self.folder)


SECTIONS: Mapping[str, type] = {
    "town": Town,
    "storage": Storage,
    "approval": Approval,
    "web": Web,
    "notices": Notices,
    "network": Network,
    "engine": Engine,
}


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Return the configuration of `path`, else ./config.toml, else $PUBLISHER_CONFIG, else the shipped example's.

    Raises ConfigError.
    """
    environ = dict(os.environ if environ is None else environ)
    path = path or _found(environ)
    folder = path.absolute().parent if path else Path.cwd()
    dotenv = read_dotenv(folder / ".env") if path else {}
    document = _parse(path or shipped.example_config())
    _refuse_unknown_sections(document, path)
    tables = {name: _table(document.get(name, {}), name, path) for name in SECTIONS}
    channels = _channels(document.get("channels", {}), path)
    _overlay(tables, channels, {**dotenv, **environ})
    sections: dict[str, Any] = {name: read(cls, tables[name], Where(_called(path), name, folder)) for name, cls in SECTIONS.items()}
    frozen = MappingProxyType({name: MappingProxyType(table) for name, table in channels.items()})
    secrets, hooks = Secrets(environ, dotenv, folder), read_webhooks(document.get("webhooks", []), _called(path), folder)
    return Config(path=path, folder=folder, channels=frozen, secrets=secrets, webhooks=hooks, **sections)


def _found(environ: Mapping[str, str]) -> Path | None:
    if Path(FILE).exists():
        return Path(FILE)
    return Path(environ[VARIABLE]) if environ.get(VARIABLE) else None


def _called(path: Path | None) -> str:
    return str(path or shipped.example_config().name)


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        sentence = N_("There is no file %(path)s; `publisher init` writes a config.toml, --config names another one.")
        raise ConfigError("no-config", sentence, path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        sentence = N_("%(path)s cannot be read: check that it is a text file in UTF-8 and that you may read it.")
        raise ConfigError("unreadable", sentence, path=path) from error
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else len(text.splitlines())
        sentence = N_("%(path)s, line %(line)d cannot be understood: write “key = value”, and put texts between quotation marks.")
        raise ConfigError("toml-syntax", sentence, path=path, line=line) from error


def _refuse_unknown_sections(tables: Mapping[str, object], path: Path | None) -> None:
    known: dict[str, object] = {**SECTIONS, "channels": None, "webhooks": None}
    for name in tables:
        if name in known:
            continue
        near = nearest(name, known)
        if near:
            sentence = N_("%(file)s: there is no section [%(section)s]; did you mean [%(near)s]?")
            raise ConfigError("unknown-section", sentence, file=_called(path), section=name, near=near)
        sentence = N_("%(file)s: there is no section [%(section)s]; the sections are %(known)s.")
        raise ConfigError("unknown-section", sentence, file=_called(path), section=name, known=", ".join(known))


def _table(value: object, section: str, path: Path | None) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    sentence = N_("%(file)s: “%(section)s” is a section; write [%(section)s] on its own line, and its keys below.")
    raise ConfigError("not-a-section", sentence, file=_called(path), section=section)


def _channels(value: object, path: Path | None) -> dict[str, dict[str, Any]]:
    """Return the channel tables. Names give the names of secrets, so two that differ only by case or hyphen are refused."""
    channels = {name: _table(table, f"channels.{name}", path) for name, table in _table(value, "channels", path).items()}
    seen: dict[str, str] = {}
    for name in channels:
        if not re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", name):
            sentence = N_(
                "%(file)s, [channels.%(channel)s]: a channel's name is made of letters, digits, _ and -, and starts with a letter."
            )
            raise ConfigError("channel-name", sentence, file=_called(path), channel=name)
        other = seen.setdefault(_variable(name), name)
        if other != name:
            sentence = N_("%(file)s: the names of the channels “%(one)s” and “%(other)s” are too alike; change one of them.")
            raise ConfigError("channel-name", sentence, file=_called(path), one=other, other=name)
    return channels


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def _overlay(tables: Mapping[str, dict[str, Any]], channels: Mapping[str, dict[str, Any]], environ: Mapping[str, str]) -> None:
    """Put the values of PUBLISHER_SECTION_KEY variables over those of the file; other PUBLISHER_ variables are not ours."""
    prefixes: dict[str, tuple[dict[str, Any], type | None]]
    prefixes = {f"{PREFIX}{name.upper()}_": (tables[name], cls) for name, cls in SECTIONS.items()}
    prefixes |= {f"{PREFIX}CHANNELS_{_variable(name)}_": (table, None) for name, table in channels.items()}
    for variable in sorted(environ):
        # the longest prefix: a channel `x` must not take the variables of a channel `x_mayor`
        prefix = max((prefix for prefix in prefixes if variable.startswith(prefix)), key=len, default=None)
        if prefix:
            table, cls = prefixes[prefix]
            _set(table, variable.removeprefix(prefix).lower(), FromEnvironment(environ[variable], variable), cls)
        elif variable.startswith(f"{PREFIX}CHANNELS_"):
            sentence = N_("%(variable)s names no channel of the configuration; the channels are: %(known)s.")
            raise ConfigError("unknown-channel", sentence, variable=variable, known=", ".join(channels))


def _set(table: dict[str, Any], key: str, value: FromEnvironment, cls: type | None) -> None:
    """Set a key; `contact_name` is the key `name` of the sub-table `contact`."""
    groups = [entry.name for entry in fields(cls) if is_dataclass(entry.type)] if cls else []
    group = next((name for name in groups if key.startswith(f"{name}_")), None)
    inner = table.setdefault(group, {}) if group else table
    if isinstance(inner, dict):  # else `read` says what is wrong with it
        inner[key.removeprefix(f"{group}_")] = value
