"""What a platform is to its callers over HTTP: the base of such a simulator's rules.

A platform writes each request to its ledger, synced, before anything else, then what it accepted, then its answer's status;
only then does an answer leave. Opened again on the same file, it is in the state in which it was.
"""

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from publisher.testing.faults import Fault
from publisher.testing.ledger import Entry
from publisher.testing.simulated import Clock, Simulated

SPOKEN_OF = ("content-type", "user-agent", "connection", "accept-encoding")


@dataclass(frozen=True, slots=True)
class Request:
    """One request: absolute `url` as the caller wrote it, `path` below the platform's API base, header names in lower case."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the address, decoded, in order."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, before any fault."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One publication as readers see it.

    `reply_to` is the id of what it continues, `path` its address below the platform's page, `card` the page that it shows a card of.
    """

    id: str
    author: str
    text: str
    at: datetime
    path: str
    reply_to: str | None = None
    deleted: bool = False
    card: str | None = None


def json_answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer in JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def phrase(status: int) -> str:
    """Return the words of a status, for those that have none too."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Platform(Simulated):
    """The rules and the memory of one platform that is called over HTTP."""

    def __init__(self, clock: Clock, log: Path | None = None) -> None:
        self._received = 0
        super().__init__(clock, log)

    @property
    def requests(self) -> list[Entry]:
        """Every request received: method, path, headers (secrets hidden), body as text."""
        return self.entries("request")

    def receive(self, request: Request) -> tuple[int, Fault | None]:
        """Write a request down before anything else; return its number and the fault that is to hit it, if any."""
        spoken = {name: value for name, value in request.headers.items() if name in SPOKEN_OF}
        if "authorization" in request.headers:
            spoken["authorization"] = request.headers["authorization"].partition(" ")[0] + " …"
        query = self._discreet(urlsplit(request.url).query)
        body = self._discreet(request.body.decode("utf-8", "backslashreplace"))
        with self.lock:
            number = self._received + 1
            self.record("request", number=number, method=request.method, path=request.path, query=query, headers=spoken, body=body)
        return number, self.faults.next(f"{request.method} {request.path}")

    def _discreet(self, text: str) -> str:
        """Return the text without the secrets that a caller put where they do not belong."""
        for secret in self.secrets.values():
            text = text.replace(secret, "…")
        return text

    def act(self, request: Request) -> Answer:
        """Let the platform treat a request by its rules, one at a time."""
        with self.lock:
            return self.answer(request)

    def standard_headers(self) -> Mapping[str, str]:
        """Return the headers of every answer."""
        return {"Date": format_datetime(self.now(), usegmt=True)}

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Treat a request: record what is accepted, return the answer."""

    @abstractmethod
    def error(self, status: int) -> Answer:
        """Return the platform's own words for an error status."""

    @abstractmethod
    def timeline(self) -> Sequence[Shown]:
        """Return everything ever published, oldest first, deleted ones too, as readers see it."""

    def settings(self, url: str) -> Mapping[str, object]:
        """Return the API base."""
        return {"api_base": url}

    def page(self, path: str) -> Answer | None:
        """Return the timeline, the log, or one thread."""
        from publisher.testing import pages

        return pages.page(self, path)

    def _learn(self, entry: Entry) -> None:
        if entry["event"] == "request":
            self._received += 1
        super()._learn(entry)
