"""What lives as long as the service does: its secrets follow `.env`, the rest stays as config.toml said at the start."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from publisher.adapters import registry
from publisher.adapters.registry import Channel
from publisher.config import Config, Secrets
from publisher.config.secrets import read_dotenv

Mark = tuple[int, int, int] | None


class LiveConfig:
    """The configuration with the secrets of now, told once after each time that `.env` was written."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._seen: list[Mark] = []  # none yet: what was written since the configuration was loaded is found by the first look

    def changed(self) -> Config | None:
        """Return it if `.env` was written since the last look. Raises ConfigError, once."""
        secrets = self._config.secrets
        mark = _mark(secrets)
        if self._seen == [mark]:
            return None
        self._seen = [mark]
        return replace(self._config, secrets=Secrets(secrets.environ, read_dotenv(secrets.env_file), secrets.folder))


class LiveChannels(Mapping[str, Channel]):
    """Channels by name; whoever has got one keeps it as it was."""

    def __init__(self, config: Config) -> None:
        """Read them with their secrets. Raises ConfigError."""
        self._config = LiveConfig(config)
        self._channels = registry.configure(config, secrets=True)

    def __getitem__(self, name: str) -> Channel:
        return self._channels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def changed(self) -> dict[str, Channel]:
        """Return the channels whose secrets are others now than those in use, as soon as `.env` was written. Raises ConfigError, once."""
        now = self._config.changed()
        fresh = registry.configure(now, secrets=True) if now else {}
        return {name: channel for name, channel in fresh.items() if channel.settings != self._channels[name].settings}

    def take(self, changed: Mapping[str, Channel]) -> None:
        """Use these channels from now on: at once, for whoever looks meanwhile sees the old ones or the new ones."""
        self._channels = {**self._channels, **changed}


def _mark(secrets: Secrets) -> Mark:
    """Return what tells one state of the file from another, None if there is none."""
    try:
        known = secrets.env_file.stat()
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns, known.st_size
