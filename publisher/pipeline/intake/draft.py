"""What intake has understood so far of one document: each step takes its blocks out of the text and writes them down here."""

from dataclasses import dataclass, field
from datetime import date as day  # a field is called date
from datetime import datetime, time

from publisher.announcement import Link, Medium, PressContact
from publisher.errors import Problem
from publisher.pipeline.intake.source import Block


@dataclass(slots=True)
class Draft:
    """Fields of the announcement as the text states them.

    `subject_line`: the subject of the mail that the text was pasted from.
    `origins`: for each field, the line numbers and the words it was read from; `asides`: the same of what no field holds.
    `doubts`: problems of a field, which are moot when the front matter states that field.
    """

    type: str | None = None
    title: str | None = None
    subject_line: str | None = None
    place: str | None = None
    date: day | None = None
    hour: time | None = None
    standfirst: str | None = None
    contact: PressContact | None = None
    links: list[Link] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    hashtags: list[str] = field(default_factory=list)
    embargo_until: datetime | None = None
    at_once: bool = False
    body: str = ""
    origins: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    doubts: dict[str, list[Problem]] = field(default_factory=dict)
    asides: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read_from(self, block: Block, *fields: str) -> None:
        """Note that the block stated these fields, in case the front matter states them otherwise."""
        for name in fields:
            self.origins.setdefault(name, []).append((block.line, block.text))

    def put_aside(self, block: Block) -> None:
        """Keep the block for a person to see: no field holds all that it says."""
        self.asides.append((block.line, block.text))
