"""Connecting an account: what a person types is tried on the platform by reads only, shown, and kept in `.env` once it is the right one.

In this order: `guide`, `offers`, `candidates`, `verified`, then a person says yes, then `keep`. Nothing is kept without all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from publisher import storage
from publisher.adapters import registry
from publisher.adapters.base import Connects, Guide, HandsOver, Offer, Probe, Probes
from publisher.adapters.registry import Channel
from publisher.config import Secret, dotenv
from publisher.config.secrets import read_dotenv
from publisher.errors import OutcomeUnknown, Problem, Refused, Severity, UsageError
from publisher.i18n import N_, _
from publisher.models import Actor, ChannelState, audit
from publisher.pipeline import access, guard
from publisher.pipeline.desk import Desk

T = TypeVar("T")

CONNECTED = "channel.connected"
"""The act of the audit by which secrets were kept."""

LONGEST = 4096
"""Characters of a secret: no platform has longer ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """An account that answers to what was typed; `remarks` are what a person should know of it, errors excepted: there are none."""

    channel: str
    account: str
    name: str
    handle: str
    picture: str
    ends_at: datetime | None
    remarks: Sequence[Problem]
    secrets: Mapping[str, Secret] = field(repr=False)


def guide(desk: Desk, name: str) -> Guide:
    """Return what a person does to connect the channel, once what they will type can be kept. Raises Refused, ConfigError."""
    channel, adapter = _connecting(desk, name)
    told = adapter.guide()
    destinations(desk, channel, told)
    return told


def destinations(desk: Desk, channel: Channel, told: Guide) -> dict[str, str]:
    """Return the name in `.env` of each secret that is kept: the one that counts already, else that of the example. Raises Refused."""
    secrets, kept = registry.secrets_of(channel, desk.config), read_dotenv(desk.config.secrets.env_file)
    found = {}
    for key in told.keeps:
        names = secrets.names(key)
        _refuse_elsewhere(desk, names, kept)
        found[key] = next((name for name in names if kept.get(name)), names[-1])
    return found


def called(desk: Desk, name: str) -> dict[str, str]:
    """Return, by the names that each secret that is asked for may have in `.env`, its key. Raises Refused."""
    channel, adapter = _connecting(desk, name)
    secrets = registry.secrets_of(channel, desk.config)
    return {variable: asked.key for asked in adapter.guide().asks for variable in secrets.names(asked.key)}


def cleaned(told: Guide, typed: Mapping[str, str]) -> dict[str, Secret]:
    """Return what was typed as secrets, by key, without the blanks around it that copying adds. Raises UsageError."""
    given = {}
    for asked in told.asks:
        text = typed.get(asked.key, "").strip()
        if not text and asked.optional:
            continue
        if not text:
            raise UsageError("secret-missing", N_("“%(label)s” is empty: nothing was kept; type it."), label=_(asked.label))
        if not text.isprintable() or len(text) > LONGEST:
            sentence = N_("“%(label)s” has characters that no secret has: nothing was kept; copy it again, alone and whole.")
            raise UsageError("secret-unusable", sentence, label=_(asked.label))
        given[asked.key] = Secret(text)
    return given


def offers(desk: Desk, name: str, given: Mapping[str, Secret]) -> Sequence[Offer]:
    """Return the accounts that what was typed opens, asking by reads only. Raises Refused, SendError."""
    _channel, adapter = _connecting(desk, name)
    return _answered(name, partial(adapter.offers, given))


def candidates(desk: Desk, name: str, offered: Sequence[Offer]) -> Sequence[Offer]:
    """Return those among which a person may choose: the one of config.toml, if it names one. Raises Refused: it is not among them."""
    wanted = desk.channel(name).settings.account
    alike = [offer for offer in offered if not (wanted and offer.account) or offer.account.casefold() == wanted.casefold()]
    if not alike:
        sentence = N_(
            "%(place)s is “%(wanted)s”, and these secrets open %(found)s: write the right one there, or use the secrets of “%(wanted)s”; "
            "nothing was kept."
        )
        raise Refused("account-differs", sentence, place=_place(desk, name), wanted=wanted, found=_listed(offered))
    return alike


def only(desk: Desk, name: str, offered: Sequence[Offer]) -> Offer:
    """Return the one account where nobody can choose between several. Raises Refused: there are several."""
    if len(offered) == 1:
        return offered[0]
    sentence = N_("These secrets open several accounts: %(found)s. Write the right one at %(place)s, restart the service, then try again.")
    raise Refused("several-accounts", sentence, found=_listed(offered), place=_place(desk, name))


