"""The pages' own files: nothing comes from another host."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

import allauth.account
import allauth.mfa
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from publisher.pipeline import preview
from publisher.web import desk

FOLDER = Path(__file__).parent / "static"
LIBRARY = (
    Path(allauth.mfa.__file__).parent / "static" / "mfa" / "js" / "webauthn-json.js",
    Path(allauth.mfa.__file__).parent / "static" / "mfa" / "js" / "webauthn.js",
    Path(allauth.account.__file__).parent / "static" / "account" / "js" / "onload.js",
)
"""What passkeys need of django-allauth, as installed: a copy of ours would grow old."""

FOREVER = 365 * 86_400  # seconds: the address changes with the content


def file(request: HttpRequest, path: str) -> HttpResponse:
    """Serve one file: one of the folder, one of the few of the library, or one that follows from the configuration."""
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
    lent = {f"allauth/{path.name}": path.read_bytes() for path in LIBRARY}
    return found | lent | {path: text.encode() for path, text in made.items()}
