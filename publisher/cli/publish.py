"""`publisher publish`: freezes a communiqué that leaves as soon as it is approved."""

import argparse

from publisher.cli import queue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the communiqué."""
    queue.add_other_arguments(parser)
    parser.set_defaults(at=None)


run = queue.run
