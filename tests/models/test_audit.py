import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from publisher.models import Audit, audit
from publisher.models.audit import HEAD, Head, broken, copy_head
from publisher.models.people import SERVICE
from tests.database import NOON

TRIGGERS = "DROP TRIGGER keep_audit_update; DROP TRIGGER keep_audit_delete"


@pytest.fixture
def chain(data_dir) -> Path:
    for number in range(1, 9):
        with transaction.atomic():
            audit.record(SERVICE, "acted", f"a-{number}", NOON, {"numéro": number, "when": None, "list": [1, "2"]})
    return data_dir


def meddle(*statements: str) -> None:
    """Do what somebody could who has the file open with another program."""
    with connection.cursor() as cursor:
        for statement in (*TRIGGERS.split("; "), *statements):
            cursor.execute(statement)


def swap(first: int, second: int) -> tuple[str, ...]:
    move = "UPDATE publisher_audit SET sequence = {} WHERE sequence = {}"
    return move.format(-1, first), move.format(first, second), move.format(second, -1)


INSERTED = """INSERT INTO publisher_audit (sequence, at, system_user, action, subject, detail, hash)
SELECT 9, at, system_user, action, subject, detail, hash FROM publisher_audit WHERE sequence = 8"""


def test_a_chain_that_nobody_touched_holds(chain) -> None:
    assert (broken(), Head.stored().sequence) == (None, 8)


@pytest.mark.parametrize(
    ("statements", "row"),
    [
        (["UPDATE publisher_audit SET at = '2026-11-24 12:00:01' WHERE sequence = 3"], 3),
        (["UPDATE publisher_audit SET system_user = 'root' WHERE sequence = 3"], 3),
        (["UPDATE publisher_audit SET action = 'approved' WHERE sequence = 8"], 8),
        (["UPDATE publisher_audit SET subject = 'a-7' WHERE sequence = 1"], 1),
        (["UPDATE publisher_audit SET detail = '{}' WHERE sequence = 5"], 5),
        (["UPDATE publisher_audit SET hash = upper(hash) WHERE sequence = 2"], 2),
        (["DELETE FROM publisher_audit WHERE sequence = 1"], 1),
        (["DELETE FROM publisher_audit WHERE sequence = 4"], 4),
        (["DELETE FROM publisher_audit WHERE sequence = 4", "UPDATE publisher_audit SET sequence = sequence - 1 WHERE sequence > 4"], 4),
        ([INSERTED], 9),
        (swap(2, 3), 2),
        (swap(7, 8), 7),
    ],
)
def test_every_change_shows_where_it_was_made(chain, statements, row) -> None:
    meddle(*statements)
    assert broken() == row


def test_any_byte_of_any_row_counts(chain) -> None:
    """Whatever single value is changed, of whichever row, the chain breaks at that row."""
    chance = random.Random(7)
    for _ in range(40):
        row = chance.randint(1, 8)
        column = chance.choice(["at", "system_user", "action", "subject", "detail", "hash"])
        former = Audit.objects.values_list(column, flat=True).get(pk=row)
        with transaction.atomic():
            meddle(f"UPDATE publisher_audit SET {column} = {_altered(column)} WHERE sequence = {row}")
            assert Audit.objects.values_list(column, flat=True).get(pk=row) != former
            assert broken() == row, (row, column)
            transaction.set_rollback(True)


def _altered(column: str) -> str:
    return {"at": "datetime(at, '+1 second')", "detail": """'{"numéro": 99}'"""}.get(column, f"{column} || 'x'")


def test_the_head_is_copied_after_each_commit_and_not_before(chain) -> None:
    assert Head.copied() == Head.stored()
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-9", NOON)
        assert Head.copied() == Head(8, Audit.objects.get(pk=8).hash)
    assert Head.copied() == Head(9, Audit.objects.get(pk=9).hash)
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-10", NOON)
        transaction.set_rollback(True)
    assert Head.copied() == Head.stored()
    assert (chain / HEAD).stat().st_mode & 0o777 == 0o600


def test_the_head_is_that_of_what_was_committed_whatever_a_savepoint_undid(chain) -> None:
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-9", NOON)
        audit.record(SERVICE, "acted", "a-10", NOON)
        with suppress(RuntimeError), transaction.atomic():
            audit.record(SERVICE, "acted", "a-11", NOON)
            raise RuntimeError
        with transaction.atomic(savepoint=False):
            audit.record(SERVICE, "acted", "a-11", NOON)
    assert Head.copied() == Head.stored() == Head(11, Audit.objects.get(pk=11).hash)
    with transaction.atomic():
        with transaction.atomic():
            audit.record(SERVICE, "acted", "a-12", NOON)
        audit.record(SERVICE, "acted", "a-13", NOON)
    assert Head.copied() == Head.stored() == Head(13, Audit.objects.get(pk=13).hash)
    assert audit.broken() is None


def test_the_head_has_its_file_before_the_first_row_is_committed(data_dir) -> None:
    with transaction.atomic():
        assert Head.copied() is None
        audit.record(SERVICE, "acted", "a-1", NOON)
        assert Head.copied() == Head()
    assert Head.copied() == Head.stored()


def test_a_head_that_is_missing_is_not_made_anew_by_later_rows(chain) -> None:
    (chain / HEAD).unlink()
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-9", NOON)
    assert Head.copied() is None
    copy_head(Head.stored(), back=True)
    assert Head.copied() == Head.stored()
    assert (chain / HEAD).stat().st_mode & 0o777 == 0o600


def test_an_earlier_head_never_replaces_a_later_one(chain) -> None:
    heads = [Head(number, f"{number:064x}") for number in range(9, 209)]
    random.Random(3).shuffle(heads)
    threads = [threading.Thread(target=copy_head, args=[head]) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Head.copied() == Head(208, f"{208:064x}")
    copy_head(Head(1, "0" * 64), back=True)
    assert Head.copied() == Head(1, "0" * 64)


@pytest.mark.parametrize("content", ["abc", "12", "x y z", "x " + "0" * 64])
def test_a_head_that_is_not_ours_is_known_and_left_there(chain, content) -> None:
    (chain / HEAD).write_text(content, encoding="ascii")
    assert Head.copied() == Head(-1)
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-9", NOON)
    assert Head.copied() == Head(-1)


def test_a_head_that_cannot_be_copied_does_not_undo_what_was_done(chain, caplog) -> None:
    (chain / HEAD).unlink()
    (chain / HEAD).mkdir()
    with transaction.atomic():
        audit.record(SERVICE, "acted", "a-9", NOON)
    assert Head.stored().sequence == 9
    assert "copy_head" in caplog.text


def schema(*, at: str) -> None:
    call_command("migrate", "publisher", at, verbosity=0)


@pytest.fixture
def earlier() -> Callable[[], None]:
    return lambda: schema(at="0001")


def test_rows_of_an_earlier_version_are_chained_when_it_is_brought_up_to_date(chain, earlier) -> None:
    before = Head.stored()
    earlier()
    schema(at="0002")
    assert (Head.stored(), broken()) == (before, None)
    with pytest.raises(Exception, match="append-only"):
        Audit.objects.filter(pk=3).update(action="other")
