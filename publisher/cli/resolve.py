"""`publisher resolve`: what a person decides about a delivery that is held."""

import argparse
import json
from typing import TYPE_CHECKING

from publisher.cli import acting, stopped
from publisher.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.models import Actor, Delivery
    from publisher.pipeline.desk import Desk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the delivery and the decision."""
    acting.add_id(parser)
    parser.add_argument("--step", metavar="ID", help=_("the step that is meant, if several are in doubt"))
    decision = parser.add_mutually_exclusive_group(required=True)
    told = _("it is online, at this address; published by hand where nothing has an address, the address is left out")
    decision.add_argument("--published", metavar="URL", nargs="?", const="", help=told)
    decision.add_argument("--take", action="store_true", help=_("take what waits to be published by hand, and print its text"))
    back = _("whoever took it did not publish it: it waits for somebody again; NAME says who that is, if it is not you")
    decision.add_argument("--give-back", metavar="NAME", nargs="?", const="", help=back)
    decision.add_argument("--send-again", action="store_true", help=_("it is not online: send it now; a second person must say so, too"))
    decision.add_argument("--drop", action="store_true", help=_("give up what is not out"))
    decision.add_argument("--replace", action="store_true", help=_("take the published parts back and send the single text agreed to"))


def run(arguments: argparse.Namespace) -> int:
    """Carry the decision out, or only show what would follow from it."""
    desk = acting.opened(arguments)
    actor = acting.actor(desk, arguments)
    if arguments.take and not arguments.dry_run:
        return _take(desk, actor, arguments)
    if arguments.dry_run:
        return _rehearse(desk, actor, arguments)
    return _report(_decided(desk, actor, arguments), arguments)


def _decided(desk: "Desk", actor: "Actor", arguments: argparse.Namespace) -> "Delivery":
    from publisher.pipeline import handover, resolve

    delivery = resolve.meant(desk, arguments.id)
    name = delivery.id
    if arguments.published is not None and handover.is_with_people(delivery):
        return resolve.by_hand(desk, actor, name, arguments.published)
    decided: dict[str, Callable[[], Delivery]] = {
        "take": lambda: resolve.take(desk, actor, name)[0],
        "give_back": lambda: resolve.give_back(desk, actor, name, holder=arguments.give_back),
        "drop": lambda: resolve.drop(desk, actor, name, arguments.step),
        "replace": lambda: resolve.alternative(desk, actor, name),
    }
    act = next((act for option, act in decided.items() if getattr(arguments, option) not in (None, False)), None)
    if act:
        return act()
    if arguments.published is not None:
        return resolve.published(desk, actor, name, arguments.published, arguments.step)
    resolve.send_again(desk, actor, name)
    delivery.refresh_from_db()
    return delivery


def _take(desk: "Desk", actor: "Actor", arguments: argparse.Namespace) -> int:
    """Print the text to be published, and where; as JSON the same, by name."""
    from publisher.pipeline import resolve

    delivery, asks = resolve.take(desk, actor, arguments.id)
    if arguments.format == "json":
        print(json.dumps({"format": "publisher.handover/1", "id": delivery.id, **asks._asdict()}, ensure_ascii=False))
        return 0
    told = ((_("Where"), asks.address), (_("How"), asks.how), (_("To be replaced"), asks.former_url), (_("To be replaced"), asks.former))
    for label, value in told:
        if value:
            print(_("%(label)s: %(value)s") % {"label": label, "value": value})
    print(f"\n{asks.text}\n" if asks.text else "")
    print(
        _("Nobody else gets it until you say where it is (“publisher resolve %(id)s --published ADDRESS”) or give it back (--give-back).")
        % {"id": delivery.id}
    )
    return 0


def _report(delivery: "Delivery", arguments: argparse.Namespace) -> int:
    """Tell where the delivery stands now, and that a second person is needed if that is all it waits for."""
    if delivery.send_again and arguments.format == "text":
        print(_("Noted. Another person must confirm that %(id)s is not online; then it is sent.") % {"id": delivery.id})
        return 3
    return stopped.report([delivery], arguments.format)


def _rehearse(desk: "Desk", actor: "Actor", arguments: argparse.Namespace) -> int:
    from publisher.cli import dry_run
    from publisher.pipeline import rehearsal

    with rehearsal.undone(desk):
        delivery = _decided(desk, actor, arguments)
        code = _report(delivery, arguments)
        if arguments.format == "text":
            dry_run.print_calls(desk.channels[delivery.channel], rehearsal.ahead(delivery))
            dry_run.print_end()
    return code
