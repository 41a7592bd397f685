"""`publisher approve`: agrees to exactly what was frozen, its accounts and its times."""

import argparse

from publisher.cli import acting
from publisher.cli.output import print_json
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is agreed to, and what to do about a time that has passed meanwhile."""
    acting.add_id(parser)
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--now", action="store_true", help=_("its time has passed: publish now"))
    when.add_argument("--at", metavar=_("WHEN"), help=_("its time has passed: publish at this time"))
    parser.add_argument("--as-queued", action="store_true", help=_("agree to what was queued although the file has changed since"))


def run(arguments: argparse.Namespace) -> int:
    """Agree, and say whether somebody else must too."""
    desk = acting.opened(arguments)
    from publisher.models import Role
    from publisher.pipeline import approve

    actor = acting.actor(desk, arguments, *Role)  # who may agree to what is the pipeline's own rule
    agreement = approve.approve(desk, actor, arguments.id, now=arguments.now, at=arguments.at, as_queued=arguments.as_queued)
    if arguments.format == "json":
        document = {"id": agreement.id, "sealed": agreement.sealed, "hash": agreement.hash}
        print_json({"format": "publisher.approval/1", **document})
    elif agreement.due_at and agreement.due_at <= desk.now():
        print(_("%(id)s is approved: it leaves now.") % {"id": agreement.id})
    elif agreement.sealed:
        print(_("%(id)s is approved: it leaves at its time.") % {"id": agreement.id})
    else:
        print(_("You agreed to %(id)s; somebody else must agree, too.") % {"id": agreement.id})
    return 0
