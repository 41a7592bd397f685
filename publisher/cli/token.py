"""`publisher token`: the secrets by which other programs act for a person."""

import argparse
from typing import TYPE_CHECKING

from publisher import storage
from publisher.cli import VERBS, Parser, acting, repeat_common_options
from publisher.cli.output import print_json
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.models import Actor, Token
    from publisher.pipeline.desk import Desk

SCOPES = ("read", "queue", "calendar")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do, and with which."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACT"), parser_class=Parser)
    create = acts.add_parser("create", help=_("make a token, and show its secret once"), allow_abbrev=False)
    list_ = acts.add_parser("list", help=_("show all tokens, without their secrets"), allow_abbrev=False)
    revoke = acts.add_parser("revoke", help=_("make a token worth nothing, at once"), allow_abbrev=False)
    for act in (create, list_, revoke):
        repeat_common_options(act, VERBS["token"])
    create.add_argument("name", metavar=_("NAME"), help=_("what it is for, such as “website”"))
    create.add_argument("--for", dest="person", metavar=_("USER"), required=True, help=_("account for which it acts"))
    create.add_argument(
        "--scope", dest="scopes", choices=SCOPES, action="append", required=True, help=_("what it is good for; may be repeated")
    )
    revoke.add_argument("name", metavar=_("NAME"))


def run(arguments: argparse.Namespace) -> int:
    """Do it."""
    desk = acting.opened(arguments)
    with storage.explained(desk.config):
        return _act(desk, arguments)


def _act(desk: "Desk", arguments: argparse.Namespace) -> int:
    from publisher.pipeline import people, tokens

    if arguments.act == "list":
        _show(desk, tokens.everything(), arguments.format)
        return 0
    actor = people.administering(desk, arguments.as_user, acting.login())
    if arguments.act == "create":
        return _create(desk, actor, arguments)
    tokens.revoke(desk, actor, arguments.name)
    if arguments.format == "json":
        _show(desk, tokens.everything(), "json")
    else:
        print(_("The token “%(name)s” is worth nothing any more.") % {"name": arguments.name})
    return 0


def _create(desk: "Desk", actor: "Actor", arguments: argparse.Namespace) -> int:
    from publisher.models import Scope
    from publisher.pipeline import tokens

    token, secret = tokens.create(desk, actor, arguments.name, arguments.person, [Scope(scope) for scope in arguments.scopes])
    is_calendar, address = Scope.CALENDAR in token.scopes, tokens.address(desk, secret)
    if arguments.format == "json":
        print_json({"format": "publisher.token/1", "name": token.name, "secret": secret, **({"address": address} if is_calendar else {})})
        return 0
    print(_("This is shown once only; whoever has it acts as %(name)s, as far as it goes:") % {"name": arguments.person})
    print(address if is_calendar else secret)
    return 0


def _show(desk: "Desk", all_of_them: "list[Token]", form: str) -> None:
    zone = desk.config.town.zone
    rows = [
        {
            "name": one.name,
            "person": one.person.name,
            "scopes": one.scopes,
            "created_at": one.created_at.astimezone(zone).isoformat(),
            "used_at": one.used_at and one.used_at.astimezone(zone).isoformat(),
            "revoked_at": one.revoked_at and one.revoked_at.astimezone(zone).isoformat(),
        }
        for one in all_of_them
    ]
    if form == "json":
        print_json({"format": "publisher.tokens/1", "tokens": rows})
        return
    for row in rows:
        used = row["used_at"][:10] if row["used_at"] else _("(never used)")
        revoked = _("(revoked)") if row["revoked_at"] else ""
        print(f"{row['name']}\t{row['person']}\t{' '.join(row['scopes'])}\t{used}\t{revoked}".rstrip())
