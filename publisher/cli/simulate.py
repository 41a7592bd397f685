"""`publisher simulate`: the platforms, on this machine only, with pages that show what their readers would see."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from publisher.cli.output import print_json
from publisher.clock import SystemClock
from publisher.errors import UsageError
from publisher.i18n import N_, _
from publisher.testing.simulator import Simulator, platforms

PORT = 8990


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the port and the folder that remembers."""
    parser.add_argument(
        "--port", type=int, default=PORT, help=_("port on this machine, mail at the next one; 0: any free ones (%(default)s)")
    )
    parser.add_argument("--state", type=Path, metavar=_("DIR"), help=_("folder where the simulators remember what they accepted"))
    parser.add_argument(
        "--site", type=Path, metavar=_("DIR"), help=_("folder to show under /site/, as the town's web server shows the press room")
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is interrupted."""
    ending = threading.Event()
    with _simulator(arguments.port, arguments.state, arguments.site) as simulator:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ending.set())
        _announce(simulator, as_json=arguments.format == "json")
        sys.stdout.flush()
        ending.wait()
    return 0


def _simulator(port: int, state: Path | None, site: Path | None) -> Simulator:
    try:
        return Simulator(platforms(SystemClock().now, state), port, site=site)
    except (OverflowError, OSError) as error:
        sentence = N_("The simulators cannot start on port %(port)d with the folder %(state)s: %(reason)s.")
        raise UsageError("simulate", sentence, port=port, state=state or "–", reason=getattr(error, "strerror", None) or error) from error


def _announce(simulator: Simulator, *, as_json: bool) -> None:
    """Say where the pages are, and what config.toml and .env need for a rehearsal."""
    served = simulator.platforms.values()
    secrets = {name: value for platform in served for name, value in platform.secrets.items()}
    pages = {platform.name: simulator.url_of(platform.name) for platform in served}
    settings = {platform.name: platform.settings(pages[platform.name]) for platform in served}
    if as_json:
        told = {"url": simulator.url, "site": simulator.site, "platforms": pages, "settings": settings, "secrets": secrets}
        print_json({"format": "publisher.simulate/1", **told})
        return
    print(_("The simulators are at %(url)s/ until you press Ctrl+C.") % {"url": simulator.url})
    if simulator.site:
        print(_("The town's website is at %(url)s/.") % {"url": simulator.site})
    print(_("For a rehearsal, in config.toml:"))
    if simulator.site:
        print("  [town]", f"  site_url = {json.dumps(simulator.site)}", sep="\n")
    for name, table in settings.items():
        print(f"  [channels.{name}]", *(f"  {key} = {json.dumps(value)}" for key, value in table.items()), sep="\n")
    print(_("and in .env:"))
    for name, value in secrets.items():
        print(f"  {name}={value}")
