"""Strict reading of a TOML table into a frozen dataclass: nothing unknown, mistyped or missing gets through."""

import dataclasses
import math
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import MISSING, Field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from publisher.config.secrets import ChannelSecrets, Secret
from publisher.errors import ConfigError
from publisher.i18n import N_

T = TypeVar("T")


class FromEnvironment(str):
    """A value set by an environment variable: text to be read as the key's type; errors name the variable."""

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, text: str, variable: str) -> Self:
        """Keep the name of the variable beside its text."""
        value = super().__new__(cls, text)
        value.variable = variable
        return value


class Where(NamedTuple):
    """Where a table comes from: the file as people name it, its section, and the folder where relative paths start."""

    file: str
    section: str
    folder: Path

    def inside(self, key: str) -> "Where":
        """Return the place of the sub-table `key`."""
        return self._replace(section=f"{self.section}.{key}")

    def variable(self, key: str) -> str:
        """Return the name that a secret of this table has in `.env`: the channel's, then the key's."""
        return f"{self.section.rpartition('.')[2]}_{key}".upper().replace("-", "_")

    def place(self, key: str, value: object = None) -> str:
        """Return how a sentence names the key: by its variable if the environment set it."""
        return value.variable if isinstance(value, FromEnvironment) else f"{self.file}, [{self.section}] {key}"


def _nothing(value: object) -> Mapping[str, object]:
    del value
    return {}


class Check(NamedTuple):
    """A rule on the value of a key, put in `Annotated`.

    `sentence` tells what is accepted; its places are `place`, `value`, and what `told` returns for a value that is refused.
    """

    accepts: Callable[[Any], bool]
    sentence: str
    told: Callable[[Any], Mapping[str, object]] = _nothing


def between(low: float, high: float) -> Check:
    """Accept numbers from low to high, both included."""
    sentence = N_("%(place)s: the number must lie between %(low)s and %(high)s.")
    return Check(lambda number: low <= number <= high, sentence, lambda _: {"low": low, "high": high})


def read(cls: type[T], table: Mapping[str, object], where: Where, secrets: ChannelSecrets | None = None) -> T:
    """Return the dataclass filled from the table, its defaults for absent keys, paths made absolute. Raises ConfigError.

    Types understood: str, int, float, bool, Path, ZoneInfo, tuple[str, ...], Mapping[str, str], Literal, another frozen
    dataclass, `Annotated[…, Check]`, any of them `| None`; and Secret, which is never in the table: it is looked up in
    `secrets`, and left empty when no `secrets` are given.
    """
    hints = get_type_hints(cls, include_extras=True)
    fields: dict[str, Field[Any]] = {entry.name: entry for entry in dataclasses.fields(cls)}  # type: ignore[arg-type] # T is a dataclass
    _refuse_unknown(table, fields, where)
    values: dict[str, object] = {}
    missing: list[str] = []
    for name, entry in fields.items():
        if _secret_hint(hints[name]):
            values[name] = _secret(name, table, where, secrets)
            if values[name] is None and hints[name] is Secret:
                missing.append(name)
        elif name in table:
            values[name] = _convert(hints[name], table[name], name, where)
        elif entry.default is not MISSING:
            values[name] = _rooted(entry.default, where)
        elif entry.default_factory is MISSING:
            sentence = N_("%(file)s, section [%(section)s]: “%(key)s” is missing; add a line “%(key)s = …”.")
            raise ConfigError("missing-key", sentence, file=where.file, section=where.section, key=name)
    if secrets and missing:
        raise missing_secrets(missing, where, secrets)
    return cls(**{**values, **{name: Secret("") for name in missing}})


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that looks most like a mistyped one, None if none does."""
    import difflib

    return next(iter(difflib.get_close_matches(name, known, 1)), None)


def _refuse_unknown(table: Mapping[str, object], fields: Mapping[str, object], where: Where) -> None:
    for key, value in table.items():
        if key in fields:
            continue
        place, near = where.place(key, value), nearest(key, fields)
        if near:
            sentence = N_("%(place)s: there is no such key; did you mean “%(near)s”?")
            raise ConfigError("unknown-key", sentence, place=place, key=key, near=near)
        sentence = N_("%(place)s: there is no such key; the section knows %(known)s.")
        raise ConfigError("unknown-key", sentence, place=place, key=key, known=", ".join(fields))


def _secret_hint(hint: object) -> bool:
    return hint is Secret or Secret in get_args(hint)


def _secret(key: str, table: Mapping[str, object], where: Where, secrets: ChannelSecrets | None) -> Secret | None:
    if key in table:
        sentence = N_("%(place)s: secrets never stand in this file; move it to .env, under the name %(name)s.")
        raise ConfigError("secret-in-config", sentence, place=where.place(key), name=where.variable(key))
    return secrets.get(key) if secrets else None


def missing_secrets(missing: Sequence[str], where: Where, secrets: ChannelSecrets) -> ConfigError:
    """Return the error for secrets that are nowhere: all of them, to be written in one go."""
    names, path = [secrets.names(key)[-1] for key in missing], secrets.secrets.env_file
    if len(names) == 1:
        sentence = N_(
            "The secret %(name)s, needed by [%(section)s], is missing: write it in %(path)s, or the path of its file as %(name)s_FILE."
        )
        return ConfigError("missing-secret", sentence, name=names[0], section=where.section, path=path)
    sentence = N_("The secrets %(names)s, needed by [%(section)s], are missing: write them in %(path)s.")
    return ConfigError("missing-secret", sentence, names=", ".join(names), section=where.section, path=path)


def _rooted(default: object, where: Where) -> object:
    return where.folder / default if isinstance(default, Path) else default


def _convert(hint: Any, value: object, key: str, where: Where) -> object:
    """Return the value as the type of the key. Raises ConfigError."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return None if _is_unset(value) else _convert(arguments[0], value, key, where)
    if origin is Annotated:
        return _checked(_convert(arguments[0], value, key, where), arguments[1:], where.place(key, value))
    if origin is Literal:
        return _one_of(value, arguments, where.place(key, value))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return read(hint, value, where.inside(key))
    convert, sentence = _SCALARS.get(hint) or _SCALARS[origin if origin in _SCALARS else Mapping]
    try:
        return _rooted(convert(value), where)
    except (TypeError, ValueError) as error:
        raise ConfigError("wrong-type", sentence, place=where.place(key, value), key=key) from error


