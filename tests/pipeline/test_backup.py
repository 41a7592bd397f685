"""A backup is whole or not there, holds no secret, is made while others write; put back it is what it was, and mute."""

import dataclasses
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import connection, connections
from django.utils.http import urlsafe_base64_decode

from publisher import files
from publisher.errors import Refused, StorageError
from publisher.models import Announcement, Audit, Holder, Notice, Person, Scope, Token, Told
from publisher.models.audit import HEAD, Head
from publisher.pipeline import archive, backup, journal, people, restore, tenure, tokens, webhooks
from publisher.settings import DATABASE
from tests.database import NOON, child
from tests.disk import full_disk

SECRET = "canary-7f3a"
FACTORS = """
    INSERT INTO mfa_authenticator (type, data, created_at, user_id)
    SELECT 'totp', '{}', '2026-01-01', id FROM publisher_person
"""

CAREFUL = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""How a careful person unpacks an archive; Debian 12 has a Python that knows no filters yet."""


@pytest.fixture
def stocked(town):
    """A town that has published something."""
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    town.work()
    for name, content in {"site/a/index.html": "page", "media/ab/abcd": "image", "secret_key": SECRET, ".env": SECRET}.items():
        path = town.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (town.folder / "site" / "link").symlink_to("/etc/passwd")
    connection.close()
    return town


def names(path: Path) -> set[str]:
    with tarfile.open(path) as tar:
        return set(tar.getnames())


def made(town, name: str = "backup.tar") -> Path:
    return backup.backup(town.desk.config, town.folder.parent / name, NOON)


def config_at(town, folder: Path):
    folder.mkdir(exist_ok=True)
    return dataclasses.replace(town.desk.config, storage=dataclasses.replace(town.desk.config.storage, data_dir=folder))


def put_back(town, path: Path, folder: Path):
    return restore.restore(config_at(town, folder), path, town.clock.now())


def turned(folder: Path) -> None:
    """Turn Django to the database that was put back."""
    connection.close()
    connections.settings["default"]["NAME"] = folder / DATABASE


def left(town) -> list[str]:
    return sorted(path.name for path in town.folder.parent.iterdir() if path.name != "data" and path.suffix != ".md")


def test_the_names_are_those_of_the_installation() -> None:
    assert (archive.DATABASE, archive.HEAD) == (DATABASE, HEAD)


def test_it_holds_what_is_kept_and_no_secret_and_only_its_owner_reads_it(stocked) -> None:
    path = made(stocked)
    sources = {f"data/sources/{one.name}" for one in (stocked.folder / "sources").iterdir()}
    fixed = {"manifest.json", "config.toml", "data/publisher.sqlite3", "data/audit.head", "data/site/a/index.html", "data/media/ab/abcd"}
    assert names(path) == fixed | sources
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET.encode() not in path.read_bytes()
    assert left(stocked) == ["backup.tar"]


def test_a_proxy_s_password_in_the_configuration_stays_here(stocked, tmp_path) -> None:
    written = tmp_path / "config.toml"
    written.write_text('[network]\nhttps_proxy = "http://me:canary@proxy.test:3128"\n')
    path = backup.backup(dataclasses.replace(stocked.desk.config, path=written), tmp_path, NOON)
    assert path.name == "publisher-20261124T120000Z.tar"
    with tarfile.open(path) as tar:
        assert tar.extractfile("config.toml").read() == b'[network]\nhttps_proxy = "http://***@proxy.test:3128"\n'


def test_sessions_do_not_leave_with_it(stocked) -> None:
    with closing(sqlite3.connect(stocked.folder / DATABASE)) as opened, opened:
        opened.execute("INSERT INTO django_session VALUES (?, 'data', '2030-01-01')", [SECRET])
    assert SECRET.encode() not in made(stocked).read_bytes()


def test_it_is_made_whole_while_others_write(stocked, monkeypatch) -> None:
    monkeypatch.setattr(backup, "PAGES", 1)
    monkeypatch.setattr(backup, "PAUSE", 0.001)
    ending, wrote = threading.Event(), []

    def write() -> None:
        with closing(sqlite3.connect(stocked.folder / DATABASE, timeout=20)) as opened:
            while not ending.is_set():
                with opened:
                    opened.execute("UPDATE publisher_holder SET epoch = epoch + 1")
                wrote.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        path = made(stocked)
    finally:
        ending.set()
        writer.join()
    assert len(wrote) > backup.PATIENCE
    put_back(stocked, path, stocked.folder.parent / "new")


def test_where_others_never_stop_writing_it_is_made_in_one_step(stocked, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(backup, "PATIENCE", -1)
    put_back(stocked, made(stocked), tmp_path / "new")


def test_what_is_there_is_never_replaced(stocked) -> None:
    path = made(stocked)
    before = path.read_bytes()
    with pytest.raises(Refused) as caught:
        made(stocked)
    assert (caught.value.code, path.read_bytes()) == ("backup-exists", before)


def test_without_a_database_there_is_nothing_to_back_up(stocked) -> None:
    config = config_at(stocked, stocked.folder.parent / "empty")
    with pytest.raises(StorageError, match="nothing to back up"):
        backup.backup(config, stocked.folder.parent / "backup.tar", NOON)
    assert list((stocked.folder.parent / "empty").iterdir()) == []


@pytest.mark.parametrize("room", [1000, 300_000])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(stocked, room) -> None:
    (stocked.folder / "site" / "large").write_bytes(b"x" * 2_000_000)
    room = room if room < 2000 else (stocked.folder / DATABASE).stat().st_size + room
    with full_disk(room), pytest.raises(StorageError) as caught:
        made(stocked)
    assert caught.value.code in {"backup-disk", "unwritable"}
    assert left(stocked) == []


def test_a_folder_that_is_not_there_is_named(stocked) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        backup.backup(stocked.desk.config, stocked.folder.parent / "absent" / "backup.tar", NOON)


def test_a_database_that_is_damaged_or_locked_out_gives_no_backup(stocked) -> None:
    (stocked.folder / DATABASE).write_bytes(b"no database at all" * 1000)
    with pytest.raises(StorageError) as caught:
        made(stocked)
    assert (caught.value.code, left(stocked)) == ("database-damaged", [])


def test_a_copy_that_is_not_sound_gives_no_backup(stocked, monkeypatch) -> None:
    monkeypatch.setattr(backup, "is_whole", lambda _path: False)
    with pytest.raises(StorageError) as caught:
        made(stocked)
    assert (caught.value.code, left(stocked)) == ("backup-unsound", [])


def test_a_page_that_goes_meanwhile_is_left_out(stocked, monkeypatch) -> None:
    real = backup._kept
    monkeypatch.setattr(backup, "_kept", lambda folder: [folder / "site" / "gone", *real(folder)])
    assert "data/site/gone" not in names(made(stocked))


def test_killed_before_it_has_its_name_there_is_no_archive(stocked, monkeypatch) -> None:
    monkeypatch.setattr(files.os, "fsync", lambda _descriptor: os._exit(7))
    assert child(lambda: made(stocked)) == 7
    assert not (stocked.folder.parent / "backup.tar").exists()
    monkeypatch.undo()
    assert made(stocked).exists()


# ---------------------------------------------------------------- put back


def test_it_comes_back_as_it_was(stocked, tmp_path) -> None:
    rows, path = Audit.objects.count(), made(stocked)
    manifest, has_key = put_back(stocked, path, tmp_path / "new")
    assert (manifest.made_at, has_key) == (NOON, False)
    assert (tmp_path / "new" / "site" / "a" / "index.html").read_text() == "page"
    assert sorted(one.name for one in (tmp_path / "new").iterdir()) == ["audit.head", "media", DATABASE, "site", "sources"]
    turned(tmp_path / "new")
    assert Audit.objects.count() == rows
    assert journal.verify(stocked.desk).sequence == rows


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("begun", [False, True])
def test_it_is_mute_until_it_is_adopted(town, by_hand, begun) -> None:
    """In the very directory that it came from, on the same machine, under the same name of the installation, however it was unpacked."""
    town.channel()
    town.planned()
    if begun:
        tenure.begin(town.desk, "test")
    path = made(town)
    connection.close()
    for one in list(town.folder.iterdir()):
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    if by_hand:
        with tarfile.open(path) as tar:
            tar.extractall(town.folder.parent, **CAREFUL)
    else:
        restore.restore(town.desk.config, path, town.clock.now())
    (town.folder / "memory.jsonl").touch()  # what the platform remembers is no part of it
    with pytest.raises(Refused) as caught:
        tenure.begin(town.desk, "test")
    assert caught.value.code == "copied"
    town.clock.move(minutes=2)
    assert tenure.adopt(town.desk, town.who("lou"), "test") == 1
    town.work()
    assert (town.state(), town.platforms["memory"].calls) == (("held", "adopted"), [])
    assert Holder.objects.get().instance == "test"


@pytest.mark.parametrize("has_key", [False, True])
def test_without_the_key_neither_passwords_nor_second_factors_remain(stocked, tmp_path, has_key) -> None:
    with closing(sqlite3.connect(stocked.folder / DATABASE)) as opened, opened:
        opened.execute("UPDATE publisher_person SET password = 'argon2$x'")
        opened.execute(FACTORS)
    path, new = made(stocked), tmp_path / "new"
    new.mkdir()
    if has_key:
        (new / "secret_key").write_text(SECRET)
    assert put_back(stocked, path, new)[1] is has_key
    with closing(sqlite3.connect(new / DATABASE)) as opened:
        passwords = {row[0][:1] for row in opened.execute("SELECT password FROM publisher_person")}
        (factors,) = opened.execute("SELECT COUNT(*) FROM mfa_authenticator").fetchone()
    assert (passwords, factors > 0) == ({"a" if has_key else "!"}, has_key)


def revived(town) -> dict[str, object]:
    """What would still open a way in, or be told, in the database to which Django is turned."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM mfa_authenticator WHERE type = 'recovery_codes'")
        (codes,) = cursor.fetchone()
    head = Head.stored().sequence
    return {
        "tokens": Token.objects.filter(revoked_at=None).count(),
        "codes": codes,
        "mails": Notice.objects.exclude(mail_at=None).count(),
        "untold": not Told.objects.filter(notices__gte=head, reports__gte=head).exists(),
    }


