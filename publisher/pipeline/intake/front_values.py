"""What the front matter holds once it is read, and the error for one that cannot be taken: known to those who find it and who read it."""

from typing import NamedTuple

from publisher.errors import IntakeError


class Value(NamedTuple):
    """A scalar (str), a list or a mapping of values, and the line of the document where it begins."""

    content: "str | list[Value] | dict[str, Value]"
    line: int


def error(sentence: str, /, **params: object) -> IntakeError:
    """Return the error for a front matter that cannot be taken as it is."""
    return IntakeError("front-matter", sentence, **params)
