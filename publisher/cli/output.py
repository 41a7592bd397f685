"""What every verb prints in the same way: JSON documents and errors."""

import json
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from publisher.i18n import _


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def print_error(code: str, sentence: str, *, as_json: bool) -> None:
    """Print an error on standard error: a sentence, or `publisher.error/1`; standard output then holds no document."""
    if as_json:
        sentence = json.dumps({"format": "publisher.error/1", "code": code, "message": sentence})
    else:
        sentence = _("publisher: %(sentence)s") % {"sentence": sentence}
    try:
        print(sentence, file=sys.stderr)
        sys.stderr.flush()
    except OSError:  # there is nobody left to tell; the exit code says it, too
        mute(sys.stderr)


def mute(stream: TextIO) -> None:
    """Let what is still to be shown go nowhere, or the interpreter complains, with an exit code of its own, when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
