"""Icons of Lucide (LICENSE), as its package has them, drawn into the page itself: nothing is fetched for them."""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent

_OPENING = re.compile(r"<!--.*?-->\s*<svg\b[^>]*>", re.DOTALL)
_DRAWN = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'


@cache
def drawn(name: str) -> SafeString:
    """Return an icon as markup: it stands beside words, and is nothing to be read. Raises OSError."""
    markup = _OPENING.sub(_DRAWN, (FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    return mark_safe(" ".join(markup.split()))  # noqa: S308 - files of the package, no input
