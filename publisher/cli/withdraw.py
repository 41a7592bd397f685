"""`publisher withdraw`: takes back what is online, everywhere or on some channels, once the withdrawal is approved."""

import argparse
from typing import TYPE_CHECKING

from publisher.cli import acting, afterwards
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Plan, Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is withdrawn, and the reason."""
    acting.add_id(parser)
    parser.add_argument("--reason", metavar=_("TEXT"), required=True, help=_("why; journalists who have it read this"))
    afterwards.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the plan, then freeze it; the last word printed is the id."""

    def planned(desk: "Desk", request: "Request") -> "Plan":
        from publisher.pipeline import afterwards as pipeline

        return pipeline.withdrawal(desk, arguments.id, arguments.reason, request)

    return afterwards.run(arguments, planned)
