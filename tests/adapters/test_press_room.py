"""The press room as files."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from publisher.adapters import press_room
from publisher.adapters.press_room import Entry, Site

SITE = Site("https://presse.valmont.example", "Ville de Valmont")
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entry(slug: str, published: str = "2026-05-02T09:00:00+02:00", **changes: str) -> Entry:
    return Entry(
        **{"slug": slug, "title": f"Titre {slug}", "summary": "Résumé & suite", "published": published, "updated": published} | changes
    )


def put(room: Path, one: Entry) -> None:
    press_room.write_page(room, one, {"index.html": f"<h1>{one.title}</h1>", "entry.html": f"<li>{one.slug}</li>"})


def test_a_page_is_a_folder_with_all_its_files(tmp_path):
    put(tmp_path, entry("2026-fete"))
    assert sorted(file.name for file in (tmp_path / "2026-fete").iterdir()) == ["entry.html", "entry.json", "index.html"]
    assert press_room.read_entry(tmp_path / "2026-fete") == entry("2026-fete")


def test_list_feed_and_map_are_derived_newest_first_whatever_the_offset(tmp_path):
    put(tmp_path, entry("older", "2026-05-02T09:30:00+02:00"))
    put(tmp_path, entry("newer", "2026-05-02T08:00:00+00:00"))
    press_room.rebuild(tmp_path, SITE, f"<ul>\n{press_room.ENTRIES}\n</ul>")
    assert (tmp_path / "index.html").read_text() == "<ul>\n<li>newer</li>\n<li>older</li>\n</ul>"
    feed = ET.parse(tmp_path / "feed.xml").getroot()
    assert [element.findtext(f"{ATOM}id") for element in feed.findall(f"{ATOM}entry")] == [
        "https://presse.valmont.example/newer/",
        "https://presse.valmont.example/older/",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-05-02T08:00:00+00:00"
    assert feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary") == "Résumé & suite"
    places = [url.findtext(f"{MAP}loc") for url in ET.parse(tmp_path / "sitemap.xml").getroot()]
    assert places == [f"https://presse.valmont.example/{path}" for path in ("", "newer/", "older/")]


def test_an_empty_room_still_has_a_list_a_feed_and_a_map(tmp_path):
    press_room.rebuild(tmp_path, SITE, press_room.ENTRIES)
    assert ET.parse(tmp_path / "feed.xml").getroot().findtext(f"{ATOM}updated") == press_room.NEVER
    assert (tmp_path / "index.html").read_text() == ""


def test_a_folder_without_its_page_is_not_public_and_not_listed(tmp_path):
    put(tmp_path, entry("half"))
    (tmp_path / "half" / "index.html").unlink()
    (tmp_path / "images").mkdir()
    press_room.rebuild(tmp_path, SITE, press_room.ENTRIES)
    assert (tmp_path / "index.html").read_text() == ""


def test_a_damaged_entry_is_left_out_and_breaks_nothing(tmp_path):
    put(tmp_path, entry("good"))
    put(tmp_path, entry("bad"))
    (tmp_path / "bad" / "entry.json").write_text("{")
    press_room.rebuild(tmp_path, SITE, press_room.ENTRIES)
    assert (tmp_path / "index.html").read_text() == "<li>good</li>"


def test_a_removed_page_leaves_list_feed_and_map_under_the_same_shell(tmp_path):
    put(tmp_path, entry("stays"))
    put(tmp_path, entry("goes"))
    press_room.rebuild(tmp_path, SITE, f"<ul>{press_room.ENTRIES}</ul>")
    press_room.remove_page(tmp_path, "goes")
    press_room.rebuild(tmp_path, SITE)
    assert (tmp_path / "index.html").read_text() == "<ul><li>stays</li></ul>"
    assert not (tmp_path / "goes").exists()
    assert b"goes" not in (tmp_path / "feed.xml").read_bytes() + (tmp_path / "sitemap.xml").read_bytes()


def test_removing_twice_is_harmless(tmp_path):
    put(tmp_path, entry("goes"))
    press_room.remove_page(tmp_path, "goes")
    press_room.remove_page(tmp_path, "goes")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", ["", ".", "..", "../elsewhere", "a/b", ".hidden", "A"])
def test_only_a_slug_leads_to_a_folder(tmp_path, slug):
    (tmp_path / "index.html").write_text("precious")
    with pytest.raises(ValueError, match="not a slug"):
        press_room.remove_page(tmp_path, slug)
    assert (tmp_path / "index.html").read_text() == "precious"
