"""`publisher status`: where announcements stand, step by step."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from publisher import storage
from publisher.cli import acting, stopped
from publisher.cli.output import print_json
from publisher.i18n import _
from publisher.pipeline.state_words import PURPOSES, STATES, counted

if TYPE_CHECKING:
    from rich.text import Text

GUIDE = 4
"""Columns that the lines of a tree take at each level."""

STYLES: Mapping[str, str] = {
    "published": "green",
    "delivered": "green",
    "sent": "green",
    "held": "bold yellow",
    "in_doubt": "bold yellow",
    "partial": "yellow",
    "failed": "bold red",
    "missed": "bold red",
    "canceled": "dim",
    "dropped": "dim",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take one announcement instead of all of them."""
    parser.add_argument("id", nargs="?", metavar="ID", help=_("one announcement (a-…), or the one of a delivery (d-…)"))


def run(arguments: argparse.Namespace) -> int:
    """Show it; exit code 3 if something in it waits for a person."""
    desk = acting.opened(arguments)
    from publisher.pipeline import status

    with storage.explained(desk.config):
        document = status.one(desk, arguments.id) if arguments.id else status.everything(desk)
    announcements = [document] if arguments.id else document["announcements"]
    if arguments.format == "json":
        print_json(document)
    else:
        for stop in status.stops(desk):
            print(stopped.sentence(stop))
        _draw(announcements, desk.config.town.zone)
    return 3 if any(_waits(delivery) for announcement in announcements for delivery in announcement["deliveries"]) else 0


def _asks(delivery: Mapping[str, Any]) -> bool:
    """Tell whether a person may say what became of a call: not while the service finds it out by itself."""
    from publisher.pipeline.reasons import Reason

    return bool(delivery["state"] == "held" and delivery["reason"] != Reason.CANCEL_REQUESTED)


def _waits(delivery: Mapping[str, Any]) -> bool:
    return delivery["state"] == "held" or any(step["state"] == "in_doubt" for step in delivery["steps"])


def _draw(announcements: list[dict[str, Any]], zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    from publisher.cli.lines import visible

    console = Console(highlight=False)
    if not announcements:
        console.print(_("Nothing is planned. “publisher queue FILE” begins."))
    for announcement in announcements:
        head = Text.assemble((announcement["id"], "bold"), "  ", _mark(announcement["state"]), "  ", visible(announcement["title"]))
        tree = Tree(_fitted(head, console.width))
        if back := announcement.get("sent_back"):
            tree.add(_fitted(Text(_("Sent back by %(by)s: %(reason)s") % back), console.width - GUIDE))
        for delivery in announcement["deliveries"]:
            purpose = f"  {_(PURPOSES[delivery['purpose']])}" if delivery["purpose"] in PURPOSES else ""
            when = "" if announcement["state"] == "draft" else _when(delivery, zone)
            facts = (f" {delivery['id']}{purpose}  ", _mark(delivery["state"]), when)
            named = Text.assemble((delivery["channel"], "bold"), *facts)
            branch = tree.add(_fitted(named, console.width - GUIDE))
            for line in _lines(delivery):
                branch.add(_fitted(line, console.width - 2 * GUIDE))
        console.print(tree)


def _fitted(text: "Text", width: int) -> "Text":
    """Return the text broken into lines as French typography allows."""
    from rich.text import Text

    from publisher.cli.lines import broken

    fitted = Text("\n", no_wrap=True, overflow="fold").join(broken(text, width))
    fitted.rstrip()
    return fitted


def _mark(state: str) -> tuple[str, str]:
    return _(STATES[state]), STYLES.get(state, "cyan")


def _when(delivery: Mapping[str, Any], zone: ZoneInfo) -> str:
    from publisher.pipeline.preview.words import instant

    due = delivery["due_at"]
    return "  " + (instant(datetime.fromisoformat(due), zone) if due else _("as soon as it is approved"))


def _lines(delivery: Mapping[str, Any]) -> "Iterator[Text]":
    """Yield why the delivery stands where it stands, then its steps: a mailing or a thread one line each."""
    from rich.text import Text

    from publisher.pipeline.preview.words import named_step
    from publisher.pipeline.reasons import explain

    doubts = [person["address"] for step in delivery["steps"] for person in step.get("recipients", ()) if person["state"] == "in_doubt"]
    if doubts and _asks(delivery):
        sentence = _(
            "Ask those in doubt whether they have it, then say so: publisher resolve %(id)s --step %(address)s --published %(address)s"
        )
        yield Text(sentence % {"id": delivery["id"], "address": doubts[0]})
    elif delivery["reason"]:
        yield Text(explain(delivery["reason"]))
        if _asks(delivery) and any(step["state"] == "in_doubt" for step in delivery["steps"]):
            yield Text(_("Say it so: publisher resolve %(id)s --published URL, or --send-again, or --drop") % {"id": delivery["id"]})
    for step in delivery["steps"]:
        state, style = _mark(step["state"])
        facts = [step["url"] or "", step["error"] or ""]
        shown = (counted(step.get("counts", {})) or state, style)
        yield Text.assemble(f"{named_step(step['id'])}  ", shown, "  ", " – ".join(filter(None, facts)))
        for person in step.get("recipients", ()):
            yield Text.assemble(f"  {person['address']}  ", _mark(person["state"]), "  ", person["error"] or "")
