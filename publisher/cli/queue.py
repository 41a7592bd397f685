"""`publisher queue`: freezes a communiqué for a time; it leaves once it is approved."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.cli import acting
from publisher.cli.output import print_json
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Request
    from publisher.pipeline.queue import Queued


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the communiqué and its times."""
    add_time(parser)
    add_other_arguments(parser)


def add_other_arguments(parser: argparse.ArgumentParser) -> None:
    """Take everything but the time."""
    parser.add_argument("file", metavar=_("FILE"), type=Path, help=_("the communiqué"))
    add_end_and_channels(parser)
    parser.add_argument("--embargo-until", metavar=_("WHEN"), help=_("before this nothing is public"))
    parser.add_argument("--again", action="store_true", help=_("although this text is already planned or published"))
    add_as_written(parser)
    parser.add_argument(
        "--without-link", action="store_true", help=_("if the website fails, let the other channels go without its address")
    )


def add_time(parser: argparse.ArgumentParser) -> None:
    """Take when it leaves."""
    parser.add_argument("--at", metavar=_("WHEN"), help=_("when it leaves, such as 2026-11-24T09:30 (otherwise as soon as it is approved)"))


def add_as_written(parser: argparse.ArgumentParser) -> None:
    """Take that a date is meant though the calendar contradicts it."""
    parser.add_argument(
        "--as-written", action="store_true", help=_("although a weekday does not go with its date, or a date does not exist")
    )


def add_end_and_channels(parser: argparse.ArgumentParser) -> None:
    """Take until when it may leave, and where."""
    parser.add_argument("--not-after", metavar=_("WHEN"), help=_("later than this nothing leaves"))
    parser.add_argument("--channel", metavar=_("NAME"), action="append", default=[], help=_("on this channel only; may be repeated"))


def run(arguments: argparse.Namespace) -> int:
    """Freeze it; the last word printed is its id."""
    desk = acting.opened(arguments)
    from publisher.pipeline import planning, queue

    actor = acting.actor(desk, arguments)
    planned = planning.read(desk, arguments.file, _request(arguments))
    if arguments.dry_run:
        from publisher.cli import dry_run

        return dry_run.show(desk, planned, arguments.format)
    report(desk, queue.queue(desk, actor, planned, again=arguments.again), arguments.format)
    return 0


def report(desk: "Desk", queued: "Queued", form: str) -> None:
    """Print what was frozen."""
    if form == "json":
        from publisher.pipeline.queue import document

        print_json(document(desk, queued))
    else:
        _tell(desk, queued)


def _request(arguments: argparse.Namespace) -> "Request":
    from publisher.pipeline.plan import Request

    return Request(
        at=arguments.at,
        not_after=arguments.not_after,
        embargo_until=arguments.embargo_until,
        channels=tuple(arguments.channel),
        again=arguments.again,
        without_link=arguments.without_link,
        as_written=arguments.as_written,
    )


def _tell(desk: "Desk", queued: "Queued") -> None:
    """Say what was frozen, and what somebody should look at; the id ends it."""
    from publisher.pipeline.preview.words import leaving

    if unplanned := [row.channel for row in queued.deliveries if not (row.due_at or row.embargo_until)]:
        print(_told_to_leave_at_once(unplanned, queued))
    for problem in queued.problems:
        print(_("Remark: %(message)s") % {"message": problem.message})
    for row in queued.deliveries:
        when = leaving(row.due_at, row.embargo_until, desk.config.town.zone)
        print(_("%(channel)s (%(id)s): %(when)s") % {"channel": row.channel, "id": row.id, "when": when})
    print(_("To read again exactly what was frozen: publisher preview %(id)s") % {"id": queued.id})
    print(_("Frozen; nobody needs to approve it:") if queued.sealed else _("Frozen; it awaits approval:"), queued.id)


def _told_to_leave_at_once(channels: Sequence[str], queued: "Queued") -> str:
    """Return that what has no time leaves without further notice: whoever forgot the time must see it first."""
    place = {"channels": ", ".join(channels)}
    if queued.sealed:
        return _("Without a time: it leaves at once, on %(channels)s.") % place
    return _("Without a time: it leaves as soon as it is approved, on %(channels)s.") % place
