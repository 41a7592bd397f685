"""`publisher demo`: the whole journey on this machine, with simulated platforms and an invented communiqué."""

import argparse
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.cli import demo_checks, demo_scenes
from publisher.i18n import N_, _
from publisher.pipeline.preview import words
from publisher.pipeline.state_words import ROLES, STATES
from publisher.testing.demo import PRESS_ROOM, DemoFailed, TownHall
from publisher.testing.somebody import Somebody

if TYPE_CHECKING:
    from rich.console import Console

PEOPLE = {"alice": "author", "bruno": "approver"}
AUTHOR, APPROVER = PEOPLE
LATEST = 60  # seconds until what is not online counts as missing
LOOK = 0.3  # seconds between two looks at the status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whether to stay."""
    parser.add_argument("--exit", action="store_true", help=_("check that everything arrived exactly as approved, then end"))


def run(arguments: argparse.Namespace) -> int:
    """Publish the example from the first account to the last post; then stay until Ctrl+C, or check and end."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have had the first ignored; the children are ended after both
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="publisher-demo-") as folder:
        town = TownHall(Path(folder))
        with town.simulator() as platforms:
            page = town.show()
            with town.service() as service:
                online = _publish(town, service)
                _tell(page, platforms, online)
                if arguments.exit:
                    demo_checks.check(town, platforms, online)
                    print(_("Checked: everything is online, exactly as approved."))
                else:
                    _stay(town)
    return 0


def _open(address: str) -> None:
    """Open a page where there is a desktop; on a server a browser would take the terminal over."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


def _publish(town: TownHall, service: subprocess.Popen[str]) -> Mapping[str, Any]:
    """Let one person queue and the other approve; return the status once everything is online."""
    for name, role in PEOPLE.items():
        town.run("user", "add", name, "--role", role)
    print(_("%(name)s queues %(file)s.") % {"name": AUTHOR.title(), "file": town.communique.name})
    announcement = town.run("publish", town.communique.name, "--as", AUTHOR).split()[-1]
    print(_("%(name)s approves it.") % {"name": APPROVER.title()})
    town.run("approve", announcement, "--as", APPROVER)
    with _waiting(_("Publishing…")):
        return _online(town, service, announcement)


def _online(town: TownHall, service: subprocess.Popen[str], announcement: str) -> Mapping[str, Any]:
    """Tell every change of the status until all is published. Raises DemoFailed."""
    end, told = time.monotonic() + LATEST, set[str]()
    while time.monotonic() < end:
        status: Mapping[str, Any] = json.loads(town.run("status", announcement, "--format", "json"))
        for line in _progress(status):
            if line not in told:
                print(line, flush=True)
                told.add(line)
        if status["state"] == "published":
            return status
        if service.poll() is not None:
            raise DemoFailed("demo", N_("The service has ended: %(reason)s"), reason=town.last_words("run"))
        time.sleep(LOOK)
    raise DemoFailed("demo", N_("After %(seconds)d seconds not everything is online: %(reason)s"), seconds=LATEST, reason="; ".join(told))


def _progress(status: Mapping[str, Any]) -> list[str]:
    """Return one line for each step that has begun."""
    return [
        f"  {delivery['channel']} · {words.step(step['id'])} · {_(STATES[step['state']])}"
        for delivery in _in_order(status)
        for step in delivery["steps"]
        if step["state"] != "pending"
    ]


def _in_order(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the deliveries, the press room first, as they leave."""
    return sorted(status["deliveries"], key=lambda delivery: delivery["channel"] != PRESS_ROOM)


def _waiting(words: str) -> AbstractContextManager[object]:
    """Turn a wheel in a terminal; elsewhere the lines are enough."""
    console = _console()
    return console.status(words) if console.is_terminal else nullcontext()


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def _tell(page: Path, platforms: Mapping[str, str], status: Mapping[str, Any]) -> None:
    """Print the addresses to open."""
    print(_("To look at:"))
    print("  ", _("the preview of the four channels:"), page.as_uri())
    for delivery in _in_order(status):
        place = _address(delivery) or f"{platforms[delivery['channel']]}/"
        print("  ", _("online, %(channel)s:") % {"channel": delivery["channel"]}, place)
    for name, base in platforms.items():
        print("  ", _("the calls received, %(channel)s:") % {"channel": name}, f"{base}/log")


def _address(delivery: Mapping[str, Any]) -> str | None:
    """Return where a reader begins: the first of its steps that has an address, for what is made unseen has none, nor has mail."""
    return next((str(step["url"]) for step in delivery["steps"] if step["url"]), None)


def _stay(town: TownHall) -> None:
    """Let people try the pages until Ctrl+C."""
    try:
        with _waiting(_("Letting people in…")):
            inside = demo_scenes.people(town, (AUTHOR, APPROVER))
            ready = demo_scenes.play(town, *inside)
        print(_("To try, with these accounts:"), f"{town.pages}/")
        print("  ", _("a press release ready to be pasted into a new announcement:"), ready)
        _open(town.pages)
        _show_codes(inside)
    except KeyboardInterrupt:
        print()


def _show_codes(inside: Sequence[Somebody]) -> None:
    """Show each person's code of the moment, anew in a terminal as long as the demonstration lasts; elsewhere the secret, too."""
    ending, console = _("Press Ctrl+C to end; the folder of the demonstration is then removed."), _console()
    if not console.is_terminal:
        secrets = [_("%(account)s, secret %(secret)s") % {"account": _account(one), "secret": one.secret} for one in inside]
        print("\n".join([*secrets, ending]), flush=True)
        threading.Event().wait()
    from rich.live import Live

    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update("\n".join([*map(_account, inside), ending]), refresh=True)
            time.sleep(1)


def _account(somebody: Somebody) -> str:
    told = {"name": somebody.name, "role": _(ROLES[PEOPLE[somebody.name]]), "password": somebody.password, "code": somebody.code()}
    return "   " + _("%(name)s (%(role)s), password %(password)s, code now %(code)s") % told
