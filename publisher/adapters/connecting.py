"""How an account is connected: what a person types, where each of it is found, and which account it opens. Part of the port."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from publisher.config import Secret
from publisher.errors import Problem


class Asked(NamedTuple):
    """One secret that a person types; `key` names it, and is the field of the channel's settings if it is kept as it was typed.

    `optional`: some have none.
    """

    key: str
    label: str
    optional: bool = False


class Guide(NamedTuple):
    """What a person does to connect an account: the steps, in order, as English source text.

    `page` is the address where the secrets are found, empty if there is none; `keeps` are the fields of the settings that are
    stored in the end. Without anything asked for, there is no secret, and the rest can be tried all the same.
    """

    steps: tuple[str, ...]
    asks: tuple[Asked, ...] = ()
    keeps: tuple[str, ...] = ()
    page: str = ""


class Offer(NamedTuple):
    """An account that what was typed opens: the secrets to be kept for it, by field of the settings.

    `account` is as config.toml names it, empty where only the probe tells; `lacks` is why it would not do, if it would not.
    """

    secrets: Mapping[str, Secret]
    account: str = ""
    name: str = ""
    picture: str = ""
    lacks: Problem | None = None


@runtime_checkable
class Connects(Protocol):
    """Can be given its secrets by a person who is guided to them."""

    def guide(self) -> Guide:
        """Return what the person does; pure."""

    def offers(self, given: Mapping[str, Secret]) -> Sequence[Offer]:
        """Return the accounts that what was typed opens, by reads only. Raises a SendError.

        The caller probes the one that is chosen, with its secrets, before anything is kept.
        """