def _is_unset(value: object) -> bool:
    return isinstance(value, FromEnvironment) and not value


def _checked(value: object, checks: tuple[Check, ...], place: str) -> object:
    for check in checks:
        if not check.accepts(value):
            raise ConfigError("wrong-value", check.sentence, **{"place": place, "value": value, **check.told(value)})
    return value


def _one_of(value: object, allowed: tuple[object, ...], place: str) -> object:
    if value in allowed:
        return str(value)
    sentence = N_("%(place)s: write one of %(allowed)s.")
    raise ConfigError("wrong-value", sentence, place=place, allowed=", ".join(f'"{word}"' for word in allowed))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return str(value)


_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _boolean(value: object) -> bool:
    if isinstance(value, FromEnvironment) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _integer(value: object) -> int:
    if isinstance(value, FromEnvironment):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | FromEnvironment):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _path(value: object) -> Path:
    text = _text(value)
    if not text or "\0" in text:
        raise ValueError(value)
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # "~" of a user who does not exist
        raise ValueError(value) from error


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (KeyError, OSError) as error:  # an unknown name; the name of a folder of zones
        raise ValueError(value) from error


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, FromEnvironment):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_text(part) for part in value)


def _mapping(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return types.MappingProxyType({key: _text(part) for key, part in value.items()})


_SCALARS: Mapping[Any, tuple[Callable[[object], object], str]] = {
    str: (_text, N_("%(place)s: a text between quotation marks is needed.")),
    bool: (_boolean, N_("%(place)s: write true or false.")),
    int: (_integer, N_("%(place)s: a whole number is needed.")),
    float: (_number, N_("%(place)s: a number is needed.")),
    Path: (_path, N_("%(place)s: the path of a file or a folder is needed, between quotation marks.")),
    ZoneInfo: (_zone, N_("%(place)s: there is no such time zone; write its name, such as Europe/Paris.")),
    tuple: (_texts, N_('%(place)s: a list of texts is needed, such as ["one", "two"].')),
    Mapping: (_mapping, N_("%(place)s: a section of its own is needed, with one “name = text” per line.")),
}
