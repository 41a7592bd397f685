"""A folder as a web server shows it to everybody: the index of folders, no listing, nothing hidden."""

import mimetypes
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from publisher.testing.platform import Answer, Request

INDEX = "index.html"
_kinds = mimetypes.MimeTypes()  # by its own table, the same on every machine


def answer(folder: Path, base: str, request: Request) -> Answer:
    """Answer a request below the folder's address, which begins with the path `base`."""
    if request.method != "GET":
        return _words(HTTPStatus.METHOD_NOT_ALLOWED)
    path = unquote(request.path)
    parts = path.split("/")
    file = folder.joinpath(*filter(None, parts))
    if any(part.startswith(".") for part in parts):
        return _words(HTTPStatus.NOT_FOUND)
    try:
        if file.is_dir() and not path.endswith("/"):
            return Answer(HTTPStatus.MOVED_PERMANENTLY, headers={"Location": f"{base}{request.path}/"})
        return _file(folder, file / INDEX if path.endswith("/") else file)
    except (OSError, ValueError):  # there is none, or a file system can have none of that name
        return _words(HTTPStatus.NOT_FOUND)


def _file(folder: Path, file: Path) -> Answer:
    """Return the file. Raises OSError, ValueError: it is not there, or outside the folder."""
    file.resolve().relative_to(folder.resolve())
    body = file.read_bytes()
    kind = _kinds.guess_type(file.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Answer(HTTPStatus.OK, body, {"Content-Type": f"{kind}{charset}", "Cache-Control": "no-store"})


def _words(status: HTTPStatus) -> Answer:
    return Answer(status, f"{status.value} {status.phrase}\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})
