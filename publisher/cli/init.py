"""`publisher init`: writes config.toml, .env and the data directory of a new installation; overwrites nothing."""

import argparse
import os
import tempfile
from pathlib import Path

from publisher import shipped
from publisher.cli.output import print_json
from publisher.config import FILE, load
from publisher.errors import unwritable
from publisher.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the folder."""
    parser.add_argument("folder", metavar=_("DIR"), nargs="?", type=Path, default=Path(), help=_("folder to write in (otherwise this one)"))


def run(arguments: argparse.Namespace) -> int:
    """Write what is missing, say what was left alone, and what to do next."""
    folder: Path = arguments.folder
    outcome: dict[Path, bool] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        outcome[folder / FILE] = _write_new(folder / FILE, shipped.example_config().read_bytes(), 0o644)
        outcome[folder / ".env"] = _write_new(folder / ".env", shipped.example_env().read_bytes(), 0o600)
        data_dir = load(folder / FILE).storage.data_dir
        outcome[data_dir] = _make_new(data_dir)
    except OSError as error:
        raise unwritable(error, folder) from error
    _print(outcome, arguments.format, folder)
    return 0


def _write_new(path: Path, content: bytes, mode: int) -> bool:
    """Write the file whole and at once; return False, and touch nothing, if there is one."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        os.link(temporary, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        return False
    finally:
        Path(temporary).unlink()
    return True


def _make_new(directory: Path) -> bool:
    if directory.is_dir():
        return False
    directory.mkdir(mode=0o700, parents=True)
    return True


def _print(outcome: dict[Path, bool], form: str, folder: Path) -> None:
    if form == "json":
        written, kept = ([str(path) for path, new in outcome.items() if new is wanted] for wanted in (True, False))
        print_json({"format": "publisher.init/1", "written": written, "kept": kept})
        return
    for path, new in outcome.items():
        print((_("written: %(path)s") if new else _("already there, left alone: %(path)s")) % {"path": path})
    print()
    print(
        _("Next: fill in %(config)s, put the passwords in %(env)s, then run “publisher check”.")
        % {"config": folder / FILE, "env": folder / ".env"}
    )
