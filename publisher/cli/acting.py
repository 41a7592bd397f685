"""What every verb on stored announcements begins with: the desk, and the person who acts."""

import argparse
import os
import pwd
from typing import TYPE_CHECKING

from publisher import storage
from publisher.config import load
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.models import Actor, Role
    from publisher.pipeline.desk import Desk


def opened(arguments: argparse.Namespace) -> "Desk":
    """Open the desk, which sets Django up: models and what uses them are imported only after it."""
    from publisher.pipeline.desk import Desk

    return Desk.opened(load(arguments.config))


def actor(desk: "Desk", arguments: argparse.Namespace, *roles: "Role") -> "Actor":
    """Return who acts, by --as or by the system user; anybody who writes or approves, unless roles are given. Raises Refused."""
    from publisher.pipeline import people

    with storage.explained(desk.config):
        return people.acting(desk, arguments.as_user, login(), *(roles or people.WRITERS))


def login() -> str:
    """Return the system user that runs the command, by the process and not by the environment."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user of a container without a line in passwd
        return str(os.getuid())


def instance() -> str | None:
    """Return the name of this installation where a container hides the machine, None elsewhere."""
    return os.environ.get("PUBLISHER_INSTANCE")


def add_id(parser: argparse.ArgumentParser) -> None:
    """Take an announcement or a delivery."""
    parser.add_argument("id", metavar="ID", help=_("announcement (a-…) or delivery (d-…), as “publisher status” shows them"))


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Take the reason that the others will read."""
    parser.add_argument("--reason", metavar=_("TEXT"), required=True, help=_("why; the others read it"))


def add_channel(parser: argparse.ArgumentParser) -> None:
    """Take one channel instead of all of them."""
    parser.add_argument("--channel", metavar=_("NAME"), help=_("this channel only"))
