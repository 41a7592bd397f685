"""HTML made safe by an allow-list before it reaches a page or a mail: nothing that runs, nothing that fetches, nothing that hides."""

import re
from html import unescape

_TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br caption cite code dd dl dt em h2 h3 h4 h5 h6 hr i li ol p pre q s strong sub sup
        table tbody td tfoot th thead tr ul""",
    )
)
_ATTRIBUTES = {"*": {"lang"}, "a": {"href"}, "abbr": {"title"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "scope"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FIRST_LEVEL = re.compile(r"(</?)h1\b", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|li|h[2-6]|tr|blockquote|pre|dd|dt|caption)>|<br ?/?>")


def sanitised(html: str) -> str:
    """Return the HTML with only the allowed elements, attributes and kinds of address; the title stays the only h1."""
    import nh3

    lowered = _FIRST_LEVEL.sub(r"\1h2", html)
    clean = nh3.clean(lowered, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    # a plain character reads the same everywhere, also where entities are shown as they are
    return clean.replace("&nbsp;", "\u00a0").strip("\n")


def words(html: str) -> str:
    """Return the plain text of sanitised HTML, one line per block: for checks, not for reading."""
    import nh3

    return unescape(nh3.clean(_BLOCK_END.sub("\n", html), tags=set()))
