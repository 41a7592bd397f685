"""The list of recipients as a CSV file, until there is a press list: whom a mailing goes to, each address once."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from publisher.adapters.base import Recipient
from publisher.adapters.mail_address import on_the_wire
from publisher.errors import ConfigError, Rejected
from publisher.i18n import N_

DELIMITERS = ",;\t"  # French spreadsheets write semicolons


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """Return the recipients of a CSV file (header email,name), each address once, the first line wins. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        sentence = N_("There is no list of recipients %(path)s: write one, with the first line “email,name”, or correct “recipients”.")
        raise ConfigError("recipients-missing", sentence, path=path) from error
    except (OSError, ValueError) as error:
        sentence = N_("%(path)s cannot be read: check that it is a text file in UTF-8 and that you may read it.")
        raise ConfigError("unreadable", sentence, path=path) from error
    found: dict[str, Recipient] = {}
    for wired, recipient in _lines(path, text):
        found.setdefault(wired.casefold(), recipient)
    return tuple(found.values())


def _lines(path: Path, text: str) -> Iterator[tuple[str, Recipient]]:
    """Yield the recipients, each with its address as servers want it. Raises ConfigError."""
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        columns = [column.strip().casefold() for column in next(rows, [])]
        if "email" not in columns:
            raise ConfigError("recipients-header", N_("%(path)s: the first line must be “email,name”."), path=path)
        for row in rows:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                told = dict(zip(columns, cells, strict=False))
                address = told.get("email", "")
                yield _checked(path, rows.line_num, address), Recipient(address, told.get("name", ""))
    except csv.Error as error:
        sentence = N_("%(path)s, line %(line)d cannot be understood: write it again, with one address and one name.")
        raise ConfigError("recipients-line", sentence, path=path, line=rows.line_num) from error


def _checked(path: Path, line: int, address: str) -> str:
    try:
        return on_the_wire(address)
    except Rejected as error:
        sentence = N_("%(path)s, line %(line)d: “%(address)s” is not an e-mail address; correct it or remove the line.")
        raise ConfigError("recipients-address", sentence, path=path, line=line, address=address) from error
