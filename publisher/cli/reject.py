"""`publisher reject`: sends an announcement back to its author."""

import argparse

from publisher.cli import acting
from publisher.cli.output import print_json
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is sent back, and why."""
    acting.add_id(parser)
    acting.add_reason(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send it back."""
    desk = acting.opened(arguments)
    from publisher.models import Role
    from publisher.pipeline import approve

    approve.reject(desk, acting.actor(desk, arguments, Role.APPROVER), arguments.id, arguments.reason)
    if arguments.format == "json":
        print_json({"format": "publisher.approval/1", "id": arguments.id, "sealed": False, "hash": None})
    else:
        print(_("%(id)s went back to its author; nothing of it leaves.") % {"id": arguments.id})
    return 0
