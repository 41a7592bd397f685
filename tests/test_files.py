import os
from pathlib import Path

import pytest

from publisher.files import write_whole


def test_a_file_is_replaced_whole_and_no_draft_is_left(tmp_path):
    write_whole(tmp_path / "page", b"one")
    write_whole(tmp_path / "page", b"two")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"page": b"two"}


def test_a_file_that_cannot_take_its_place_leaves_the_old_one_and_no_draft(tmp_path):
    (tmp_path / "page").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "page", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["page"]


def test_content_is_on_disk_before_the_name_and_the_name_before_it_counts(tmp_path, monkeypatch):
    synced = []

    def sync(opened: int) -> None:
        synced.append((Path(f"/proc/self/fd/{opened}").readlink(), list(tmp_path.iterdir())))

    monkeypatch.setattr(os, "fsync", sync)
    write_whole(tmp_path / "page", b"one")
    (draft, before), (folder, after) = synced
    assert (before, folder, after) == ([draft], tmp_path, [tmp_path / "page"])


@pytest.mark.parametrize(("mode", "rights"), [(0o666, 0o644), (0o600, 0o600)])
def test_who_may_read_it_is_said_and_the_umask_takes_its_part(tmp_path, mode, rights):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "page", b"one", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "page").stat().st_mode & 0o777 == rights
