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


def without_lines(reading: Reading, selection: Selection, config: Config) -> Selection:
    """Return the selection with what became of the press contact and the link lines."""
    announcement = reading.announcement
    own = [link for link in announcement.links if _is_own(link, config)]
    others = [link for link in announcement.links if link not in own]
    contact = announcement.contact
    never = (*([_words_of_contact(contact)] if contact else []), *map(_words_of_link, own))
    return selection._replace(left_out=(*selection.left_out, *map(_words_of_link, others)), not_carried=never)


def _is_own(link: Link, config: Config) -> bool:
    """Tell whether a line only says where the town is found: an address on its website, or no more than a home page.

    A bare address with a path may be a form, a ticket office or an account: which of them, no rule can tell, so it counts as said.
    """
    site, there = host(config.town.site_url or ""), host(link.url)
    if site and (there == site or there.endswith(f".{site}")):
        return True
    return _is_bare(link) and _is_home_page(link.url)


def _is_home_page(url: str) -> bool:
    """Tell whether the address is that of a home page; one that nobody can read is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not (parts.query or parts.fragment or parts.path.strip("/"))


def _is_bare(link: Link) -> bool:
    return bare_address(link.text) == bare_address(link.url)


def _words_of_link(link: Link) -> str:
    named = link.text.rstrip(" :")
    return link.url if _is_bare(link) else f"{named} {'–' if ':' in named else ':'} {link.url}"


def _words_of_contact(contact: PressContact) -> str:
    who = ", ".join(filter(None, [contact.name, contact.role]))
    return "Contact presse : " + " – ".join(filter(None, [who, contact.phone, contact.email]))
