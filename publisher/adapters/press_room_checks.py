"""What can be known of the press room before something is published there: its folder can be written, its address answers."""

import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from publisher.adapters.connecting import Guide
from publisher.adapters.settings import WireSettings
from publisher.errors import NotSent, Problem, SendError, Severity
from publisher.i18n import N_

GUIDE = Guide(
    steps=(
        N_("The press room is a folder of files, and needs no secret; what is checked is that its folder can be written."),
        N_("What sends the folder to a distant host, if “command” names a program for it, keeps its own key, such as that of ssh."),
    )
)


def refuse_unwritable(folder: Path) -> None:
    """Require a folder in which files can be made, or that can be made itself. Raises NotSent."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        sentence = N_("The folder %(directory)s of the press room cannot be written: check the path, and who may write there.")
        raise NotSent("press-room-unwritable", sentence, directory=folder)


def problems(settings: WireSettings, folder: Path, url: str | None) -> Iterator[Problem]:
    """Yield what would keep a page from being published, or from being seen."""
    try:
        refuse_unwritable(folder)
        if url:
            _refuse_silent(settings, url)
    except SendError as error:
        yield Problem(Severity.ERROR, error.code, error.sentence, error.params)


def _refuse_silent(settings: WireSettings, url: str) -> None:
    """Require that something answers at the address, as it does to readers. Raises SendError."""
    from publisher.adapters.flight import fly

    answer = fly(settings, "GET", url)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = N_("The website %(host)s answers with status %(status)d: its pages would not be seen; have it looked at.")
        raise NotSent("website-broken", sentence, host=answer.host, status=answer.status)
