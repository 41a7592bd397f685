"""`publisher cancel`: nothing more of it leaves; what is already out is said."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.cli import acting, stopped
from publisher.i18n import _, ngettext

if TYPE_CHECKING:
    from publisher.pipeline.plan import Online, Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is meant."""
    acting.add_id(parser)


def run(arguments: argparse.Namespace) -> int:
    """Cancel, and say where each delivery stands now."""
    desk = acting.opened(arguments)
    from publisher.pipeline import afterwards, hold

    canceled = hold.cancel(desk, acting.actor(desk, arguments), arguments.id)
    code = stopped.report(canceled, arguments.format)
    if arguments.format == "text":
        name = canceled[0].announcement_id
        online = afterwards.standing(desk, name)
        _tell(online)
        _show_remedy(name, afterwards.remedy(desk, name, online))
    return code


def _tell(online: "Mapping[str, Online]") -> None:
    """Say what readers have already, which cancelling does not change."""
    for channel, out in online.items():
        if out.recipients:
            count = len(out.recipients)
            said = ngettext("%(channel)s: %(count)d person has it already.", "%(channel)s: %(count)d people have it already.", count)
            print(said % {"channel": channel, "count": count})
        for address in (receipt.url for receipt in out.receipts if receipt.url):
            print(_("%(channel)s stays online: %(url)s") % {"channel": channel, "url": address})


def _show_remedy(name: str, request: "Request | None") -> None:
    """Say how to take back what is out, where nothing must be decided first: the line of a held delivery says that."""
    if request:
        meant = " ".join([name, *(f"--channel {channel}" for channel in request.channels)])
        print(_("What is already out does not go by itself: publisher withdraw %(id)s --reason …") % {"id": meant})
