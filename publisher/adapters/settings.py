"""What config.toml may say of a channel, whatever its kind; each adapter's `Config` derives from one of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from publisher.config import Check, Config, Network, between, rules
from publisher.i18n import N_

LONGEST_CALL = 20.0  # seconds; a stopping service waits for the call under way (delivery.md §4)

_ONLY_MAIL = N_("%(place)s: only an e-mail channel may leave before the embargo ends; remove this line.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """The keys that every channel has."""

    adapter: str
    """The kind of channel."""
    account: rules.Line = ""
    """Where it publishes, as the platform names it; checked by the probe."""
    enabled: bool = True
    after: tuple[str, ...] = ()
    """Channels that must be out first."""
    before_embargo: Annotated[bool, Check(lambda early: not early, _ONLY_MAIL)] = False
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 30
    """Minutes after the due time; later than that nothing is sent."""
    templates: rules.ExistingFolder | None = None
    """The town's own templates, in place of those that are shipped."""

    @property
    def deadline(self) -> float:
        """Seconds after which a call is over, whatever became of it."""
        return LONGEST_CALL

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Config) -> Mapping[str, object]:
        """Return the channel's table with the defaults that the rest of the configuration gives it."""
        del config
        return table

    def needs(self) -> tuple[str, ...]:
        """Return the optional secrets that the other keys make necessary."""
        return ()

    def facts(self) -> dict[str, object]:
        """Return what the channel's templates may read of its settings; never a secret."""
        return {"account": self.account}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings(ChannelSettings):
    """The keys of a channel that calls a server."""

    timeout: Annotated[float, between(0.1, 60)] = 10.0
    """Seconds without a sign of life before a call is given up."""
    network: Network = field(default_factory=Network)
    """What [network] says, unless the channel has its own."""

    @property
    def deadline(self) -> float:
        """Seconds after which a call is cut, whatever signs of life it gives."""
        return min(2 * self.timeout, LONGEST_CALL)

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Config) -> Mapping[str, object]:
        """Take the way out of the town's network where the table has no other."""
        proxy, ca_file = config.network.https_proxy, config.network.ca_file
        network: dict[str, object] = {"no_proxy": list(config.network.no_proxy)}
        if proxy:
            network["https_proxy"] = proxy
        if ca_file:
            network["ca_file"] = str(ca_file)
        return {"network": network, **table}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings(WireSettings):
    """The keys of a channel that is published over HTTP."""

    api_base: rules.Address
    """Address of the platform's interface; a simulator's in rehearsals."""
