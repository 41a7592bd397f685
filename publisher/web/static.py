"""The pages' own files: nothing comes from another host."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from publisher.pipeline import preview
from publisher.web import desk

FOLDER = Path(__file__).parent / "static"
FOREVER = 365 * 86_400  # seconds: the address changes with the content


def file(request: HttpRequest, path: str) -> HttpResponse:
    """Serve one file; there are no others than those in the folder, and what follows from the configuration."""
    del request
    content = _files().get(path)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response


@cache
def address(path: str) -> str:
    """Return the address of a file, which names its content."""
    return f"{reverse('static', args=[path])}?{hashlib.sha256(_files()[path]).hexdigest()[:12]}"


@cache
def _files() -> dict[str, bytes]:
    found = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    made = {"colours.css": preview.colours(desk.current().config), "previews.css": f".previews {{\n{preview.styles()}\n}}\n"}
    return found | {path: text.encode() for path, text in made.items()}
