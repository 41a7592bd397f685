"""`publisher pause`: stops everything, or one channel, before the very next call."""

import argparse

from publisher.cli import acting
from publisher.cli.output import print_json
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the channel, and why."""
    acting.add_channel(parser)
    acting.add_reason(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stop."""
    desk = acting.opened(arguments)
    from publisher.pipeline import hold

    hold.pause(desk, acting.actor(desk, arguments), arguments.reason, arguments.channel)
    if arguments.format == "json":
        print_json({"format": "publisher.pause/1", "channel": arguments.channel, "paused": True})
    else:
        print(_told(arguments.channel))
    return 0


def _told(channel: str | None) -> str:
    if channel is None:
        return _("Stopped: nothing leaves until “publisher unpause”.")
    sentence = _("%(channel)s is stopped, the other channels go on; “publisher unpause --channel %(channel)s” ends it.")
    return sentence % {"channel": channel}
