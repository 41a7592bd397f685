"""The static site: what is written is what was sealed, and repeating changes nothing."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from publisher.adapters.base import Call, Message, Payload, Receipt, Step
from publisher.adapters.static_site import Config, StaticSite
from publisher.errors import NotSent, OutcomeUnknown, Rejected, Severity, Unsupported
from tests.disk import full_disk

from .sockets import answering, serving

SINCE = datetime(2026, 5, 2, tzinfo=UTC)


def site(room: Path, **changes) -> StaticSite:
    settings = {"adapter": "static-site", "directory": room, "url": "https://presse.valmont.example", "title": "Ville de Valmont"}
    return StaticSite(Config(**settings | changes))


def page(document: str = "<!doctype html><h1>Fête</h1>", slug: str = "2026-05-02-fete") -> Step:
    content = {"title": "Fête", "slug": slug, "summary": "Demain.", "html": "<p>Demain.</p>"}
    return Step("page", "page", content | {"document": document, "entry": f"<li>{slug}</li>", "index": "<ul><!-- entries --></ul>"})


def sha256(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def corrected(document: str = "<h1>two</h1>", slug: str = "2026-05-02-fete") -> Message:
    parts = {"html": "<p>Demain.</p>", "document": document, "entry": f"<li>{slug}</li>", "index": "<ul><!-- entries --></ul>"}
    return Message("website", "communique", "Fête", parts, slug=slug, summary="Demain.", note="La date était fausse.")


def public(room: Path) -> dict[str, str]:
    return {str(file.relative_to(room)): file.read_text() for file in sorted(room.rglob("*")) if file.is_file()}


def test_send_writes_the_page_the_list_the_feed_and_the_map(tmp_path):
    receipt = site(tmp_path).send(page(), {})
    seen = {"sha256": sha256("<!doctype html><h1>Fête</h1>")}
    assert receipt == Receipt("page", "2026-05-02-fete", "https://presse.valmont.example/2026-05-02-fete/", answer=seen)
    files = public(tmp_path)
    assert files["2026-05-02-fete/index.html"] == "<!doctype html><h1>Fête</h1>"
    assert files["index.html"] == "<ul><li>2026-05-02-fete</li></ul>"
    assert {"feed.xml", "sitemap.xml"} < set(files)


def test_without_an_address_the_receipt_invents_none(tmp_path):
    assert site(tmp_path, url=None).send(page(), {}).url is None


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


def test_correction_is_the_page_again_with_the_hash_of_the_one_it_replaces(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page("<h1>one</h1>"), {})
    before = adapter.prepare(corrected())
    assert adapter.correction(corrected(), [receipt]) == Payload(
        (replace(before.steps[0], content={**before.steps[0].content, "replaces": sha256("<h1>one</h1>")}),)
    )


def test_corrected_page_takes_the_place_of_the_first_keeps_its_date_and_its_entry(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page("<h1>one</h1>"), {})
    entry = tmp_path / "2026-05-02-fete" / "entry.json"
    first = json.loads(entry.read_text()) | dict.fromkeys(("published", "updated"), "2026-01-01T00:00:00+00:00")
    entry.write_text(json.dumps(first))
    (step,) = adapter.correction(corrected(), [receipt]).steps
    sent = adapter.send(step, {})
    assert (sent.remote_id, sent.url) == (receipt.remote_id, receipt.url)
    assert public(tmp_path)["2026-05-02-fete/index.html"] == "<h1>two</h1>"
    after = json.loads(entry.read_text())
    assert after["published"] == "2026-01-01T00:00:00+00:00"
    assert after["updated"] > "2026-11"
    feed = public(tmp_path)["feed.xml"]
    assert f"<id>{receipt.url}</id>" in feed
    assert f"<updated>{after['updated']}</updated>" in feed
    assert adapter.send(step, {}) == sent
    assert adapter.find(step, {}, SINCE) == sent
    assert json.loads(entry.read_text()) == after


def test_correction_of_a_page_that_somebody_changed_is_refused_and_the_page_left_alone(tmp_path):
    adapter = site(tmp_path)
    (step,) = adapter.correction(corrected(), [adapter.send(page("<h1>one</h1>"), {})]).steps
    (tmp_path / "2026-05-02-fete" / "index.html").write_text("<h1>by hand</h1>")
    with pytest.raises(Rejected) as refusal:
        adapter.send(step, {})
    assert refusal.value.code == "page-changed"
    assert public(tmp_path)["2026-05-02-fete/index.html"] == "<h1>by hand</h1>"


def test_correction_of_a_page_that_a_person_vouched_for_replaces_whatever_is_at_its_address(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page("<h1>one</h1>"), {})
    vouched = Receipt("page", None, "https://presse.valmont.example/2026-05-02-fete/")
    (step,) = adapter.correction(corrected(), [vouched]).steps
    assert step.content["replaces"] == "any"
    adapter.send(step, {})
    assert public(tmp_path)["2026-05-02-fete/index.html"] == "<h1>two</h1>"


def test_corrected_page_must_keep_its_address(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page(), {})
    with pytest.raises(Unsupported) as refusal:
        adapter.correction(corrected(slug="2026-05-03-fete"), [receipt])
    assert refusal.value.code == "address-differs"


def test_withdrawal_names_the_page(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page(), {})
    content = {"step": "page", "remote_id": "2026-05-02-fete", "url": "https://presse.valmont.example/2026-05-02-fete/"}
    for former in (receipt, receipt._replace(remote_id=None)):
        assert adapter.withdrawal(corrected(), [former]) == Payload((Step("withdraw-page", "withdraw", content),))


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


ROOM = 4096


def test_a_disk_that_is_full_before_the_page_is_public_leaves_nothing_behind(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page(slug="2026-05-01-reste"), {})
    before = public(tmp_path)
    with full_disk(ROOM), pytest.raises(NotSent) as failure:
        adapter.send(page("a" * (ROOM + 1)), {})
    assert str(failure.value) == (
        f"The press room {tmp_path} could not be written: it would be larger than this system allows; raise that limit."
    )
    assert {name: text for name, text in public(tmp_path).items() if not name.startswith("2026-05-02-fete/entry.")} == before


def test_a_disk_that_is_full_while_a_page_is_replaced_leaves_the_whole_page_that_was_there(tmp_path):
    adapter = site(tmp_path)
    receipt = adapter.send(page(), {})
    before = public(tmp_path)
    with full_disk(ROOM), pytest.raises(NotSent):
        adapter.send(*adapter.correction(corrected("a" * (ROOM + 1)), [receipt]).steps, {})
    after = public(tmp_path)
    assert {**after, "2026-05-02-fete/entry.json": ""} == {**before, "2026-05-02-fete/entry.json": ""}


def test_a_disk_that_is_full_after_the_page_leaves_the_list_whole_and_repeating_settles_it(tmp_path):
    adapter = site(tmp_path)
    adapter.send(page(slug="2026-05-01-reste"), {})
    before = public(tmp_path)
    shell = Step("page", "page", {**page().content, "index": "a" * ROOM + "<!-- entries -->"})
    with full_disk(ROOM), pytest.raises(OutcomeUnknown):
        adapter.send(shell, {})
    after = public(tmp_path)
    assert {name: after[name] for name in before} == before
    assert after["2026-05-02-fete/index.html"] == page().content["document"]
    adapter.send(shell, {})
    assert public(tmp_path)["index.html"] == "a" * ROOM + "<li>2026-05-02-fete</li>\n<li>2026-05-01-reste</li>"


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


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("kill -TERM $$", "The command sh that sends the press room was cut short (signal 15): check it by hand."),
        ("exit 12", "The command sh that sends the press room failed with code 12: check it by hand."),
    ],
)
def test_a_command_that_fails_or_is_cut_short_is_told_apart(tmp_path, command, sentence):
    with pytest.raises(OutcomeUnknown) as failure:
        site(tmp_path, command=("sh", "-c", command)).send(page(), {})
    assert str(failure.value) == sentence


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
    assert not adapter.visible(step, Receipt("page", "2026-05-02-fete", f"{address}/2026-05-02-fete/"))
    assert adapter.visible(step, adapter.send(step, {}))


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
    assert site(tmp_path).describe(Step("w", "withdraw", {"remote_id": "fete"})) == Call("remove", str(tmp_path / "fete"))
    assert list(tmp_path.iterdir()) == []


# --- before anything is published ---


def inspected(adapter: StaticSite) -> list[str]:
    problems = adapter.inspect()
    assert {problem.severity for problem in problems} <= {Severity.ERROR}
    return [problem.code for problem in problems]


@pytest.mark.parametrize(("status", "found"), [(200, []), (301, []), (404, []), (500, ["website-broken"]), (503, ["website-broken"])])
def test_a_website_that_answers_can_be_reached(tmp_path: Path, status: int, found: list[str]) -> None:
    with serving(answering(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        assert inspected(site(tmp_path / "new", url=server.url)) == found
    assert not (tmp_path / "new").exists()


def test_a_website_that_does_not_answer_is_found(tmp_path: Path) -> None:
    assert inspected(site(tmp_path, url="http://127.0.0.1:9", timeout=1.0)) == ["unreachable"]
    with serving(lambda connection: connection.recv(1000)) as server:
        assert inspected(site(tmp_path, url=server.url, timeout=1.0)) == ["no-answer"]


def test_a_folder_that_cannot_be_written_is_found_and_no_address_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert inspected(site(tmp_path / "file" / "presse", url=None)) == ["press-room-unwritable"]
    assert inspected(site(tmp_path, url=None)) == []


def test_it_leads_to_the_list_of_all_that_is_out(tmp_path: Path) -> None:
    assert site(tmp_path).account_page() == "https://presse.valmont.example"
    assert site(tmp_path, url=None).account_page() == ""
