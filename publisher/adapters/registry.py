"""From a kind of channel to its adapter: a literal table, loaded lazily; other packages register through an entry point."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from publisher.adapters.base import Adapter, Traits
from publisher.adapters.settings import ChannelSettings
from publisher.config import ChannelSecrets, Config, Secret, Where, missing_secrets, nearest, read
from publisher.errors import ConfigError
from publisher.i18n import N_

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KINDS: Mapping[str, str] = {
    "static-site": "publisher.adapters.static_site:StaticSite",
    "facebook": "publisher.adapters.facebook:Facebook",
    "x": "publisher.adapters.x:X",
    "email": "publisher.adapters.email:Email",
    "by-hand": "publisher.adapters.by_hand:ByHand",
}
GROUP = "publisher.adapters"
NO_CHANNEL = N_("%(path)s has no channel: nothing can be published; add a [channels.NAME] section.")


class Channel(NamedTuple):
    """A configured destination: its name in config.toml, its kind, its settings, and the adapter that serves it."""

    name: str
    kind: str
    settings: ChannelSettings
    adapter: Adapter


def configure(config: Config, *, secrets: bool) -> dict[str, Channel]:
    """Return the channels of config.toml, in its order; without `secrets` their adapters can only prepare. Raises ConfigError."""
    channels = {name: _channel(name, config, secrets=secrets) for name in config.channels}
    _check_order(channels, config)
    return channels


def mistakes(config: Config) -> dict[str, ConfigError]:
    """Return, by channel, why it cannot be configured with its secrets."""
    found = {}
    for name in config.channels:
        try:
            _channel(name, config, secrets=True)
        except ConfigError as error:
            found[name] = error
    return found


def with_secrets(channel: Channel, secrets: Mapping[str, Secret]) -> Channel:
    """Return the channel as it would be with these secrets in the place of its own; the others stay."""
    adapter: Any = type(channel.adapter)
    values: dict[str, Any] = dict(secrets)
    settings = replace(channel.settings, **values)
    return channel._replace(settings=settings, adapter=adapter(settings))


def secrets_of(channel: Channel, config: Config) -> ChannelSecrets:
    """Return where a channel's secrets are looked up."""
    return _secrets(channel.name, channel.kind, type(channel.adapter), config)


def load(kind: str, place: str = "") -> Any:
    """Return the adapter class of a kind; `place` is where it was written, for the error. Raises ConfigError."""
    if kind in KINDS:
        module, name = KINDS[kind].split(":")
        return getattr(import_module(module), name)
    # a foreign package is imported only when config.toml names its kind; so is what finds it, which costs a tenth of a preview
    from importlib import metadata

    others = {entry.name: entry for entry in metadata.entry_points(group=GROUP)}
    if kind in others:
        return _foreign(others[kind], place)
    raise _unknown_kind(kind, [*KINDS, *sorted(others)], place)


def _kind(name: str, table: Mapping[str, object], config: Config) -> str:
    kind = table.get("adapter")
    if isinstance(kind, str) and kind:
        return str(kind)
    sentence = N_("%(place)s: say which kind of channel it is; the kinds are %(known)s.")
    raise ConfigError("missing-key", sentence, place=config.where(name).place("adapter"), key="adapter", known=", ".join(KINDS))


def _unknown_kind(kind: str, known: Iterable[str], place: str) -> ConfigError:
    known = list(known)
    near = nearest(kind, known)
    if near:
        sentence = N_("%(place)s: there is no kind of channel “%(kind)s”; did you mean “%(near)s”?")
        return ConfigError("unknown-kind", sentence, place=place, kind=kind, near=near)
    sentence = N_("%(place)s: there is no kind of channel “%(kind)s”; the kinds are %(known)s.")
    return ConfigError("unknown-kind", sentence, place=place, kind=kind, known=", ".join(known))


def _foreign(entry: "EntryPoint", place: str) -> Any:
    package = entry.dist.name if entry.dist else entry.module
    try:
        adapter = entry.load()
    except Exception as error:  # whatever a foreign package raises, people read one sentence
        sentence = N_("%(place)s: the package %(package)s, which provides “%(kind)s”, cannot be loaded: %(reason)s.")
        raise ConfigError("broken-adapter", sentence, place=place, package=package, kind=entry.name, reason=error) from error
    if isinstance(getattr(adapter, "traits", None), Traits) and issubclass(getattr(adapter, "settings_class", int), ChannelSettings):
        return adapter
    sentence = N_("%(place)s: the adapter “%(kind)s” of the package %(package)s does not declare its traits and settings; update it.")
    raise ConfigError("broken-adapter", sentence, place=place, package=package, kind=entry.name)


def _channel(name: str, config: Config, *, secrets: bool) -> Channel:
    kind = _kind(name, config.channels[name], config)
    adapter = load(kind, config.where(name).place("adapter"))
    table = adapter.settings_class.complete(config.channels[name], config)
    settings = read(adapter.settings_class, table, config.where(name))
    if secrets and settings.enabled:  # a channel that is switched off needs none
        settings = _with_secrets(adapter, table, config.where(name), _secrets(name, kind, adapter, config))
    return Channel(name, settings.adapter, settings, adapter(settings))


def _with_secrets(adapter: Any, table: Mapping[str, object], where: Where, secrets: ChannelSecrets) -> ChannelSettings:
    settings: ChannelSettings = read(adapter.settings_class, table, where, secrets)
    missing = [key for key in settings.needs() if not getattr(settings, key)]
    if missing:
        raise missing_secrets(missing, where, secrets)
    return settings


def _secrets(name: str, kind: str, adapter: Any, config: Config) -> ChannelSecrets:
    """Return the lookup of a channel's secrets: also by the kind's names if no other channel is of this kind."""
    alone = sum(table.get("adapter") == kind for table in config.channels.values()) == 1
    return config.secrets.of(name, *([getattr(adapter, "secret_prefix", kind)] if alone else []))


def _check_order(channels: Mapping[str, Channel], config: Config) -> None:
    """Refuse channels that wait for one that does not exist, or for each other."""
    for name, channel in channels.items():
        for other in channel.settings.after:
            if other not in channels:
                sentence = N_("%(place)s: there is no channel “%(other)s”; the channels are %(known)s.")
                place = config.where(name).place("after")
                raise ConfigError("unknown-channel", sentence, place=place, other=other, known=", ".join(channels))
    try:
        TopologicalSorter({name: channel.settings.after for name, channel in channels.items()}).prepare()
    except CycleError as error:
        ring = " → ".join(reversed(error.args[1]))
        sentence = N_("%(file)s: the channels %(ring)s wait for each other; remove one “after”.")
        raise ConfigError("circular-after", sentence, file=config.path or "config.example.toml", ring=ring) from error
