"""The whole way with the real intake, render and website: a Markdown file by one person, approved by another, on the disk at its minute."""

import dataclasses
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from publisher.adapters.registry import configure
from publisher.errors import IntakeError
from publisher.pipeline import planning, queue
from publisher.pipeline.plan import Request
from tests.pipeline.town import Town

COMMUNIQUE = """# Le marché change de place

Valmont-les-Tilleuls, le 24 novembre 2026

À partir du samedi 28 novembre 2026, le marché se tient place Basse, de 8 h à 13 h.

Les travaux de la place Haute durent trois mois.

Contact presse : Camille Dervaux, 01 99 00 12 34
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path) -> Iterator[str]:
    """The town's web server: the folder of the press room, seen by readers."""
    (tmp_path / "site").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site"))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def real(town, tmp_path, site) -> Town:
    """A website as files behind a web server, and a memory channel that links to it."""
    table = {"adapter": "static-site", "directory": str(tmp_path / "site"), "url": site}
    town.channels |= configure(dataclasses.replace(town.desk.config, channels={"website": table}), secrets=False)
    town.channel("memory", after=("website",))
    return town


def document(town: Town, text: str = COMMUNIQUE) -> Path:
    path = town.folder.parent / "marche.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_from_the_file_to_the_readers(real, tmp_path, site) -> None:
    plan = planning.read(real.desk, document(real), Request(at="2026-11-24T13:20"))
    queued = queue.queue(real.desk, real.who("camille"), plan)
    real.approve(queued.id)
    begun = real.work()
    assert list((tmp_path / "site").iterdir()) == []
    real.clock.move(minutes=20)
    real.work(begun)
    assert real.announcement_state(queued.id) == "published"
    address = real.delivery("website").steps.get().receipt.url
    page = tmp_path / "site" / address.rstrip("/").rpartition("/")[2] / "index.html"
    assert page.read_text("utf-8") == plan.parts[0].payload.steps[0].content["document"]
    (text,) = real.texts("memory")
    assert address.startswith(f"{site}/")
    assert text == plan.parts[1].payload.steps[0].content["text"].replace("{permalink}", address)
    assert address in text


def test_a_document_that_cannot_be_read_stores_nothing(real) -> None:
    with pytest.raises(IntakeError):
        planning.read(real.desk, document(real, ""), Request())
    with pytest.raises(IntakeError):
        planning.read(real.desk, real.folder / "missing.md", Request())
    assert real.announcements() == []