def verified(desk: Desk, name: str, offer: Offer) -> Found:
    """Return the account that the platform tells to the secrets of the offer, if all is as it should. Raises Refused, SendError."""
    if offer.lacks:
        raise Refused(offer.lacks.code, offer.lacks.sentence, **offer.lacks.params)
    channel = registry.with_secrets(desk.channel(name), offer.secrets)
    if not isinstance(channel.adapter, Probes):
        return Found(name, offer.account, offer.name, "", offer.picture, None, (), offer.secrets)
    told = _answered(name, channel.adapter.probe)
    _refuse_other_account(desk, channel, told)
    problems = [*access.problems(channel, told, desk.now(), desk.config.town.zone)]
    wrong = next((problem for problem in problems if problem.severity is Severity.ERROR), None)
    if wrong:
        raise Refused(wrong.code, wrong.sentence, **wrong.params)
    handle = channel.adapter.traits.handle.format(account=told.account)
    return Found(
        channel=name,
        account=told.account,
        name=told.name or offer.name,
        handle=handle,
        picture=told.picture or offer.picture,
        ends_at=told.ends_at,
        remarks=tuple(problems),
        secrets=offer.secrets,
    )


def keep(desk: Desk, actor: Actor, found: Found) -> list[str]:
    """Write the secrets into `.env`, the act without them into the audit; return their names. Raises Refused, StorageError, ConfigError."""
    channel, adapter = _connecting(desk, found.channel)
    names = destinations(desk, channel, adapter.guide())
    values = {names[key]: found.secrets[key].reveal() for key in names if key in found.secrets}
    if not values:
        return []
    with storage.explained(desk.config), transaction.atomic():
        audit.record(actor, CONNECTED, found.channel, desk.now(), {"account": found.account, "name": found.name})
        ChannelState.objects.update_or_create(pk=found.channel, defaults={"ends_at": found.ends_at, "inspected_at": None})
        dotenv.write(desk.config.secrets.env_file, values)
    return sorted(values)


def env_file(desk: Desk, name: str) -> Path:
    """Return where the secrets are kept. Raises Refused: there is no place for them."""
    if desk.config.path is None:
        raise Refused("no-config", N_("There is no config.toml here, so there is no channel to connect: “publisher init” writes one."))
    path = desk.config.secrets.env_file
    if not dotenv.is_writable(path):
        sentence = N_("%(path)s cannot be written by whoever runs this: let the owner of %(folder)s do it, or change its rights.")
        raise Refused("env-unwritable", sentence, path=path, folder=path.parent, channel=name)
    return path


def _connecting(desk: Desk, name: str) -> tuple[Channel, Connects]:
    """Return a channel whose account can be connected. Raises Refused."""
    channel = desk.asked(name)
    if isinstance(channel.adapter, HandsOver):
        sentence = N_("On %(channel)s a person publishes, with their own access: there is nothing to connect.")
        raise Refused("nothing-to-connect", sentence, channel=name)
    if not isinstance(channel.adapter, Connects):
        sentence = N_("Publisher does not know where the secrets of %(channel)s are found: put them into %(path)s by hand.")
        raise Refused("cannot-connect", sentence, channel=name, path=desk.config.secrets.env_file)
    return channel, channel.adapter


def _answered(name: str, call: Callable[[], T]) -> T:
    """Return what a platform answers. Raises Refused for an answer that nobody understands, and else a SendError."""
    try:
        return guard.ask(call)
    except OutcomeUnknown as error:
        sentence = N_("The platform of %(channel)s gave no usable answer, so nothing was kept: try again in a few minutes.")
        raise Refused("no-usable-answer", sentence, channel=name) from error


def _refuse_other_account(desk: Desk, channel: Channel, told: Probe) -> None:
    wanted = channel.settings.account
    if not wanted or told.account.casefold() == wanted.casefold():
        return
    sentence = N_(
        "%(place)s is “%(wanted)s”, and these secrets are those of “%(found)s”: write account = “%(found)s” there, "
        "or use the secrets of “%(wanted)s”; nothing was kept."
    )
    raise Refused("account-differs", sentence, place=_place(desk, channel.name), wanted=wanted, found=told.account)


def _refuse_elsewhere(desk: Desk, names: Sequence[str], kept: Mapping[str, str]) -> None:
    """Refuse secrets that `.env` would hold in vain, because another place counts more. Raises Refused."""
    environ, path = desk.config.secrets.environ, desk.config.secrets.env_file
    for name in names:
        if environ.get(name) or environ.get(f"{name}_FILE"):
            sentence = N_(
                "%(name)s comes from the environment, which counts more than %(path)s: change it there, or take it out there first."
            )
            raise Refused("secret-elsewhere", sentence, name=name, path=path)
        if kept.get(f"{name}_FILE"):
            sentence = N_(
                "%(path)s says by %(name)s_FILE that this secret has a file of its own: change that file, or take the line out first."
            )
            raise Refused("secret-elsewhere", sentence, name=name, path=path)


def _listed(offered: Sequence[Offer]) -> str:
    return ", ".join(f"{offer.name} (account = “{offer.account}”)" for offer in offered)


def _place(desk: Desk, name: str) -> str:
    return desk.config.where(name).place("account")
