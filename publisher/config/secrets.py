"""Secrets: values that can be neither printed nor stored by accident, and where they are looked up."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from publisher.errors import ConfigError
from publisher.i18n import N_


class Secret:
    """A password or token: shown as `***`, comparable, not hashable, not serialisable; false when empty."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment] # a hash in a digest or a cache key would give the value away

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be serialised")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The places where secrets are looked up: the environment, then `.env` beside config.toml; each also by NAME_FILE."""

    environ: Mapping[str, str] = field(repr=False)
    dotenv: Mapping[str, str] = field(repr=False)
    folder: Path

    @property
    def env_file(self) -> Path:
        """Where `.env` is, or would be."""
        return self.folder / ".env"

    def of(self, channel: str, *kinds: str) -> "ChannelSecrets":
        """Return the lookup for one channel; `kinds` are the prefixes of its kind, given only if it is alone of its kind."""
        prefixes = dict.fromkeys(prefix.upper().replace("-", "_") for prefix in (channel, *kinds))
        return ChannelSecrets(self, tuple(prefixes))

    def find(self, name: str) -> Secret | None:
        """Return the secret of this name, None if it is nowhere or empty. Raises ConfigError."""
        for source in (self.environ, self.dotenv):
            value, file = source.get(name), source.get(f"{name}_FILE")
            if value and file:
                sentence = N_("%(name)s and %(name)s_FILE are both set: keep only one of them.")
                raise ConfigError("secret-twice", sentence, name=name)
            if value:
                return Secret(value)
            if file:
                return self._in_file(f"{name}_FILE", self.folder / file)
        return None

    @staticmethod
    def _in_file(name: str, path: Path) -> Secret | None:
        try:
            value = path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            sentence = N_("%(name)s: the file %(path)s cannot be read; check the path and its rights.")
            raise ConfigError("secret-file", sentence, name=name, path=path) from error
        return Secret(value) if value else None


@dataclass(frozen=True, slots=True)
class ChannelSecrets:
    """The secrets of one channel by field: CHANNEL_FIELD, or the kind's own name when it is the only one of its kind."""

    secrets: Secrets
    prefixes: tuple[str, ...]

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names under which the field is looked up, in order."""
        return tuple(f"{prefix}_{key.upper()}" for prefix in self.prefixes)

    def get(self, key: str) -> Secret | None:
        """Return the secret for a field, None if it is nowhere. Raises ConfigError."""
        found = (self.secrets.find(name) for name in self.names(key))
        return next((secret for secret in found if secret is not None), None)


def read_dotenv(path: Path) -> dict[str, str]:
    """Return what a `.env` file sets, `$` taken literally, the environment untouched. Raises ConfigError."""
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8-sig") as stream:
            lines = list(parse_stream(stream))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        sentence = N_("%(path)s cannot be read: check that it is a text file in UTF-8 and that you may read it.")
        raise ConfigError("unreadable", sentence, path=path) from error
    for line in lines:
        if line.error:
            sentence = N_("%(path)s, line %(line)d: write NAME=value; put a value with spaces or quotation marks between single quotes.")
            raise ConfigError("dotenv-syntax", sentence, path=path, line=line.original.line)
    return {line.key: line.value or "" for line in lines if line.key is not None}
