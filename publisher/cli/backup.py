"""`publisher backup`: one archive of what is kept, made while the service works."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.cli.output import print_json
from publisher.config import load
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where it goes."""
    parser.add_argument("target", metavar=_("FILE_OR_DIR"), type=Path, help=_("the archive, or a folder in which it gets a name"))


def run(arguments: argparse.Namespace) -> int:
    """Make it."""
    from publisher.clock import SystemClock
    from publisher.pipeline import backup

    with _progress(shown=arguments.format == "text") as told:
        path = backup.backup(load(arguments.config), arguments.target, SystemClock().now(), told)
    if arguments.format == "json":
        print_json({"format": "publisher.backup/1", "path": str(path), "bytes": path.stat().st_size})
    else:
        print(_("The backup is complete: %(path)s") % {"path": path})
        print(_("Encrypt it before it leaves this machine. It holds neither .env nor secret_key: keep those apart."))
    return 0


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how far it is, on standard error, if that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task(_("backup"))
        yield lambda done, total: bar.update(task, completed=done, total=total)
