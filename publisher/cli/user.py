"""`publisher user`: the people who may act."""

import argparse
from typing import TYPE_CHECKING

from publisher import storage
from publisher.cli import VERBS, Parser, acting, repeat_common_options
from publisher.cli.output import print_json
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.models import Person
    from publisher.pipeline.desk import Desk

ROLES = ("author", "approver", "administrator", "reader")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do, and with whom."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACT"), parser_class=Parser)
    add = acts.add_parser("add", help=_("open an account"), allow_abbrev=False)
    list_ = acts.add_parser("list", help=_("show all accounts"), allow_abbrev=False)
    disable = acts.add_parser("disable", help=_("close an account"), allow_abbrev=False)
    enable = acts.add_parser("enable", help=_("open a closed account again"), allow_abbrev=False)
    invite = acts.add_parser("invite", help=_("print the address at which somebody chooses a password"), allow_abbrev=False)
    reset = acts.add_parser("reset", help=_("for a lost telephone: a new invitation, the way in before is void"), allow_abbrev=False)
    for act in (add, list_, disable, enable, invite, reset):
        repeat_common_options(act, VERBS["user"])
    add.add_argument("name", metavar=_("NAME"))
    add.add_argument("--role", choices=ROLES, required=True, help=_("what this person may do"))
    add.add_argument("--login", metavar=_("LOGIN"), help=_("system user that acts as this account without --as"))
    disable.add_argument("name", metavar=_("NAME"))
    enable.add_argument("name", metavar=_("NAME"))
    invite.add_argument("name", metavar=_("NAME"))
    reset.add_argument("name", metavar=_("NAME"))


def run(arguments: argparse.Namespace) -> int:
    """Do it; as long as there is no administrator, whoever runs the command may."""
    desk = acting.opened(arguments)
    with storage.explained(desk.config):
        return _act(desk, arguments)


def _act(desk: "Desk", arguments: argparse.Namespace) -> int:
    from publisher.pipeline import people

    if arguments.act == "list":
        _show(people.everyone(), arguments.format)
        return 0
    actor = people.administering(desk, arguments.as_user, acting.login())
    invited = {"invite": people.invite, "reset": people.reset}.get(arguments.act)
    if invited:
        _invite(arguments, people.address(desk, invited(desk, actor, arguments.name)))
        return 0
    if arguments.act == "add":
        people.add(desk, actor, arguments.name, arguments.role, arguments.login)
        done = _("The account “%(name)s” is open.")
    elif arguments.act == "enable":
        people.enable(desk, actor, arguments.name)
        done = _("The account “%(name)s” is open again.")
    else:
        people.disable(desk, actor, arguments.name)
        done = _("The account “%(name)s” is closed; what it agreed to stays agreed.")
    if arguments.format == "json":
        _show(people.everyone(), "json")
    else:
        print(done % {"name": arguments.name})
    return 0


def _invite(arguments: argparse.Namespace, address: str) -> None:
    if arguments.format == "json":
        print_json({"format": "publisher.invitation/1", "name": arguments.name, "address": address})
        return
    print(_("Give this address to %(name)s; it works once, for a day:") % {"name": arguments.name})
    print(address)


def _show(people: "list[Person]", form: str) -> None:
    if form == "json":
        rows = [{"name": one.name, "role": one.role, "login": one.system_user, "active": one.is_active} for one in people]
        print_json({"format": "publisher.users/1", "users": rows})
        return
    for one in people:
        closed = "" if one.is_active else _("(closed)")
        print(f"{one.name}\t{one.role}\t{one.system_user or ''}\t{closed}".rstrip())
