from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from publisher.testing.simulator import Simulator


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    (folder / "fête").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "index.html").write_text("liste", encoding="utf-8")
    (folder / "fête" / "index.html").write_text("page", encoding="utf-8")
    (folder / "feed.xml").write_text("<feed/>", encoding="utf-8")
    (folder / "data").write_bytes(b"\0")
    (folder / ".index.shell").write_text("hidden", encoding="utf-8")
    (tmp_path / "secret").write_text("outside", encoding="utf-8")
    (folder / "way-out").symlink_to(tmp_path / "secret")
    with Simulator([], site=folder) as simulator:
        yield f"{simulator.url}/site"


@pytest.mark.parametrize(
    ("path", "status", "kind", "body"),
    [
        ("/", 200, "text/html; charset=utf-8", b"liste"),
        ("/?page=2", 200, "text/html; charset=utf-8", b"liste"),
        ("/f%C3%AAte/", 200, "text/html; charset=utf-8", b"page"),
        ("/feed.xml", 200, "text/xml; charset=utf-8", b"<feed/>"),
        ("/data", 200, "application/octet-stream", b"\0"),
        ("/empty/", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/nothing", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/feed.xml/", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/.index.shell", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/%2e%2e/secret", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/..%2fsecret", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/way-out", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/a%00b", 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
        ("/" + "a" * 300, 404, "text/plain; charset=utf-8", b"404 Not Found\n"),
    ],
)
def test_a_folder_is_shown_as_web_servers_show_it(site: str, path: str, status: int, kind: str, body: bytes) -> None:
    answer = requests.get(site + path, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (status, kind, body)


def test_a_folder_without_its_slash_leads_to_the_one_with_it(site: str) -> None:
    answer = requests.get(f"{site}/f%C3%AAte", timeout=5, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/site/f%C3%AAte/")
    assert requests.get(f"{site}/f%C3%AAte", timeout=5).text == "page"
    assert requests.get(site, timeout=5).text == "liste"


def test_nobody_writes_through_the_web_server(site: str) -> None:
    assert requests.post(f"{site}/", data="x", timeout=5).status_code == 405


def test_without_a_folder_there_is_no_site() -> None:
    with Simulator([]) as simulator:
        assert requests.get(f"{simulator.url}/site/", timeout=5).status_code == 404
