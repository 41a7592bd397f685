"""The static site holds the contract of every adapter; on a disk little can go wrong in the ways of a network."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from publisher.adapters.base import Message
from publisher.adapters.static_site import Config, StaticSite
from publisher.testing import AdapterContract, Failure, Stage

PARTS = {"html": "<p>Demain.</p>", "document": "<h1>Fête</h1>", "entry": "<li>Fête</li>", "index": "<ul><!-- entries --></ul>"}
NO_NETWORK = "nothing answers when a file is written"


class TestContract(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        with tempfile.TemporaryDirectory() as folder:
            room = Path(folder) / "site"

            def pages() -> list[str]:
                return sorted(page.parent.name for page in room.glob("*/index.html"))

            yield Stage(
                adapter=StaticSite(Config(adapter="static-site", directory=room, url="https://presse.example", title="Ville de Valmont")),
                message=Message("website", "communique", "Fête", PARTS, slug="2026-05-02-fete", summary="Demain."),
                fail=lambda _: room.write_text("a file where the folder should be"),
                accepted=pages,
                calls=lambda: len(pages()),
                now=lambda: datetime.now(UTC),
                impossible=dict.fromkeys(set(Failure) - {Failure.UNREACHABLE}, NO_NETWORK),
            )
