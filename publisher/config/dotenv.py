"""Writing secrets into `.env`: whole or not at all, for its owner alone, every other line as it was."""

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import files
from publisher.config.secrets import read_dotenv
from publisher.errors import unwritable

if TYPE_CHECKING:
    from dotenv.parser import Binding

OWNER_ONLY = 0o600

_PLAIN = re.compile(r"[A-Za-z0-9_./+:@%|=,~^-]+")
_REMARK = re.compile(r"[^\S\r\n]+#")


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set the values in a `.env`, which is made if there is none. Raises ConfigError, StorageError: nothing was changed."""
    read_dotenv(path)  # what cannot be understood is not altered
    try:
        path = path.resolve()  # a link stays one
        with files.alone(path.parent):
            known = path.stat() if path.exists() else None
            text = path.read_text(encoding="utf-8-sig") if known else ""
            files.write_whole(path, with_values(text, values).encode(), mode=OWNER_ONLY)
            if known and os.geteuid() == 0:  # the service must still be able to read what its administrator has written
                os.chown(path, known.st_uid, known.st_gid)
    except OSError as error:
        raise unwritable(error, path) from error


def is_writable(path: Path) -> bool:
    """Tell whether `write` may be expected to work: the folder takes a new file, which then takes the name."""
    return os.access(path.resolve().parent, os.W_OK | os.X_OK)


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text of a `.env` in which these names have these values; other lines and comments stay as they are."""
    bindings = list(_bindings(text))
    kept = [_changed(binding, values) for binding in bindings]
    set_already = {binding.key for binding in bindings}
    for name in values:
        if name not in set_already:
            _insert(kept, name, values[name])
    return "".join(kept)


def _bindings(text: str) -> "list[Binding]":
    from dotenv.parser import parse_stream

    return list(parse_stream(io.StringIO(text)))


def _changed(binding: "Binding", values: Mapping[str, str]) -> str:
    """Return the lines of a binding, with another value if it has one of the names."""
    lines = str(binding.original.string)
    if binding.key is None or binding.key not in values:
        return lines
    start = lines[: len(lines) - len(lines.lstrip())]
    export = "export " if lines.lstrip().startswith("export ") else ""
    end = lines[len(lines.rstrip()) :] or "\n"
    return f"{start}{export}{binding.key}={quoted(values[binding.key])}{_remark(binding, lines)}{end}"


def _remark(binding: "Binding", lines: str) -> str:
    """Return the comment behind a value, if it is one and no part of the value."""
    lines = lines.rstrip()
    for found in _REMARK.finditer(lines):
        without = _bindings(lines[: found.start()])
        if [one.value for one in without if one.key] == [binding.value]:
            return lines[found.start() :]
    return ""


def _insert(kept: list[str], name: str, value: str) -> None:
    """Add a line: below the commented one that keeps its place, as in the file that `init` writes, else at the end."""
    line, place = f"{name}={quoted(value)}\n", re.compile(rf"^#[^\S\r\n]*{name}=.*$\n?", re.MULTILINE)
    for number, lines in enumerate(kept):
        found = place.search(lines)
        if found:
            head = found[0] if found[0].endswith("\n") else f"{found[0]}\n"
            kept[number] = f"{lines[: found.start()]}{head}{line}{lines[found.end() :]}"
            return
    if kept and not kept[-1].endswith("\n"):
        kept[-1] += "\n"
    kept.append(line)


def quoted(value: str) -> str:
    """Return the value as `.env` writes it, so that it is read again letter by letter."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
