"""`publisher adopt`: this copy of the data directory is the one that publishes from now on."""

import argparse

from publisher import storage
from publisher.cli import acting
from publisher.cli.output import print_json
from publisher.i18n import ngettext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing more."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Adopt it; what was due meanwhile is held, since the other copy may have sent it."""
    desk = acting.opened(arguments)
    from publisher.pipeline import people, tenure
    from publisher.worker import lock

    with storage.explained(desk.config), lock.held(desk.config.storage.data_dir):
        actor = people.administering(desk, arguments.as_user, acting.login())
        held = tenure.adopt(desk, actor, acting.instance())
    if arguments.format == "json":
        print_json({"format": "publisher.adopt/1", "held": held})
    else:
        sentence = ngettext(
            "This data directory publishes from now on; %(count)d delivery is held, because the other copy may have sent it.",
            "This data directory publishes from now on; %(count)d deliveries are held, because the other copy may have sent them.",
            held,
        )
        print(sentence % {"count": held})
    return 3 if held else 0
