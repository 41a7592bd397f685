"""`publisher unpause`: ends a stop."""

import argparse

from publisher.cli import acting, stopped
from publisher.cli.output import print_json
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the channel."""
    acting.add_channel(parser)


def run(arguments: argparse.Namespace) -> int:
    """Let it go on."""
    desk = acting.opened(arguments)
    from publisher.pipeline import hold, status

    hold.unpause(desk, acting.actor(desk, arguments), arguments.channel)
    if arguments.format == "json":
        print_json({"format": "publisher.pause/1", "channel": arguments.channel, "paused": False})
    else:
        print(_("Publication goes on; what has become too late meanwhile stays unsent."))
        for stop in status.stops(desk):
            print(stopped.sentence(stop))
    return 0
