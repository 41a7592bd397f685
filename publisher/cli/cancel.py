"""`publisher cancel`: nothing more of it leaves; what is already out is said."""

import argparse

from publisher.cli import acting, stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is meant."""
    acting.add_id(parser)


def run(arguments: argparse.Namespace) -> int:
    """Cancel, and say where each delivery stands now."""
    desk = acting.opened(arguments)
    from publisher.pipeline import hold

    return stopped.report(hold.cancel(desk, acting.actor(desk, arguments), arguments.id), arguments.format)
