"""The press room as files: what the static-site adapter writes, each file replaced whole or not at all.

A page is a folder named by its slug. Beside its index.html stand entry.html (its line in the list) and entry.json (what
the feed and the map of the site need), so that everything else is derived from files and may be built again at any time.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from publisher.files import sync, write_whole

ENTRIES = "<!-- entries -->"
FEED_LENGTH = 30
NEVER = "1970-01-01T00:00:00+00:00"

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Site:
    """What the whole press room says of itself; `url` has no final slash."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the press room; instants are ISO 8601 with offset. `published` never changes once written."""

    slug: str
    title: str
    summary: str
    published: str
    updated: str


def read_entry(page: Path) -> Entry | None:
    """Return what stands beside a page, or None if the folder holds no page of ours."""
    try:
        return Entry(**json.loads((page / "entry.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_page(room: Path, entry: Entry, files: Mapping[str, str]) -> None:
    """Write a page's files; index.html comes last, because it is what makes the page public."""
    page = _page(room, entry.slug)
    page.mkdir(parents=True, exist_ok=True)
    beside = {**files, "entry.json": json.dumps(asdict(entry), ensure_ascii=False, indent=1)}
    for name in sorted(beside, key=lambda name: (name == "index.html", name)):
        write_whole(page / name, beside[name].encode())


def remove_page(room: Path, slug: str) -> None:
    """Take a page away, index.html first; a page that is not there is not an error."""
    page = _page(room, slug)
    if not page.is_dir():
        return
    for file in sorted(page.iterdir(), key=lambda file: (file.name != "index.html", file.name)):
        file.unlink()
    page.rmdir()
    sync(room)


def rebuild(room: Path, site: Site, shell: str | None = None) -> None:
    """Derive list, feed and map from the pages that are there; repeatable. `shell` is the list's page around ENTRIES.

    Without a shell (after a withdrawal) the one kept from the last publication is used.
    """
    entries = _entries(room)
    kept = room / ".index.shell"
    if shell is None:
        shell = kept.read_text("utf-8") if kept.exists() else ENTRIES
    else:
        write_whole(kept, shell.encode())
    lines = "\n".join((room / entry.slug / "entry.html").read_text("utf-8") for entry in entries)
    write_whole(room / "index.html", shell.replace(ENTRIES, lines).encode())
    write_whole(room / "feed.xml", feed(site, entries[:FEED_LENGTH]))
    write_whole(room / "sitemap.xml", sitemap(site, entries))


def feed(site: Site, entries: list[Entry]) -> bytes:
    """Return the Atom feed; an entry's id is its address and never changes (RFC 4287 §4.2.6)."""
    root = ET.Element("feed", {"xmlns": _ATOM})
    _child(root, "id", f"{site.url}/")
    _child(root, "title", site.name)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{site.url}/feed.xml"})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{site.url}/"})
    _child(ET.SubElement(root, "author"), "name", site.name)
    _child(root, "updated", max((entry.updated for entry in entries), key=datetime.fromisoformat, default=NEVER))
    for entry in entries:
        _feed_entry(root, site, entry)
    return _xml(root)


def sitemap(site: Site, entries: list[Entry]) -> bytes:
    """Return the map of the site: the list and every page."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    _child(ET.SubElement(root, "url"), "loc", f"{site.url}/")
    for entry in entries:
        url = ET.SubElement(root, "url")
        _child(url, "loc", f"{site.url}/{entry.slug}/")
        _child(url, "lastmod", entry.updated)
    return _xml(root)


def _page(room: Path, slug: str) -> Path:
    """Return the folder of a page. Nothing but a name of our own making may lead there: "" would be the whole room."""
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", slug):
        message = f"not a slug: {slug!r}"
        raise ValueError(message)
    return room / slug


def _feed_entry(root: ET.Element, site: Site, entry: Entry) -> None:
    element = ET.SubElement(root, "entry")
    _child(element, "id", f"{site.url}/{entry.slug}/")
    _child(element, "title", entry.title)
    ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": f"{site.url}/{entry.slug}/"})
    _child(element, "published", entry.published)
    _child(element, "updated", entry.updated)
    _child(element, "summary", entry.summary)


def _entries(room: Path) -> list[Entry]:
    """Newest first; a folder whose index.html is missing is not public and is not listed."""
    pages = [page for page in room.iterdir() if (page / "index.html").is_file() and (page / "entry.html").is_file()]
    entries = [entry for page in pages if (entry := read_entry(page)) is not None]
    return sorted(entries, key=lambda entry: (datetime.fromisoformat(entry.published), entry.slug), reverse=True)


def _child(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
