"""Which language people are spoken to in: one catalogue, read by stdlib gettext here and by Django in the pages."""

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "django"
LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "fr"

_current = DEFAULT_LANGUAGE
_here: ContextVar[str | None] = ContextVar("language", default=None)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark an English source sentence for translation without translating it yet."""
    return message


def _(message: str) -> str:
    """Return the sentence in the current language, or the source sentence if the catalogue lacks it."""
    return _catalogue(current()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the singular or the plural sentence for n in the current language."""
    return _catalogue(current()).ngettext(singular, plural, n)


def activate(language: str) -> None:
    """Speak this language from now on, in this process ("fr" or "en")."""
    global _current  # noqa: PLW0603 - one process speaks one language at a time; the pages use Django's own per-request one
    _current = language


def current() -> str:
    """Return the language spoken here: in this answer to somebody, if one is being written, else in this process ("fr" or "en")."""
    return _here.get() or _current


@contextmanager
def answering(language: str) -> Iterator[None]:
    """Speak this language in what the block does, whatever this process speaks: a page or a letter is in that of whoever reads it."""
    before = _here.set(language)
    try:
        yield
    finally:
        _here.reset(before)


def from_environment(environ: Mapping[str, str] | None = None, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the language that the environment asks for; C, POSIX and unknown languages ask for nothing: `default`."""
    environ = os.environ if environ is None else environ
    wanted = next((environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    for tag in wanted.split(":"):
        language = tag.replace("-", "_").split(".")[0].split("_")[0].lower()
        if language in {SOURCE_LANGUAGE, "fr"}:
            return language
    return default


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_DIR, [language], fallback=True)