NOTHING = {"tokens": 0, "codes": 0, "mails": 0, "untold": False}


@pytest.fixture
def busy(stocked):
    """A town with a program, a calendar, an invitation, recovery codes and a mail that waits; its invitation's path is `invited`."""
    tokens.create(stocked.desk, stocked.who("lou"), "intranet", "camille", [Scope.READ])
    tokens.create(stocked.desk, stocked.who("lou"), "telephone", "camille", [Scope.CALENDAR])
    stocked.invited = people.invite(stocked.desk, stocked.who("lou"), "alix")
    Notice.objects.create(
        person=stocked.people["camille"],
        kind="held",
        key="1",
        announcement=Announcement.objects.get(),
        created_at=NOON,
        mail_at=NOON,
    )
    with connection.cursor() as cursor:
        cursor.execute(FACTORS.replace("totp", "recovery_codes"))
    assert revived(stocked) == {"tokens": 2, "codes": len(stocked.people), "mails": 1, "untold": True}
    connection.close()
    return stocked


def is_good(path: str) -> bool:
    _place, person, token, _end = path.split("/")
    return default_token_generator.check_token(Person.objects.get(pk=urlsafe_base64_decode(person).decode()), token)


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_may_have_been_revoked_or_told_since_counts_as_revoked_and_told(busy, tmp_path, by_hand) -> None:
    assert is_good(busy.invited)
    path = made(busy)
    if by_hand:
        with tarfile.open(path) as tar:
            tar.extractall(tmp_path, **CAREFUL)
    else:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "secret_key").write_text(SECRET)
        put_back(busy, path, tmp_path / "data")
    turned(tmp_path / "data")
    assert revived(busy) == NOTHING
    assert not is_good(busy.invited)


