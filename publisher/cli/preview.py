"""`publisher preview`: shows what each channel will publish, of a communiqué or of what was queued; sends nothing, needs no password.

Problems are shown, not judged: the exit code is 0 as soon as there is something to show.
"""

import argparse
import io
import sys
from collections.abc import Collection
from pathlib import Path

from publisher.adapters import registry
from publisher.announcement import Announcement
from publisher.cli.output import print_json
from publisher.clock import SystemClock
from publisher.config import Config, load
from publisher.errors import UsageError
from publisher.i18n import N_, _
from publisher.pipeline import intake, preview
from publisher.pipeline.intake import decoding
from publisher.pipeline.render import Rendering, render
from publisher.text.patterns import late

STANDARD_INPUT = "-"
_ID = late("[ad]-[2-9a-z]{8}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the communiqué, the channels to show, and the folder to write in."""
    parser.add_argument("file", metavar=_("FILE"), help=_("the communiqué, - for standard input; or an id (a-…, d-…): what was queued"))
    parser.add_argument("--channel", metavar=_("NAME"), action="append", default=[], help=_("show this channel only; may be repeated"))
    meaning = _("also write preview.html, preview.json and each text as a file of its own into this folder")
    parser.add_argument("--output", metavar=_("DIR"), type=Path, help=meaning)


def run(arguments: argparse.Namespace) -> int:
    """Show the preview in the form that was asked for."""
    config = load(arguments.config)
    channels = registry.configure(config, secrets=False)
    _check_known(arguments.channel, channels)
    rendering = _frozen(arguments) or render(_announcement(arguments.file, config), config, channels)
    page = _write(arguments.output, rendering, config, arguments.channel) if arguments.output else None
    _show(arguments.format, rendering, config, arguments.channel)
    if page and arguments.format == "text":
        print(_("Written: %(path)s") % {"path": page})
    return 0


def _frozen(arguments: argparse.Namespace) -> Rendering | None:
    """Return what was queued under the id that is named; None for a file, even one of such a name."""
    if not _ID.fullmatch(arguments.file) or Path(arguments.file).exists():
        return None
    from publisher.cli import acting

    desk = acting.opened(arguments)
    from publisher.pipeline import frozen

    return frozen.rendering(desk, arguments.file, arguments.channel)


def _write(folder: Path, rendering: Rendering, config: Config, only: Collection[str]) -> Path:
    """Write the preview into a folder and return the page to look at."""
    from publisher.pipeline.preview import files

    files.write(folder, rendering, config, only)
    return folder / files.PAGE


def _check_known(names: Collection[str], channels: Collection[str]) -> None:
    for name in names:
        if name not in channels:
            sentence = N_("There is no channel “%(name)s”; the channels are %(known)s.")
            raise UsageError("unknown-channel", sentence, name=name, known=", ".join(channels))


def _announcement(file: str, config: Config) -> Announcement:
    zone = config.town.zone
    today = SystemClock().now().astimezone(zone).date()
    if file == STANDARD_INPUT:
        return intake.read(sys.stdin.buffer.read(decoding.LIMIT + 1), _("standard input"), zone, today)
    return intake.read_file(Path(file), zone, today)


def _show(form: str, rendering: Rendering, config: Config, only: Collection[str]) -> None:
    if form == "json":
        print_json(preview.as_json(rendering, config, only))
    elif form == "html":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as the page says of itself, whatever the terminal speaks
        print(preview.as_page(rendering, config, only))
    else:
        from publisher.cli import preview_text

        preview_text.draw(rendering, config, only)
