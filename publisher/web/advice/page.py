"""One page of help."""

from typing import NamedTuple

from publisher.pipeline.reasons import Reason


class Page(NamedTuple):
    """What happened, what the program did, what a person can do: source sentences. The slug is the reason's code, or a word's."""

    slug: str
    title: str
    happened: str
    did: str
    can: str

    @property
    def is_word(self) -> bool:
        """Whether it explains a word of the house instead of something that happened."""
        return self.slug not in set(Reason)
