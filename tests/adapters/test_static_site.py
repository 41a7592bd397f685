"""The static site: what is written is what was sealed, and repeating changes nothing."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from publisher.adapters.base import Receipt, Step
from publisher.adapters.static_site import Config, StaticSite
from publisher.errors import NotSent, OutcomeUnknown, Rejected

SINCE = datetime(2026, 5, 2, tzinfo=UTC)


def site(room: Path, **changes) -> StaticSite:
    settings = {"adapter": "static-site", "directory": room, "url": "https://presse.valmont.example", "title": "Ville de Valmont"}
    return StaticSite(Config(**settings | changes))


def page(document: str = "<!doctype html><h1>Fête</h1>", slug: str = "2026-05-02-fete") -> Step:
    content = {"title": "Fête", "slug": slug, "summary": "Demain.", "html": "<p>Demain.</p>"}
    return Step("page", "page", content | {"document": document, "entry": f"<li>{slug}</li>", "index": "<ul><!-- entries --></ul>"})


def public(room: Path) -> dict[str, str]:
    return {str(file.relative_to(room)): file.read_text() for file in sorted(room.rglob("*")) if file.is_file()}


def test_send_writes_the_page_the_list_the_feed_and_the_map(tmp_path):
    receipt = site(tmp_path).send(page(), {})
    assert receipt == Receipt("page", remote_id="2026-05-02-fete", url="https://presse.valmont.example/2026-05-02-fete/")
    files = public(tmp_path)
    assert files["2026-05-02-fete/index.html"] == "<!doctype html><h1>Fête</h1>"
    assert files["index.html"] == "<ul><li>2026-05-02-fete</li></ul>"
    assert {"feed.xml", "sitemap.xml"} < set(files)


def test_without_an_address_the_receipt_invents_none(tmp_path):
    assert site(tmp_path, url=None).send(page(), {}) == Receipt("page", remote_id="2026-05-02-fete")


def test_sending_again_changes_no_byte(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page(), {})
    before = public(tmp_path)
    entry = tmp_path / "2026-05-02-fete" / "entry.json"
    entry.write_text(entry.read_text().replace('"published": "20', '"published": "19'))  # as if it had been published long ago
    adapter.send(page(), {})
    after = public(tmp_path)
    name = "2026-05-02-fete/entry.json"
    assert json.loads(after[name])["published"][:2] == "19"
    assert {key: after[key] for key in after if key.endswith("html")} == {key: before[key] for key in before if key.endswith("html")}


def test_another_page_at_the_same_address_is_refused_and_left_alone(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page("<h1>one</h1>"), {})
    before = public(tmp_path)
    with pytest.raises(Rejected) as refusal:
        adapter.send(page("<h1>two</h1>"), {})
    assert refusal.value.code == "address-taken"
    assert public(tmp_path) == before


def test_find_knows_only_these_very_bytes(tmp_path):
    adapter = site(tmp_path)
    assert adapter.find(page(), {}, SINCE) is None
    receipt = adapter.send(page(), {})
    assert adapter.find(page(), {}, SINCE) == receipt
    assert adapter.find(page("<h1>other</h1>"), {}, SINCE) is None


def test_a_page_that_a_kill_left_unlisted_is_published_again(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page(slug="2026-05-01-avant"), {})
    before = public(tmp_path)
    adapter.send(page(), {})
    for name in ("index.html", "feed.xml", "sitemap.xml"):
        (tmp_path / name).write_text(before[name])
    assert adapter.find(page(), {}, SINCE) is None
    receipt = adapter.send(page(), {})
    assert adapter.find(page(), {}, SINCE) == receipt


@pytest.mark.parametrize("spoil", [lambda file: file.mkdir(parents=True), lambda file: (file.parent.mkdir(), file.write_bytes(b"\xff"))])
def test_a_page_that_cannot_be_read_is_told_in_one_sentence_and_left_alone(tmp_path, spoil):
    spoil(tmp_path / "2026-05-02-fete" / "index.html")
    with pytest.raises((NotSent, Rejected)) as failure:
        site(tmp_path).send(page(), {})
    assert failure.value.code in {"press-room-unwritable", "address-taken"}


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("https://presse.valmont.example/2026-05-02-fete/", "2026-05-02-fete"),
        ("https://presse.valmont.example/2026-05-02-fete", "2026-05-02-fete"),
        ("https://presse.valmont.example/2026-05-02-fete/index.html", "2026-05-02-fete"),
        ("https://presse.valmont.example/", None),
        ("https://presse.valmont.example/feed.xml", None),
        ("https://presse.valmont.example.evil.example/2026-05-02-fete/", None),
        ("https://evil.example/2026-05-02-fete/", None),
        ("http://169.254.169.254/latest/", None),
    ],
)
def test_only_an_address_of_the_press_room_is_recognised(tmp_path, address, slug):
    assert site(tmp_path).recognise(address, SINCE) == slug
    assert site(tmp_path, url=None).recognise(address, SINCE) is None


def test_correct_replaces_the_page_and_keeps_its_first_date(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page("<h1>one</h1>"), {})
    entry = tmp_path / "2026-05-02-fete" / "entry.json"
    first = json.loads(entry.read_text()) | {"published": "2026-01-01T00:00:00+00:00"}
    entry.write_text(json.dumps(first))
    assert adapter.correct(page("<h1>two</h1>"), receipt) == receipt
    assert public(tmp_path)["2026-05-02-fete/index.html"] == "<h1>two</h1>"
    assert json.loads(entry.read_text())["published"] == "2026-01-01T00:00:00+00:00"


def test_withdraw_takes_the_page_away_and_may_be_repeated(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page(slug="2026-05-01-reste"), {})
    receipt = adapter.send(page(), {})
    adapter.withdraw(receipt)
    adapter.withdraw(receipt)
    files = public(tmp_path)
    assert files["index.html"] == "<ul><li>2026-05-01-reste</li></ul>"
    assert not any("fete" in name for name in files)


def test_a_folder_that_cannot_be_written_means_that_nothing_left(tmp_path):
    (tmp_path / "room").write_text("a file, not a folder")
    with pytest.raises(NotSent) as failure:
        site(tmp_path / "room").send(page(), {})
    assert failure.value.code == "press-room-unwritable"


def test_a_list_that_cannot_be_written_after_the_page_leaves_the_outcome_open_and_repeating_settles_it(tmp_path):
    (tmp_path / "feed.xml").mkdir()
    with pytest.raises(OutcomeUnknown):
        site(tmp_path).send(page(), {})
    (tmp_path / "feed.xml").rmdir()
    assert site(tmp_path).send(page(), {}).remote_id == "2026-05-02-fete"


def test_the_command_runs_in_the_folder_after_everything_is_written(tmp_path):
    room, copy = tmp_path / "room", tmp_path / "copy"
    site(room, command=("cp", "-r", ".", str(copy))).send(page(), {})
    assert public(copy) == public(room)


def test_a_page_sent_elsewhere_by_the_command_is_not_vouched_for(tmp_path):
    adapter = site(tmp_path, command=("true",))
    adapter.send(page(), {})
    assert adapter.find(page(), {}, SINCE) is None


@pytest.mark.parametrize("command", [("false",), ("/nowhere/rsync",), ("sleep", "5")])
def test_a_command_that_fails_leaves_the_outcome_open(tmp_path, command):
    with pytest.raises(OutcomeUnknown) as failure:
        site(tmp_path, command=command, command_timeout=1).send(page(), {})
    assert failure.value.code == "upload-failed"


def test_the_words_of_a_failing_command_are_kept_for_the_operator(tmp_path):
    with pytest.raises(OutcomeUnknown) as failure:
        site(tmp_path, command=("sh", "-c", "echo connexion refusée >&2; exit 12")).send(page(), {})
    assert (failure.value.evidence.status, failure.value.evidence.body) == (12, "connexion refusée\n")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words) -> None:
        del words


@pytest.fixture
def address(tmp_path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_visible_once_readers_see_its_title(tmp_path, address):
    step = Step("page", "page", {**page().content, "title": "L’« été » & vous", "document": "<h1>L&#8217;« été » &amp; vous</h1>"})
    adapter = site(tmp_path, url=address)
    receipt = Receipt("page", "2026-05-02-fete", f"{address}/2026-05-02-fete/")
    assert not adapter.visible(step, receipt)
    assert adapter.send(step, {}) == receipt
    assert adapter.visible(step, receipt)


def test_another_page_at_the_address_is_not_ours(tmp_path, address):
    adapter = site(tmp_path, url=address)
    receipt = adapter.send(page(), {})
    (tmp_path / "2026-05-02-fete" / "index.html").write_text("<h1>Page introuvable</h1>")
    assert not adapter.visible(page(), receipt)


def test_a_page_without_an_address_cannot_be_seen(tmp_path):
    adapter = site(tmp_path, url=None)
    assert not adapter.visible(page(), adapter.send(page(), {}))


def test_a_dry_run_names_the_file_and_its_bytes_without_writing(tmp_path):
    call = site(tmp_path).describe(page("<h1>été</h1>"))
    assert (call.method, call.address) == ("write", str(tmp_path / "2026-05-02-fete" / "index.html"))
    assert call.content["bytes"] == len("<h1>été</h1>".encode())
    assert list(tmp_path.iterdir()) == []
