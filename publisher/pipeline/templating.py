"""The templates that the press office may edit, run in a sandbox over plain values; their mistakes become one sentence.

Rendering happens before approval only: what is sent was rendered, seen and sealed before.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    select_autoescape,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from publisher import __version__, shipped
from publisher.errors import RenderError
from publisher.i18n import N_

_SUFFIX = ".j2"
_HTML = (".html.j2", ".xml.j2")
_NAME = re.compile(r"'([^']+)'(?: is undefined)?$")


def render(folder: str, file: str, own: Path | None, values: Mapping[str, Any]) -> str:
    """Return what the template `folder/file` makes of the values: HTML is Markup, text has no blank line at either end.

    `own` is the town's folder for the channel (or holds it under its shipped name); it is looked into first, file by file.
    A template for the announcement's type goes before the common one: post.alerte.txt.j2 before post.txt.j2. Raises RenderError.
    """
    template = _template(folder, file, own, str(values["type"]))
    try:
        text = template.render(dict(values))
    except Exception as error:
        raise _mistake(error, template) from error
    text = text.strip("\n ")
    return Markup(text) if file.endswith(_HTML) else text  # noqa: S704 - the template has escaped what it was given


def _template(folder: str, file: str, own: Path | None, kind: str) -> Template:
    if own is not None and not own.is_dir():
        sentence = N_("The folder of templates %(path)s does not exist: correct “templates” in the channel's section.")
        raise RenderError("no-templates", sentence, path=own)
    places = _places(folder, own, shipped.templates())
    stem, _, suffix = file.partition(".")
    typed = f"{stem}.{kind}.{suffix}"
    name = f"{folder}/{typed if any((place / typed).is_file() for place in places) else file}"
    try:
        return _environment(folder, places).get_template(name)
    except TemplateSyntaxError as error:
        sentence = N_("%(file)s, line %(line)d: the template cannot be understood; correct this line (technical detail: %(reason)s).")
        raise RenderError("template-syntax", sentence, file=error.filename or name, line=error.lineno, reason=error.message) from error
    except TemplateNotFound as error:
        sentence = N_("The template %(file)s is missing: put it back, or remove “templates” from the channel's section.")
        raise RenderError("template-missing", sentence, file=name) from error
    except UnicodeDecodeError as error:
        sentence = N_("The template %(file)s is not a text file in UTF-8: save it again in that encoding.")
        raise RenderError("template-encoding", sentence, file=name) from error


@cache
def _places(folder: str, own: Path | None, shipped_templates: Path) -> tuple[Path, ...]:
    """Return the folders where a template is looked for, in order."""
    return (shipped_templates / folder,) if own is None else (own, own / folder, shipped_templates / folder)


@cache
def _environment(folder: str, places: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=PrefixLoader({folder: FileSystemLoader(places)}),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=_HTML, disabled_extensions=(_SUFFIX,)),
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_kept(),
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    return environment


def _kept() -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept between two commands, as Python keeps its modules; None if there is no such place.

    Compiling them takes longer than all the rest of a preview. Nobody else may write there: what is in it is executed.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "publisher" / f"templates-{__version__}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    safe = status.st_uid == os.getuid() and not status.st_mode & 0o022
    return FileSystemBytecodeCache(str(folder)) if safe and os.access(folder, os.W_OK) else None


def _mistake(error: Exception, template: Template) -> RenderError:
    """Tell a template's mistake by file and line, the innermost one for what it includes."""
    from traceback import extract_tb

    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(_SUFFIX)]
    place = {"file": frames[-1].filename, "line": frames[-1].lineno} if frames else {"file": template.filename or template.name, "line": 1}
    if isinstance(error, UndefinedError):
        name = _NAME.search(str(error))
        sentence = N_("%(file)s, line %(line)d: there is no “%(name)s” for templates; correct the name or remove it.")
        return RenderError("template-undefined", sentence, **place, name=name[1] if name else error)
    if isinstance(error, SecurityError):
        sentence = N_("%(file)s, line %(line)d: a template may not do this; remove it (technical detail: %(reason)s).")
        return RenderError("template-forbidden", sentence, **place, reason=error)
    sentence = N_("%(file)s, line %(line)d: the template fails; correct this line (technical detail: %(reason)s).")
    return RenderError("template-fails", sentence, **place, reason=error)
