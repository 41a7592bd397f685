"""`publisher resolve`: what a person decides about a delivery that is held."""

import argparse

from publisher.cli import acting, stopped
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the delivery and the decision."""
    acting.add_id(parser)
    parser.add_argument("--step", metavar="ID", help=_("the step that is meant, if several are in doubt"))
    decision = parser.add_mutually_exclusive_group(required=True)
    decision.add_argument("--published", metavar="URL", help=_("it is online, at this address"))
    decision.add_argument("--send-again", action="store_true", help=_("it is not online: send it now; a second person must say so, too"))
    decision.add_argument("--drop", action="store_true", help=_("give up what is not out"))
    decision.add_argument("--replace", action="store_true", help=_("take the published parts back and send the single text agreed to"))


def run(arguments: argparse.Namespace) -> int:
    """Carry the decision out."""
    desk = acting.opened(arguments)
    from publisher.models import Delivery
    from publisher.pipeline import resolve

    actor, name = acting.actor(desk, arguments), arguments.id
    if arguments.send_again and not resolve.send_again(desk, actor, name):
        print(_("Noted. Another person must confirm that %(id)s is not online; then it is sent.") % {"id": name})
        return 3
    if arguments.published:
        delivery = resolve.published(desk, actor, name, arguments.published, arguments.step)
    elif arguments.drop:
        delivery = resolve.drop(desk, actor, name, arguments.step)
    elif arguments.replace:
        delivery = resolve.alternative(desk, actor, name)
    else:
        delivery = Delivery.objects.get(pk=name)
    return stopped.report([delivery], arguments.format)
