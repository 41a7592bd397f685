"""The desk at which every act takes place: the configuration, its channels, and the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from publisher import storage
from publisher.adapters import registry
from publisher.adapters.live import LiveChannels
from publisher.adapters.registry import Channel
from publisher.clock import Clock, SystemClock
from publisher.config import Config
from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _

_CHANNELS = ("channel", "other")
"""The places of sentences that hold the name of a channel."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the acts of the pipeline share; `channels` holds those of config.toml by name."""

    config: Config
    channels: Mapping[str, Channel]
    clock: Clock

    @classmethod
    def opened(cls, config: Config, *, secrets: bool = False, clock: Clock | None = None) -> Self:
        """Make the database ready and read the channels; only the service needs their `secrets`. Raises ConfigError, StorageError."""
        storage.ready(config)
        channels = LiveChannels(config) if secrets else registry.configure(config, secrets=False)
        return cls(config, channels, clock or SystemClock())

    def channel(self, name: str) -> Channel:
        """Return the channel of this name; a delivery may be of one that was taken away since. Raises Refused."""
        if name not in self.channels:
            raise Refused("channel-missing", N_("config.toml no longer has the channel %(channel)s: put it back first."), channel=name)
        return self.channels[name]

    def asked(self, name: str) -> Channel:
        """Return the channel that a person names. Raises UsageError."""
        if name not in self.channels:
            sentence = N_("There is no channel “%(name)s”; the channels are %(known)s.")
            raise UsageError("unknown-channel", sentence, name=name, known=", ".join(self.channels))
        return self.channels[name]

    def title(self, name: str) -> str:
        """Return what people call a channel; with the name of config.toml where two are of one kind, or that alone if it is gone."""
        channel = self.channels.get(name)
        if channel is None:
            return name
        label = channel.adapter.traits.label
        is_one_of_several = sum(one.adapter.traits.label == label for one in self.channels.values()) > 1
        return f"{_(label)} ({name})" if is_one_of_several else _(label)

    def titled(self, params: Mapping[str, object]) -> dict[str, object]:
        """Return the values of a sentence for those who do not know the names of config.toml."""
        return {key: self.title(str(value)) if key in _CHANNELS else value for key, value in params.items()}

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return self.clock.now()
