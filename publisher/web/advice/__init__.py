"""What the help says: a page for each reason of `publisher.pipeline.reasons`, and for the words of the house."""

from collections.abc import Mapping, Sequence

from publisher.web.advice import agreement, broken, decisions, hour, stopped, vocabulary, waiting
from publisher.web.advice.page import Page

THEMES: Sequence[tuple[str, Sequence[Page]]] = tuple(
    (module.THEME, module.PAGES) for module in (waiting, agreement, stopped, broken, hour, decisions, vocabulary)
)
"""In the order of the index."""

PAGES: Mapping[str, Page] = {page.slug: page for _theme, pages in THEMES for page in pages}
"""By slug."""
