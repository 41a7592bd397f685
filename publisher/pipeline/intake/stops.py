"""The single full stop that a title must not end with (adaptation.md R3)."""

import re

from publisher.text.patterns import late

_STOP = late(r"(?<![.!?…])[ \u00a0\u202f]?\.$")
_ABBREVIATION = late(
    r"(?:(?<![^\W_])(?:etc|cf|ex|art|av|apr|bd|vol|no|hab|env|min|max|tél|dir|prés|st|ste|cie|dr|pr|mgr|mme|mlle|sq|s\.v\.p|r\.s\.v\.p|j\.-c)"
    r"|(?:[^\W\d_]\.[ \u00a0-]?)+[^\W\d_])\.$",
    re.IGNORECASE,
)


def without_final_stop(title: str) -> str:
    """Return the title without its final full stop; an ellipsis, another mark or an abbreviation (« etc. ») stays."""
    return title if _ABBREVIATION.search(title) else _STOP.sub("", title)