def test_an_older_database_that_was_copied_by_hand_revives_nothing_once_it_is_adopted(busy) -> None:
    tenure.begin(busy.desk, "test")
    connection.close()
    older = (busy.folder / DATABASE).read_bytes()
    busy.planned("Une autre annonce", memory=busy.part("memory", "Une autre annonce."))
    connection.close()
    (busy.folder / DATABASE).write_bytes(older)
    tenure.adopt(busy.desk, busy.who("lou"), "test")
    told = revived(busy)
    assert told | {"untold": False} == NOTHING
    assert Told.objects.get().notices < Head.stored().sequence, "what the adoption held is still to be told"


def test_a_machine_that_only_moved_keeps_its_tokens(busy) -> None:
    tenure.adopt(busy.desk, busy.who("lou"), "after")
    assert revived(busy)["tokens"] == 2


def test_an_event_after_a_restore_has_not_the_name_of_another_one_before_it(stocked, tmp_path) -> None:
    path = made(stocked)
    stocked.clock.move(minutes=1)
    stocked.pause()
    before = Audit.objects.latest("sequence")
    put_back(stocked, path, tmp_path / "new")
    turned(tmp_path / "new")
    stocked.clock.move(minutes=5)
    stocked.pause()
    after = Audit.objects.latest("sequence")
    assert before.sequence == after.sequence
    assert webhooks.name_of(before) != webhooks.name_of(after)


