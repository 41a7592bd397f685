"""Keeps the French catalogue: extracts the source sentences, keeps the translations, compiles the .mo.

Without argument it rewrites both files; with --check it changes nothing and says what is not in order. The translations
themselves are written by hand, in publisher/locale/fr/LC_MESSAGES/django.po.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PO = ROOT / "publisher/locale/fr/LC_MESSAGES/django.po"
METHODS = [("**.py", "python"), ("**/preview/templates/**.j2", "jinja2"), ("**/testing/templates/**.j2", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2), "pgettext_lazy": ((1, "c"), 2)}

# What argparse says to those who call a command wrongly, in Python 3.11 to 3.14; it reads our catalogue (cli/__init__.py).
ARGPARSE = (
    "usage: ",
    "%(heading)s:",
    "positional arguments",
    "options",
    "show this help message and exit",
    "argument %(argument_name)s: %(message)s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    ("expected %s argument", "expected %s arguments"),
    "ignored explicit argument %r",
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)",
    "not allowed with argument %s",
    "one of the arguments %s is required",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
)
# What the libraries of the pages say otherwise than we would; our catalogue counts more than theirs.
LIBRARIES = (
    "Authenticator code",
    "Incorrect code.",
    "Incorrect password.",
    "New Password (again)",
    "Please type your current password.",
    "The two password fields didn’t match.",
    "The username and/or password you specified are not correct.",
    "This account is currently inactive.",
    "This field is required.",
    "Too many failed login attempts. Try again later.",
    "Username",
    "You must type the same password each time.",
    "Your password can’t be a commonly used password.",
    "Your password can’t be too similar to your other personal information.",
)
TYPEWRITTEN = re.compile(r"« | [»:;!?](?!\w)|(?<=\w)'(?=\w)|\.\.\.")


SENTENCE = re.compile(r"""{% translate (?:"([^"]+)"|'([^']+)') %}|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}""")
PLACE = re.compile(r"%(?:\(\w+\))?[a-z]")


class French(Catalog):
    """A catalogue whose header says only what never changes, so that two branches do not conflict over it."""

    mime_headers = property(
        lambda self: [
            ("Language", "fr"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]
    )


def source() -> French:
    """Return the catalogue of all source sentences, untranslated; an entry names the files that say it."""
    catalog = French(locale="fr", header_comment="# French sentences of Publisher.", fuzzy=False)
    for name, _line, message, comments, _context in extract_from_dir(ROOT / "publisher", METHODS, keywords=KEYWORDS):
        catalog.add(message, None, [(f"publisher/{name}", None)], auto_comments=comments)
    for path in sorted((ROOT / "publisher/web/templates").rglob("*.html")):
        for message in in_template(path.read_text("utf-8")):
            catalog.add(message, None, [(path.relative_to(ROOT).as_posix(), None)])
    for message in ARGPARSE:
        catalog.add(message, None, [("argparse", None)])
    for message in LIBRARIES:
        catalog.add(message, None, [("libraries", None)])
    return catalog


def in_template(text: str) -> Iterator[str]:
    """Yield the sentences of a Django template, its places written as gettext knows them."""
    for found in SENTENCE.finditer(text):
        yield re.sub(r"{{ (\w+) }}", r"%(\1)s", found[1] or found[2] or found[3])


def updated(previous: Catalog) -> French:
    """Return the source catalogue with the translations that were there."""
    catalog = source()
    for message in catalog:
        known = previous.get(message.id)
        if message.id and known:
            message.string = known.string
    return catalog


def faults(catalog: Catalog) -> Iterator[str]:
    """Tell which sentences lack a good French one."""
    for message in catalog:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(strings):
            yield f"not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        else:
            sources = message.id if isinstance(message.id, tuple) else (message.id,)
            if any(_places(string) - _places(sources[-1]) for string in strings) or _places(sources[-1]) - _places(strings[-1]):
                yield f"other places than in the source: {message.id!r}"
            yield from (f"typewriter typography: {string!r}" for string in strings if TYPEWRITTEN.search(string))


def _places(sentence: str) -> set[str]:
    return set(PLACE.findall(sentence))


def po_text(catalog: Catalog) -> bytes:
    """Return the .po file, in the order of the source sentences."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def mo_text(catalog: Catalog) -> bytes:
    """Return the .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def previous() -> Catalog:
    """Return the catalogue on disk, empty if there is none."""
    if not PO.exists():
        return French(locale="fr")
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def main() -> int:
    """Rewrite, or check."""
    catalog = updated(previous())
    files = {PO: po_text(catalog), PO.with_suffix(".mo"): mo_text(catalog)}
    remarks = list(faults(catalog))
    if "--check" in sys.argv:
        stale = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
        remarks += [f"not up to date (run make messages): {path.relative_to(ROOT)}" for path in stale]
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    print(*remarks, f"{len(catalog)} sentences, {len(remarks)} remarks", sep="\n")
    return int(bool(remarks) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
