"""`publisher approve`: agrees to exactly what was frozen, its accounts and its times."""

import argparse
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.cli import acting, stopped
from publisher.cli.output import print_json
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.pipeline.approve import Agreement
    from publisher.pipeline.desk import Desk


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
    else:
        _tell(desk, agreement)
    return 0


def _tell(desk: "Desk", agreement: "Agreement") -> None:
    """Say what the agreement lets leave, and what stops it nevertheless."""
    from publisher.pipeline import status

    stops = [stop for stop in status.stops(desk) if stop["channel"] is None or stop["channel"] in agreement.channels]
    print(_said(agreement, desk.now(), {stop["channel"] for stop in stops}) % {"id": agreement.id})
    for channel, delivery in agreement.held.items() if agreement.channels else ():
        print(stopped.kept_back(channel, delivery))
    for stop in stops if agreement.channels else ():
        print(stopped.sentence(stop))


def _said(agreement: "Agreement", now: datetime, stops: Collection[str | None]) -> str:
    if not agreement.sealed:
        return _("You agreed to %(id)s; somebody else must agree, too.")
    if agreement.due_at is None:
        return _("%(id)s is approved, but held: nothing leaves before “publisher resume %(id)s”.")
    if agreement.due_at > now:
        return _("%(id)s is approved: it leaves at its time.")
    if None in stops or agreement.channels.issubset(stops):
        return _("%(id)s is approved: it leaves once “publisher unpause” lets it go on.")
    return _("%(id)s is approved: it leaves now.")