def test_a_directory_in_which_anything_is_is_refused_but_for_what_an_earlier_try_left(stocked, tmp_path) -> None:
    path, new = made(stocked), tmp_path / "new"
    (new / ".restore.x" / "site").mkdir(parents=True)
    (new / "site").mkdir()
    (new / "kept").write_text("mine")
    with pytest.raises(Refused) as caught:
        put_back(stocked, path, new)
    assert (caught.value.code, caught.value.params["name"], (new / "kept").read_text()) == ("directory-not-empty", "kept", "mine")
    (new / "kept").unlink()
    put_back(stocked, path, new)
    assert not list(new.glob(".restore*"))


def test_a_backup_of_a_newer_version_is_refused(stocked, tmp_path) -> None:
    with closing(sqlite3.connect(stocked.folder / DATABASE)) as opened, opened:
        opened.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('publisher', '9999_next', '2030-01-01')")
    refused(stocked, made(stocked), tmp_path / "new", "backup-newer")


def test_a_full_disk_leaves_the_directory_empty(stocked, tmp_path) -> None:
    path = made(stocked)
    with full_disk(1000), pytest.raises(StorageError):
        put_back(stocked, path, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_killed_half_way_it_is_begun_again(stocked, tmp_path, monkeypatch) -> None:
    path = made(stocked)
    monkeypatch.setattr(restore, "_sync", lambda _folder: os._exit(7))
    assert child(lambda: put_back(stocked, path, tmp_path / "new")) == 7
    assert [one.name.startswith(".restore.") for one in (tmp_path / "new").iterdir()] == [True]
    monkeypatch.undo()
    put_back(stocked, path, tmp_path / "new")
    assert (tmp_path / "new" / DATABASE).exists()


def test_killed_before_the_database_has_its_name_there_is_none_and_the_next_try_says_what_is_there(stocked, tmp_path, monkeypatch) -> None:
    path, real = made(stocked), Path.rename

    def rename(self, target):
        if self.name == DATABASE:
            os._exit(7)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    assert child(lambda: put_back(stocked, path, tmp_path / "new")) == 7
    assert not (tmp_path / "new" / DATABASE).exists()
    monkeypatch.undo()
    refused(stocked, path, tmp_path / "new", "directory-not-empty", leaves=("audit.head", "media", "site", "sources"))


# ---------------------------------------------------------------- archives that are none


def refused(town, path: Path, folder: Path, code: str, leaves: tuple[str, ...] = ()) -> None:
    with pytest.raises(Refused) as caught:
        put_back(town, path, folder)
    assert caught.value.code == code, str(caught.value)
    assert sorted(one.name for one in folder.iterdir()) == sorted(leaves)


def forged(path: Path, *members: tuple[tarfile.TarInfo, bytes], manifest: bool = True) -> Path:
    """Put members in front of an archive's list, and in the list, too."""
    new = path.with_name("forged.tar")
    with tarfile.open(path) as old, tarfile.open(new, "w") as tar:
        for member in old.getmembers()[:-1]:
            tar.addfile(member, old.extractfile(member))
        told = json.loads(old.extractfile("manifest.json").read())
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
            told["files"][member.name] = {"size": member.size, "sha256": archive.sum_of(io.BytesIO(content))}
        if manifest:
            listed, content = tarfile.TarInfo("manifest.json"), json.dumps(told).encode()
            listed.size = len(content)
            tar.addfile(listed, io.BytesIO(content))
    return new


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/cron.d/evil", "../evil", "data/../evil", "data/site/../../evil", "data//site/x", "./data/site/x", "data/secret_key"),
        *("data/.env", "data/site", "evil", "data/site/a\nb", "data/site/a\\b", "data/lock/x", "data/publisher.sqlite3-journal"),
    ],
)
def test_a_member_that_is_not_ours_is_refused(stocked, tmp_path, name) -> None:
    refused(stocked, forged(made(stocked), (member(name), b"evil")), tmp_path / "new", "backup-hostile")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_a_link_a_device_or_a_folder_is_refused(stocked, tmp_path, kind) -> None:
    bad = forged(made(stocked), (member("data/site/x", kind, "/etc/passwd"), b""))
    refused(stocked, bad, tmp_path / "new", "backup-hostile")


