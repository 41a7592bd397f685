"""What stands beside the text and has no place among paragraphs or sentences: press contact and link lines (adaptation.md R5, R8).

That such a channel never shows the press contact and the town's own addresses is its rule, and said as such. A line that leads
readers somewhere else (a ticket office, a form) is part of what is announced: without it something is left out.
"""

from urllib.parse import urlsplit

from publisher.announcement import Link, PressContact
from publisher.config import Config
from publisher.pipeline.adapt import Selection
from publisher.pipeline.reading import Reading
from publisher.pipeline.values import host
from publisher.text.blocks import bare_address

_BEFORE_A_NAME = frozenset(f"{kind}{of}" for kind in ("", "ville", "mairie", "commune") for of in ("", "de", "du", "des", "d"))


def without_lines(reading: Reading, selection: Selection, config: Config) -> Selection:
    """Return the selection with what became of the press contact and the link lines."""
    announcement = reading.announcement
    own = [link for link in announcement.links if _is_own(link, config)]
    others = [link for link in announcement.links if link not in own]
    contact = announcement.contact
    never = (*([_words_of_contact(contact)] if contact else []), *map(_words_of_link, own))
    return selection._replace(left_out=(*selection.left_out, *map(_words_of_link, others)), not_carried=never)


def _is_own(link: Link, config: Config) -> bool:
    """Tell whether a line only says where the town is found: on its website, on a home page, by an account of its own name.

    Another bare address with a path may be a form or a ticket office as well: no rule can tell, so it counts as said.
    """
    site, there = host(config.town.site_url or ""), host(link.url)
    if site and (there == site or there.endswith(f".{site}")):
        return True
    path = _only_path(link.url) if _is_bare(link) else None
    return path is not None and (not path or _names_the_town(path, site))


def _only_path(url: str) -> str | None:
    """Return the path of an address that has nothing behind it; None of another, or of one that nobody can read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return None if parts.query or parts.fragment else parts.path.strip("/")


def _names_the_town(path: str, site: str) -> bool:
    """Tell whether a path is the name of the website, as accounts have it: « valmont », « VilleDeValmont », « mairie-valmont »."""
    name = "".join(filter(str.isalnum, site.rpartition(".")[0].lower()))
    said = "".join(filter(str.isalnum, path.removeprefix("@").lower()))
    before = said.removesuffix("officiel").removesuffix(name)
    return bool(name) and name in said and before in _BEFORE_A_NAME


def _is_bare(link: Link) -> bool:
    return bare_address(link.text) == bare_address(link.url)


def _words_of_link(link: Link) -> str:
    named = link.text.rstrip(" :")
    return link.url if _is_bare(link) else f"{named} {'–' if ':' in named else ':'} {link.url}"


def _words_of_contact(contact: PressContact) -> str:
    who = ", ".join(filter(None, [contact.name, contact.role]))
    return "Contact presse : " + " – ".join(filter(None, [who, contact.phone, contact.email]))
