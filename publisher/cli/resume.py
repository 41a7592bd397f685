"""`publisher resume`: lets what is held go on."""

import argparse

from publisher.cli import acting, stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is meant."""
    acting.add_id(parser)


def run(arguments: argparse.Namespace) -> int:
    """Resume, and say where each delivery stands now."""
    desk = acting.opened(arguments)
    from publisher.pipeline import hold

    return stopped.report(hold.resume(desk, acting.actor(desk, arguments), arguments.id), arguments.format)
