"""`publisher correct`: sets right what is online, everywhere or on some channels, once the correction is approved."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.cli import acting, afterwards, queue
from publisher.i18n import _

if TYPE_CHECKING:
    from publisher.pipeline.desk import Desk
    from publisher.pipeline.plan import Plan, Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is corrected, the corrected communiqué and the reason, which readers will see."""
    acting.add_id(parser)
    parser.add_argument("file", metavar=_("FILE"), type=Path, help=_("the corrected communiqué"))
    parser.add_argument("--reason", metavar=_("TEXT"), required=True, help=_("what was wrong; readers see it"))
    parser.add_argument(
        "--way",
        metavar=_("CHANNEL=WAY"),
        action="append",
        default=[],
        help=_("how it is set right on this channel, instead of what config.toml says; may be repeated"),
    )
    queue.add_as_written(parser)
    afterwards.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the plan, then freeze it; the last word printed is the id."""

    def planned(desk: "Desk", request: "Request") -> "Plan":
        from publisher.pipeline import afterwards as pipeline

        return pipeline.correction(desk, arguments.id, arguments.file, arguments.reason, request)

    return afterwards.run(arguments, planned)
