import json
import os
import stat

import pytest

from publisher import shipped
from publisher.cli import main


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _umask():
    previous = os.umask(0o022)
    yield
    os.umask(previous)


def test_writes_the_configuration_the_secrets_and_the_data_directory(tmp_path, capsys):
    town = tmp_path / "new" / "town"
    assert main(["init", str(town)]) == 0
    assert sorted(path.name for path in town.iterdir()) == [".env", "config.toml", "data"]
    assert [mode(town / name) for name in (".env", "config.toml", "data")] == [0o600, 0o644, 0o700]
    assert (town / "config.toml").read_bytes() == shipped.example_config().read_bytes()
    assert (town / ".env").read_bytes() == shipped.example_env().read_bytes()
    assert capsys.readouterr().out == (
        f"written: {town}/config.toml\nwritten: {town}/.env\nwritten: {town}/data\n\n"
        f"Next: fill in {town}/config.toml, put the passwords in {town}/.env, then run “publisher check”.\n"
    )


def test_writes_in_the_current_folder_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "config.toml", "data"]


def test_overwrites_nothing(tmp_path, capsys):
    (tmp_path / "config.toml").write_text('town.name = "Ville"\nstorage.data_dir = "kept"\n')
    (tmp_path / ".env").write_text("X_API_KEY=kept\n")
    (tmp_path / "kept").mkdir(mode=0o755)
    assert main(["init", str(tmp_path), "--format", "json"]) == 0
    kept = [str(tmp_path / name) for name in ("config.toml", ".env", "kept")]
    assert json.loads(capsys.readouterr().out) == {"format": "publisher.init/1", "written": [], "kept": kept}
    assert (tmp_path / ".env").read_text() == "X_API_KEY=kept\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "config.toml", "kept"]


def test_makes_the_data_directory_that_a_kept_configuration_names(tmp_path):
    (tmp_path / "config.toml").write_text('town.name = "Ville"\nstorage.data_dir = "a/b"\n')
    assert main(["init", str(tmp_path)]) == 0
    assert mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err == f"publisher: {tmp_path}/file cannot be written: a part of its path is a file; correct the path.\n"


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, capsys):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["init", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == f"publisher: {tmp_path} cannot be written: the disk is full; make room.\n"
