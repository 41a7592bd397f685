"""`publisher reschedule`: gives what has not left another time."""

import argparse

from publisher import storage
from publisher.cli import acting, stopped
from publisher.cli.output import print_json
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is meant, and when."""
    acting.add_id(parser)
    parser.add_argument("--at", metavar=_("WHEN"), required=True, help=_("the new time, such as 2026-11-24T09:30"))
    parser.add_argument("--not-after", metavar=_("WHEN"), help=_("later than this nothing leaves"))


def run(arguments: argparse.Namespace) -> int:
    """Move it, and say whether the visa is kept, and what somebody keeps back whatever its time."""
    desk = acting.opened(arguments)
    from publisher.pipeline import schedule

    kept = schedule.reschedule(desk, acting.actor(desk, arguments), arguments.id, arguments.at, arguments.not_after)
    with storage.explained(desk.config):
        held = {row.channel: row.id for row in schedule.named(arguments.id) if schedule.is_held_by_person(row)}
    if arguments.format == "json":
        print_json({"format": "publisher.reschedule/1", "id": arguments.id, "visa_kept": kept, "held": sorted(held.values())})
        return 0
    if kept:
        print(_("%(id)s has its new time; its visa is kept.") % {"id": arguments.id})
    else:
        print(_("%(id)s has its new time, and needs a new visa.") % {"id": arguments.id})
    for channel, delivery in held.items():
        print(stopped.kept_back(channel, delivery))
    return 0
