import json
import os
from pathlib import Path

import pytest

from publisher.errors import StorageError
from publisher.pipeline.preview import as_json, as_page, files
from tests.pipeline.preview import made


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "there" / "preview"


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_every_text_is_a_file_of_its_own(folder, config):
    files.write(folder, made.rendering(), config)
    assert names(folder) == [
        "mail/message.html",
        "mail/message.txt",
        "preview.html",
        "preview.json",
        "site/page.html",
        "thread/post-1.txt",
        "thread/post-2.txt",
        "thread/single.txt",
        "wall/post.txt",
    ]


def test_a_text_is_written_byte_for_byte(folder, config):
    payload = made.Payload((made.Step("post", "post", {"text": "12\u00a0%\r\n\n«\u202foui\u202f» {permalink}\n"}),))
    files.write(folder, made.rendering(made.variant("wall", made.Fake(), payload)), config)
    assert (folder / "wall/post.txt").read_bytes() == "12\u00a0%\r\n\n«\u202foui\u202f» {permalink}\n".encode()


def test_the_page_of_a_site_is_the_whole_page(folder, config):
    files.write(folder, made.rendering(), config)
    assert (folder / "site/page.html").read_text("utf-8") == made.SITE.steps[0].content["document"]


def test_the_page_and_the_document_are_those_of_the_preview(folder, config):
    files.write(folder, made.rendering(), config, ["wall"])
    assert (folder / "preview.html").read_text("utf-8") == as_page(made.rendering(), config, ["wall"])
    assert json.loads((folder / "preview.json").read_text("utf-8")) == as_json(made.rendering(), config, ["wall"])


def test_what_an_earlier_preview_wrote_and_holds_no_more_is_removed(folder, config):
    files.write(folder, made.rendering(), config)
    (folder / "wall" / "mine.txt").write_text("kept")
    files.write(folder, made.rendering(made.VARIANTS[1]), config)
    assert names(folder) == ["preview.html", "preview.json", "wall/mine.txt", "wall/post.txt"]


OUTSIDE = '{"channels": {"..": {"steps": [{"id": "kept", "text": ""}], "alternative": []}}}'


@pytest.mark.parametrize("earlier", ["", "[]", "{}", '{"channels": {"x": 1}}', OUTSIDE])
def test_an_earlier_document_cannot_remove_anything_else(folder, config, earlier):
    folder.mkdir(parents=True)
    (folder / "preview.json").write_text(earlier)
    (folder.parent / "kept.txt").write_text("kept")
    files.write(folder, made.rendering(made.VARIANTS[1]), config)
    assert (names(folder), (folder.parent / "kept.txt").read_text()) == (["preview.html", "preview.json", "wall/post.txt"], "kept")


def test_a_file_in_the_way_is_one_sentence(folder, config):
    folder.parent.mkdir()
    folder.write_text("mine")
    with pytest.raises(StorageError) as caught:
        files.write(folder, made.rendering(), config)
    expected = f"{folder} cannot be written: a part of its path is a file; correct the path."
    assert (str(caught.value), folder.read_text()) == (expected, "mine")


def test_a_full_disk_leaves_what_was_there(folder, config, monkeypatch):
    files.write(folder, made.rendering(made.VARIANTS[1]), config)
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    write_text = Path.write_text

    def fill_up(path, *arguments, **options):
        if "preview.html" in path.name:
            raise OSError(28, os.strerror(28), str(path))
        return write_text(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", fill_up)
    with pytest.raises(StorageError):
        files.write(folder, made.rendering(), config)
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
