"""`publisher connect`: guides a person to the secrets of a channel, tries them by reads only, and keeps them in `.env`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from getpass import getpass
from typing import TYPE_CHECKING

from publisher import storage
from publisher.cli import acting
from publisher.cli.lines import visible
from publisher.cli.output import print_json
from publisher.errors import Refused, UsageError
from publisher.i18n import N_, _

if TYPE_CHECKING:
    from publisher.adapters.base import Guide, Offer
    from publisher.pipeline.connect import Found
    from publisher.pipeline.desk import Desk

LONGEST_INPUT = 2**16
YES = ("y", "yes", "o", "oui")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the channel, and where its secrets come from."""
    parser.add_argument("channel", metavar=_("CHANNEL"), help=_("name of the channel in config.toml"))
    parser.add_argument("--from-stdin", action="store_true", help=_("ask nothing: read NAME=value lines on standard input"))


def run(arguments: argparse.Namespace) -> int:
    """Ask, try, show, and keep what a person says is the right account."""
    _refuse_unaskable(arguments)
    desk = acting.opened(arguments)
    from publisher.pipeline import connect, people

    with storage.explained(desk.config):
        actor = people.administering(desk, arguments.as_user, acting.login())
    name = arguments.channel
    told = connect.guide(desk, name)
    if told.keeps:
        connect.env_file(desk, name)
    if not arguments.from_stdin:
        _show_guide(told, name)
    given = connect.cleaned(told, _read(desk, name) if arguments.from_stdin else _typed(told))
    found = connect.verified(desk, name, _chosen(desk, name, connect.offers(desk, name, given), asks=not arguments.from_stdin))
    if arguments.format == "text":
        _show(found)
    if told.keeps and not (arguments.from_stdin or _yes(_("Is this the right account? [y/n] "))):
        raise Refused("not-ours", N_("Nothing was kept: start again with the secrets of the right account."))
    _tell(desk, found, connect.keep(desk, actor, found), arguments.format)
    return 0


def _refuse_unaskable(arguments: argparse.Namespace) -> None:
    """Refuse a dialogue with nobody. Raises UsageError."""
    if not arguments.from_stdin and (arguments.format == "json" or not sys.stdin.isatty()):
        sentence = N_("There is nobody to ask: with --from-stdin, the secrets are read on standard input, as NAME=value lines.")
        raise UsageError("nobody-to-ask", sentence)


def _show_guide(told: "Guide", name: str) -> None:
    print(_("Connecting %(channel)s:") % {"channel": name})
    for number, step in enumerate(told.steps, 1):
        print(f"  {number}. {_(step)}")
    if told.page:
        print(_("The page: %(address)s") % {"address": told.page})
    if told.asks:
        print(_("What you type is not shown; Ctrl+C stops, and nothing is kept."))


def _typed(told: "Guide") -> dict[str, str]:
    """Ask for each secret without showing it."""
    return {asked.key: getpass(_("%(label)s: ") % {"label": _(asked.label)}) for asked in told.asks}


def _read(desk: "Desk", name: str) -> dict[str, str]:
    """Return what standard input says, by key. Raises UsageError."""
    from publisher.pipeline import connect

    known, found = connect.called(desk, name), {}
    for number, line in enumerate(sys.stdin.read(LONGEST_INPUT).splitlines(), 1):
        variable, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or variable.strip() not in known:
            sentence = N_("Line %(line)d of standard input is none of the secrets of %(channel)s: write %(names)s, each as NAME=value.")
            raise UsageError("stdin-syntax", sentence, line=number, channel=name, names=", ".join(known) or "–")
        found[known[variable.strip()]] = value
    return found


def _chosen(desk: "Desk", name: str, offered: "Sequence[Offer]", *, asks: bool) -> "Offer":
    """Return the account to be connected: the one of config.toml, the only one, or the one that a person picks. Raises Refused."""
    from publisher.pipeline import connect

    candidates = connect.candidates(desk, name, offered)
    if not asks and candidates[0].secrets and not desk.channel(name).settings.account:
        sentence = N_("%(place)s is empty, so nothing tells whether this is the right account: write it there first.")
        raise Refused("no-account", sentence, place=desk.config.where(name).place("account"))
    if len(candidates) == 1:
        return candidates[0]
    for number, offer in enumerate(candidates, 1):
        print(f"  {number}. {visible(offer.name)} ({visible(offer.account)})")
    picked = input(_("Which one? Type its number: ")).strip()
    if picked.isascii() and picked.isdecimal() and 0 < int(picked) <= len(candidates):
        return candidates[int(picked) - 1]
    raise UsageError("no-such-number", N_("“%(picked)s” is none of these numbers: nothing was kept; start again."), picked=picked)


def _yes(question: str) -> bool:
    return input(question).strip().casefold() in YES


def _show(found: "Found") -> None:
    """Show who the platform says that this is."""
    shown: Mapping[str, str] = {
        _("Account"): found.account,
        _("Name"): found.name,
        _("Shown as"): found.handle,
        _("Picture"): found.picture,
    }
    for label, value in shown.items():
        if value:
            print(_("%(label)s: %(value)s") % {"label": label, "value": visible(value)})
    for remark in found.remarks:
        print(_("Remark: %(message)s") % {"message": remark.message})


def _tell(desk: "Desk", found: "Found", kept: Sequence[str], form: str) -> None:
    """Say what was kept, and what follows."""
    path, ends_at = desk.config.secrets.env_file, found.ends_at
    if form == "json":
        told = {
            "format": "publisher.connect/1",
            "channel": found.channel,
            "account": found.account,
            "name": found.name,
            "handle": found.handle,
            "picture": found.picture,
            "ends_at": ends_at and ends_at.astimezone(desk.config.town.zone).isoformat(),
            "remarks": [{"severity": one.severity, "code": one.code, "message": one.message} for one in found.remarks],
            "kept": list(kept),
        }
        print_json(told)
        return
    if not kept:
        print(_("%(channel)s answers, and has no secret to keep.") % {"channel": found.channel})
        return
    print(_("Kept in %(path)s: %(names)s.") % {"path": path, "names": ", ".join(kept)})
    if not desk.channel(found.channel).settings.account:
        place = desk.config.where(found.channel).place("account")
        print(
            _("Write account = “%(account)s” at %(place)s: only then is it checked before each publication.")
            % {"account": found.account, "place": place}
        )
    print(
        _("The running service takes them by itself. If %(channel)s is stopped: publisher unpause --channel %(channel)s")
        % {"channel": found.channel}
    )
