"""What `publisher check` looks at: a list of small checks, each a function from the circumstances to problems."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from publisher.adapters import notice_mailbox, oidc, registry
from publisher.adapters.base import Probes, Reaches
from publisher.clock import Clock
from publisher.config import Config
from publisher.errors import ConfigError, Problem, SendError, Severity, StorageError
from publisher.i18n import N_
from publisher.pipeline import access as told
from publisher.settings import WAL_IS_SAFE
from publisher.storage import LEAST_SPACE, refuse_old_library
from publisher.text import moments

WISE_SPACE = 2**30
RESERVED = (".example", "example.org", "example.com", "example.net")  # RFC 2606: no real town has such an address


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the checks may look at."""

    config: Config
    clock: Clock


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: a stable name, what people read, and the function that finds the problems."""

    name: str
    title: str
    find: Callable[[Circumstances], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; no problem means that all is well."""

    check: Check
    problems: tuple[Problem, ...]


def examine(circumstances: Circumstances, checks: Iterable[Check]) -> Iterator[Finding]:
    """Make the checks in order."""
    for check in checks:
        yield Finding(check, tuple(check.find(circumstances)))


def _problem(severity: Severity, code: str, sentence: str, **params: object) -> Problem:
    return Problem(severity, code, sentence, params)


def configuration(at: Circumstances) -> Iterator[Problem]:
    """Find what the town has yet to fill in."""
    config = at.config
    if config.path is None:
        yield _problem(
            Severity.WARNING,
            "no-config",
            N_("There is no config.toml: these are the settings of the example; “publisher init” writes one."),
        )
        return
    host = (config.town.site_url or "").removesuffix("/")
    if host.endswith(RESERVED):
        sentence = N_("%(place)s: this address is still the example's; write that of the town's website.")
        yield _problem(Severity.WARNING, "example-value", sentence, place=f"{config.path}, [town] site_url")
    if not config.channels:
        yield _problem(Severity.ERROR, "no-channel", registry.NO_CHANNEL, path=config.path)
    yield from _notices(config)
    checked: list[Callable[[], object]] = [partial(oidc.configured, config)]
    checked += [partial(hook.secret, config.secrets) for hook in config.webhooks]
    for complete in checked:
        try:
            complete()
        except ConfigError as error:
            yield Problem(Severity.ERROR, error.code, error.sentence, error.params)


def _notices(config: Config) -> Iterator[Problem]:
    """Find what keeps the people of the town hall from being told by e-mail."""
    try:
        mailbox = notice_mailbox.configured(config)
    except ConfigError as error:
        yield Problem(Severity.ERROR, error.code, error.sentence, error.params)
        return
    if mailbox and not config.web.staff_url:
        sentence = N_("%(place)s is missing: the links in the e-mails of [notices] lead nowhere from another machine; write it.")
        yield _problem(Severity.WARNING, "no-staff-url", sentence, place=f"{config.path}, [web] staff_url")


def rights(at: Circumstances) -> Iterator[Problem]:
    """Find secrets and drafts that are open to others."""
    env = at.config.secrets.env_file
    if at.config.path and env.exists() and env.stat().st_mode & 0o077:
        sentence = N_("%(path)s can be read by others: run “chmod 600 %(path)s”.")
        yield _problem(Severity.ERROR, "open-secrets", sentence, path=env)
    data_dir = at.config.storage.data_dir
    if not data_dir.exists():
        sentence = N_("The data directory %(path)s does not exist yet: “publisher init” or the first start creates it.")
        yield _problem(Severity.NOTICE, "no-data-dir", sentence, path=data_dir)
    elif not data_dir.is_dir() or not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        sentence = N_("The data directory %(path)s cannot be used: it must be a folder in which you may write.")
        yield _problem(Severity.ERROR, "unusable-data-dir", sentence, path=data_dir)
    elif data_dir.stat().st_mode & 0o007:
        sentence = N_("The data directory %(path)s is open to everyone on this machine, embargoed texts included: run “chmod o= %(path)s”.")
        yield _problem(Severity.ERROR, "open-data-dir", sentence, path=data_dir)


