"""`publisher migrate`: brings the database up to date."""

import argparse

from publisher import storage
from publisher.cli.output import print_json
from publisher.config import load
from publisher.i18n import _
from publisher.worker import lock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing more."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Migrate, while no service runs."""
    config = load(arguments.config)
    storage.connect(config)
    with lock.held(config.storage.data_dir):
        done = storage.migrate(config)
    if arguments.format == "json":
        print_json({"format": "publisher.migrate/1", "migrations": done})
    else:
        print(_("The database is up to date."), *done)
    return 0