def test_a_file_with_holes_is_refused(stocked, tmp_path) -> None:
    hole = member("data/site/x")
    hole.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(2**40), "GNU.sparse.map": f"{2**40 - 1},1"}
    refused(stocked, forged(made(stocked), (hole, b"x")), tmp_path / "new", "backup-hostile")


@pytest.mark.parametrize("size", ["-1", "-512", "-1024"])
def test_a_member_of_less_than_nothing_is_refused(stocked, tmp_path, size) -> None:
    negative = member("data/site/x")
    negative.pax_headers = {"size": size}
    with pytest.raises(Refused) as caught:
        put_back(stocked, forged(made(stocked), (negative, b"x")), tmp_path / "new")
    assert caught.value.code in {"backup-hostile", "backup-damaged"}
    assert list((tmp_path / "new").iterdir()) == []


def test_a_name_that_comes_twice_is_refused(stocked, tmp_path) -> None:
    twice = (member("data/site/x"), b"one"), (member("data/site/x"), b"two")
    refused(stocked, forged(made(stocked), *twice), tmp_path / "new", "backup-hostile")


def test_a_compressed_archive_is_none_of_ours(stocked, tmp_path) -> None:
    path, packed = made(stocked), tmp_path / "bomb.tar"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(path, "data/site/x")
    refused(stocked, packed, tmp_path / "new", "backup-damaged")


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 5000])
def test_what_is_no_archive_is_refused(stocked, tmp_path, content) -> None:
    (tmp_path / "odd.tar").write_bytes(content)
    refused(stocked, tmp_path / "odd.tar", tmp_path / "new", "backup-damaged")


def test_any_byte_of_a_member_counts(stocked, tmp_path) -> None:
    content = bytearray(made(stocked).read_bytes())
    content[content.index(b"page")] = ord("P")
    (tmp_path / "changed.tar").write_bytes(content)
    refused(stocked, tmp_path / "changed.tar", tmp_path / "new", "backup-damaged")


def test_cut_anywhere_it_is_refused(stocked, tmp_path) -> None:
    content = made(stocked).read_bytes()
    for length in (511, 512, 5000, len(content) // 2, content.rindex(b"manifest.json"), content.rindex(b"manifest.json") + 700):
        (tmp_path / "cut.tar").write_bytes(content[:length])
        refused(stocked, tmp_path / "cut.tar", tmp_path / "new", "backup-damaged")


def test_what_is_listed_must_be_there(stocked, tmp_path) -> None:
    refused(stocked, forged(made(stocked), manifest=False), tmp_path / "new", "backup-damaged")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"format": "publisher.backup/2", "version": "9"}, "backup-newer"),
        ({"format": "publisher.backup/1"}, "backup-damaged"),
        ([], "backup-damaged"),
        ({"format": "publisher.backup/1", "version": "1", "made_at": "never", "files": {}}, "backup-damaged"),
        ({"format": "publisher.backup/1", "version": "1", "made_at": "2026-11-24T12:00:00+00:00", "files": {}}, "backup-damaged"),
    ],
)
def test_a_list_that_says_nothing_is_refused(stocked, tmp_path, told, code) -> None:
    content = json.dumps(told).encode()
    head = member("manifest.json")
    head.size = len(content)
    with tarfile.open(tmp_path / "odd.tar", "w") as tar:
        tar.addfile(head, io.BytesIO(content))
    refused(stocked, tmp_path / "odd.tar", tmp_path / "new", code)


def test_a_database_that_is_none_is_refused_although_its_sum_is_right(stocked, tmp_path) -> None:
    odd = tmp_path / "odd.tar"
    with odd.open("wb") as file:
        writer = archive.Writer(file, NOON)
        writer.add_bytes("data/publisher.sqlite3", b"no database" * 1000)
        writer.end()
    refused(stocked, odd, tmp_path / "new", "backup-damaged")


def test_an_archive_that_changes_while_it_is_read_is_refused(stocked, tmp_path, monkeypatch) -> None:
    path, real = made(stocked), archive.verified

    def swapped(file):
        manifest = real(file)
        content = path.read_bytes()
        path.write_bytes(content.replace(b"page", b"PAGE"))
        return manifest

    monkeypatch.setattr(archive, "verified", swapped)
    refused(stocked, path, tmp_path / "new", "backup-damaged")


def test_an_archive_that_cannot_be_read_is_named(stocked, tmp_path) -> None:
    with pytest.raises(StorageError, match=r"absent\.tar cannot be read"):
        put_back(stocked, tmp_path / "absent.tar", tmp_path / "new")
