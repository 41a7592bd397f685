"""`publisher backup` and `publisher restore`, as they are typed."""

import os
import pty
from pathlib import Path

from publisher.cli import main
from tests.office import Office


def test_a_backup_made_and_put_back_awaits_its_adoption(office: Office, monkeypatch) -> None:
    name = office.approved("--channel", "website")
    told = office.says("backup", "backup.tar")
    assert told.startswith("The backup is complete: backup.tar\nEncrypt it")
    made = office.json("backup", office.folder)
    assert (made["format"], made["bytes"]) == ("publisher.backup/1", Path(made["path"]).stat().st_size)
    assert office.refuses("backup", "backup.tar").startswith("backup.tar is there already")
    office.write("new.toml", (office.folder / "config.toml").read_text().replace(str(office.data), str(office.folder / "new")))
    told = office.says("restore", "backup.tar", "--config", "new.toml").splitlines()
    assert told[0].startswith(f"Everything is back in {office.folder / 'new'}, as it was on ")
    assert told[1:] == [
        "The file secret_key was not there: passwords and second factors are gone. Invite everybody anew (publisher user invite).",
        "Void from now on: tokens, secret addresses of calendars, invitations, recovery codes and open sessions. Make new ones.",
        "Accounts, roles, passwords and absences are those of that day: close again who was closed since, and look the others through.",
        "Nothing is published from it yet: check what is online, then run “publisher adopt”.",
    ]
    assert "is not empty" in office.refuses("restore", "backup.tar", "--config", "new.toml")
    assert office.state(name) == "planned"


def test_restored_as_json_with_the_key(office: Office) -> None:
    office.queue()
    office.says("backup", "backup.tar")
    (office.folder / "new").mkdir()
    (office.folder / "new" / "secret_key").write_text("kept apart")
    office.write("new.toml", (office.folder / "config.toml").read_text().replace(str(office.data), str(office.folder / "new")))
    told = office.json("restore", "backup.tar", "--config", "new.toml")
    assert (told["format"], told["passwords_kept"]) == ("publisher.restore/1", True)
    assert told["renew"] == ["tokens", "calendars", "invitations", "recovery_codes", "sessions"]


def test_where_nothing_can_be_made_is_named(office: Office) -> None:
    office.write("file", "")
    office.write("new.toml", (office.folder / "config.toml").read_text().replace(str(office.data), str(office.folder / "file" / "new")))
    assert "cannot be written" in office.refuses("restore", "backup.tar", "--config", "new.toml")


def test_in_a_terminal_it_shows_how_far_it_is(office: Office, monkeypatch) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as terminal, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", terminal)
        patched.setenv("TERM", "xterm")
        assert main(["backup", "backup.tar"]) == 0
    assert b"backup" in os.read(leader, 65536)
    os.close(leader)
