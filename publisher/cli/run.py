"""`publisher run`: the service."""

import argparse
import gc
import logging
import signal
import threading
from typing import TYPE_CHECKING

from publisher.cli import acting
from publisher.config import load
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.web.server import Pages


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how long to run."""
    parser.add_argument("--until-idle", action="store_true", help=_("end as soon as nothing is due, under way or in doubt"))
    parser.add_argument("--no-web", action="store_true", help=_("open no port: serve no pages; with --until-idle there are none, either"))


def run(arguments: argparse.Namespace) -> int:
    """Publish until told to stop, from the very first moment; what happens is told on standard error."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    from publisher.pipeline.desk import Desk

    desk = Desk.opened(load(arguments.config), secrets=True)
    from publisher.worker import embedded

    pages = None if arguments.no_web or arguments.until_idle else _pages(desk)
    # A service lives long: apart from what is loaded, which stays, garbage is looked for as often as Python usually does.
    gc.freeze()
    gc.set_threshold(700, 10, 10)
    try:
        return embedded.serve(desk, acting.instance(), until_idle=arguments.until_idle, ending=ending, begun=pages.start if pages else None)
    finally:
        if pages:
            pages.stop()


def _pages(desk: "Desk") -> "Pages":
    from publisher.web.server import Pages

    return Pages(desk)