def space(at: Circumstances) -> Iterator[Problem]:
    """Find a disk that will soon be full."""
    directory = _existing(at.config.storage.data_dir)
    free = shutil.disk_usage(directory).free
    if free < WISE_SPACE:
        severity = Severity.ERROR if free < LEAST_SPACE else Severity.WARNING
        sentence = N_("Only %(megabytes)d MB are free for %(path)s: make room, or the service will stop publishing.")
        yield _problem(severity, "little-space", sentence, megabytes=free // 10**6, path=directory)


def clock(at: Circumstances) -> Iterator[Problem]:
    """Find a clock that is earlier than something which has already happened, or that nothing keeps right."""
    now, path = at.clock.now(), at.config.path or Path(__file__)
    if now < datetime.fromtimestamp(path.stat().st_mtime, UTC) - timedelta(minutes=1):
        sentence = N_("The clock says %(now)s, but %(path)s was written later: set the clock, and let the network keep it right (NTP).")
        local = now.astimezone(at.config.town.zone)
        yield _problem(Severity.ERROR, "clock-early", sentence, now=moments.moment(local), path=path)
    elif not at.clock.synchronised():
        sentence = N_("Nothing keeps the clock right: let the network set it (NTP), or an embargoed announcement may have to wait.")
        yield _problem(Severity.WARNING, "clock-unsynchronised", sentence)


def database(at: Circumstances) -> Iterator[Problem]:
    """Find a library that keeps no records, or less well than it could."""
    if at.config.storage.database != "sqlite":
        return
    try:
        refuse_old_library()
    except StorageError as error:
        yield Problem(Severity.ERROR, error.code, error.sentence, error.params)
        return
    if sqlite3.sqlite_version_info < WAL_IS_SAFE:
        sentence = N_(
            "SQLite %(version)s: its write-ahead log is left off because this version can lose it; records are safe, and a little slower."
        )
        yield _problem(Severity.NOTICE, "sqlite-without-wal", sentence, version=sqlite3.sqlite_version)


def channels(at: Circumstances) -> Iterator[Problem]:
    """Find channels whose settings are wrong or whose secrets are missing."""
    mistakes = registry.mistakes(at.config)
    for name, error in mistakes.items():
        yield Problem(Severity.ERROR, error.code, error.sentence, error.params, channel=name)
    try:
        configured = registry.configure(at.config, secrets=False)
    except ConfigError as error:
        if not mistakes:  # else it is one of them
            yield Problem(Severity.ERROR, error.code, error.sentence, error.params)
        return
    yield from _incomplete(at.config, configured)


def _incomplete(config: Config, configured: Mapping[str, registry.Channel]) -> Iterator[Problem]:
    """Find what channels lack whose settings are right: an account that can be verified, somebody to write to."""
    for name, channel in configured.items():
        if not channel.settings.enabled:
            continue
        if isinstance(channel.adapter, Probes) and not channel.settings.account:
            sentence = N_("%(place)s is missing: nothing will verify that the right account publishes; write its name.")
            yield Problem(Severity.WARNING, "no-account", sentence, {"place": config.where(name).place("account")}, name)
        if isinstance(channel.adapter, Reaches):
            yield from _recipients(config, name, channel.adapter)


def _recipients(config: Config, name: str, adapter: Reaches) -> Iterator[Problem]:
    """Find a list of recipients that is missing, empty, or cannot be read: without it nothing can be queued for the channel."""
    try:
        found = adapter.recipients()
    except ConfigError as error:
        yield Problem(Severity.ERROR, error.code, error.sentence, error.params, name)
        return
    if not found:
        sentence = N_("%(place)s: the list is missing or names nobody, so that nothing can be queued for this channel; write it.")
        yield Problem(Severity.WARNING, "no-recipients", sentence, {"place": config.where(name).place("recipients")}, name)


def agreement(at: Circumstances) -> Iterator[Problem]:
    """Tell who may agree without a second factor: that is a choice of the town, and nobody else's."""
    if at.config.approval.command_line:
        sentence = N_(
            "[approval] command_line is true: whoever may use the system account of the service can act there as any account (--as), "
            "approvers included, without a second factor; write false to have visas given on the pages only."
        )
        yield _problem(Severity.NOTICE, "command-line-acts", sentence)


def access(at: Circumstances) -> Iterator[Problem]:
    """Find channels whose platform does not take us for the account of config.toml, and what else is not as it says, by reads only."""
    yield from _mailbox(at.config)
    yield from _provider(at.config)
    if registry.mistakes(at.config):
        return  # said already, by the check of the settings
    for name, channel in registry.configure(at.config, secrets=True).items():
        if not channel.settings.enabled or not isinstance(channel.adapter, Probes):
            continue
        try:
            found = channel.adapter.probe()
        except SendError as error:
            yield Problem(Severity.ERROR, error.code, error.sentence, error.params, channel=name)
        else:
            yield from told.problems(channel, found, at.clock.now(), at.config.town.zone)


def _mailbox(config: Config) -> Iterator[Problem]:
    """Find a mail server that does not let the mailbox of the notices in; nothing is sent."""
    try:
        mailbox = notice_mailbox.configured(config)
        if mailbox:
            mailbox.check()
    except ConfigError:
        return  # said already, by the check of the configuration
    except SendError as error:
        yield Problem(Severity.ERROR, error.code, N_("[notices] %(message)s"), {"message": str(error)})


def _provider(config: Config) -> Iterator[Problem]:
    """Find a provider of identities at which nobody could sign in; nobody is signed in."""
    try:
        provider = oidc.configured(config)
    except ConfigError:
        return  # said already, by the check of the configuration
    fault = provider.fault() if provider else None
    if fault:
        yield Problem(fault.severity, fault.code, N_("[web.oidc] %(message)s"), {"message": fault.message})


def _existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


OFFLINE: tuple[Check, ...] = (
    Check("configuration", N_("Configuration"), configuration),
    Check("rights", N_("Files' rights"), rights),
    Check("agreement", N_("Agreement"), agreement),
    Check("space", N_("Free space"), space),
    Check("clock", N_("Clock"), clock),
    Check("database", N_("Database"), database),
    Check("channels", N_("Channels"), channels),
)

ONLINE: tuple[Check, ...] = (Check("access", N_("Access to the platforms"), access),)
