"""`publisher hold`: keeps it back until somebody resumes it."""

import argparse

from publisher.cli import acting, stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is meant."""
    acting.add_id(parser)


def run(arguments: argparse.Namespace) -> int:
    """Hold, and say where each delivery stands now."""
    desk = acting.opened(arguments)
    from publisher.pipeline import hold

    return stopped.report(hold.hold(desk, acting.actor(desk, arguments), arguments.id), arguments.format)
