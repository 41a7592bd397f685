"""`publisher restore`: a backup put back in an empty data directory."""

import argparse
from pathlib import Path

from publisher.cli.output import print_json
from publisher.clock import SystemClock
from publisher.config import load
from publisher.errors import unwritable
from publisher.i18n import _
from publisher.text import moments

RENEW = ("tokens", "calendars", "invitations", "recovery_codes", "sessions")
"""What a copy that was put back holds no more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the archive."""
    parser.add_argument("archive", metavar=_("ARCHIVE"), type=Path, help=_("what “publisher backup” made"))


def run(arguments: argparse.Namespace) -> int:
    """Put it back; nothing is published from it until it is adopted."""
    from publisher.pipeline import restore
    from publisher.worker import lock

    config = load(arguments.config)
    data_dir = config.storage.data_dir
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, data_dir) from error
    with lock.held(data_dir):
        manifest, has_key = restore.restore(config, arguments.archive, SystemClock().now())
    made_at = manifest.made_at.astimezone(config.town.zone)
    if arguments.format == "json":
        told = {
            "directory": str(data_dir),
            "made_at": made_at.isoformat(),
            "version": manifest.version,
            "passwords_kept": has_key,
            "renew": RENEW,
        }
        print_json({"format": "publisher.restore/1", **told})
        return 0
    print(_("Everything is back in %(directory)s, as it was on %(date)s.") % {"directory": data_dir, "date": moments.moment(made_at)})
    if not has_key:
        print(_("The file secret_key was not there: passwords and second factors are gone. Invite everybody anew (publisher user invite)."))
    print(_("Void from now on: tokens, secret addresses of calendars, invitations, recovery codes and open sessions. Make new ones."))
    print(
        _("Accounts, roles, passwords and absences are those of that day: close again who was closed since, and look the others through.")
    )
    print(_("Nothing is published from it yet: check what is online, then run “publisher adopt”."))
    return 0
