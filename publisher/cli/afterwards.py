"""What `correct` and `withdraw` have in common: the plan is shown first, then frozen."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from publisher.cli import acting, queue

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Plan, Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take when and where."""
    queue.add_time(parser)
    queue.add_end_and_channels(parser)


def run(arguments: argparse.Namespace, planned: "Callable[[Desk, Request], Plan]") -> int:
    """Show what would be done on each channel; unless it is a dry run, freeze it and print its id as the last word."""
    desk = acting.opened(arguments)
    from publisher.cli import dry_run
    from publisher.pipeline.plan import Request
    from publisher.pipeline.queue import queue as freeze

    actor = acting.actor(desk, arguments)
    plan = planned(
        desk,
        Request(
            arguments.at,
            arguments.not_after,
            channels=tuple(arguments.channel),
            as_written=getattr(arguments, "as_written", False),
            ways=dict(each.partition("=")[::2] for each in getattr(arguments, "way", ())),
        ),
    )
    if arguments.dry_run:
        return dry_run.show(desk, plan, arguments.format)
    if arguments.format == "text":
        dry_run.print_plan(desk, plan, brief=True)
    queue.report(desk, freeze(desk, actor, plan), arguments.format)
    return 0
