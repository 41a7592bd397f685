"""The audit: who did what, when, to what; one row in the same transaction as what it tells, never changed, never removed.

Each row carries the hash of itself and of the row before it, so that a row cannot be altered, removed, added or moved without
the chain showing it (`broken`). What a chain alone cannot show is that its end was cut off: the head, copied to a file after each
commit, does. Whoever may write both the database and that file can still forge all of it; only a copy elsewhere tells then.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from django.db import connection, models, transaction

from publisher import files
from publisher.models import rows
from publisher.models.people import Actor, Person

BEGINNING = "0" * 64
"""What the first row takes for the hash of the row before it."""

HEAD = "audit.head"
"""The file beside the database that holds the last sequence and hash, as digits of fixed width: it is overwritten in place."""


class Audit(models.Model):
    """One act. `sequence` has no gap: a missing number is a missing row. `hash` is that of the row before and of this one."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    system_user = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    detail = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        """Found by what they tell of."""

        indexes = (models.Index(fields=["subject", "sequence"], name="audit_subject"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"

    def chained(self: Any, before: str) -> str:
        """Return the hash of the row that follows a row of this hash: SHA-256 of both, in hexadecimal. Takes what has its fields, too."""
        told = [self.sequence, self.at.astimezone(UTC).isoformat(), self.person_id, self.system_user, self.action, self.subject]
        canonical = json.dumps([*told, self.detail], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """Where the chain ends: the last sequence, 0 for an empty one, and its hash."""

    sequence: int = 0
    hash: str = BEGINNING

    @classmethod
    def stored(cls) -> Self:
        """Return the end of the chain in the database."""
        with connection.cursor() as cursor:  # asked before every row: building the question would cost more than the answer
            cursor.execute("SELECT sequence, hash FROM publisher_audit ORDER BY sequence DESC LIMIT 1")
            return cls(*(cursor.fetchone() or ()))

    @classmethod
    def copied(cls) -> Self | None:
        """Return what was last copied to the file: None if there is no file, sequence -1 if it is not one of ours. Raises OSError."""
        try:
            descriptor = os.open(head_file(), os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            return cls.written(file.read())

    @classmethod
    def written(cls, digits: bytes) -> Self:
        """Return what the file says: sequence -1 if it is not one of ours."""
        try:
            sequence, digest = digits.decode("ascii").split()
            return cls(int(sequence), digest)
        except ValueError:
            return cls(-1)

    def __str__(self) -> str:
        return f"{self.sequence:020} {self.hash}\n"


def record(actor: Actor, action: str, subject: str, now: datetime, detail: Mapping[str, object] | None = None) -> None:
    """Write one act, inside the transaction of what it tells: the only writer of the audit.

    The write lock that the transaction already holds keeps the sequence without gaps.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit row belongs in the transaction of what it tells")
    waiting = _waiting()
    head = waiting.head if waiting else Head.stored()
    if head == Head():
        _make_head_file()
    row = SimpleNamespace(  # what a model would be, which takes ten times as long to make
        sequence=head.sequence + 1,
        at=now,
        person_id=actor.person.pk if actor.person else None,
        system_user=actor.system_user,
        action=action,
        subject=subject,
        detail=json.loads(json.dumps(dict(detail or {}))),
    )
    after = Head(row.sequence, Audit.chained(row, head.hash))
    rows.insert(Audit, [{**vars(row), "hash": after.hash}])
    if waiting:
        waiting.head = after
    else:
        transaction.on_commit(_Copy(after), robust=True)


def head_file() -> str:
    """Return where the head is copied to."""
    return os.path.join(os.path.dirname(connection.settings_dict["NAME"]), HEAD)  # noqa: PTH118, PTH120 - before every call


def _make_head_file() -> None:
    """Make the file durably before the first row is committed: a missing one then means that nobody knows what was done before."""
    file = Path(head_file())
    if not file.exists():
        files.write_whole(file, str(Head()).encode("ascii"), mode=0o600)


class _Copy:
    """The copy of a head that a transaction makes once it is committed."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.__qualname__ = copy_head.__qualname__  # by which Django's log names it if it fails

    def __call__(self) -> None:
        copy_head(self.head)


def _waiting() -> _Copy | None:
    """Return the copy that waits for this commit, if the act before is of this transaction, and what a savepoint may undo is of the same.

    It knows the head without asking, and takes the next one: one copy for all acts in a row.
    """
    if not connection.run_on_commit:
        return None
    waiting: tuple[Any, ...] = connection.run_on_commit[-1]
    savepoints, copy = waiting[:2]
    undone_together = savepoints - {None} == set(connection.savepoint_ids) - {None}  # None: an inner block without a savepoint
    return copy if undone_together and isinstance(copy, _Copy) else None


def copy_head(head: Head, *, back: bool = False) -> None:
    """Copy the head to its file unless a later one is there, or what is not ours, or nothing; `back` copies it all the same.

    In place and in one write: a process that is killed leaves the old head or the new one. Two processes may commit in one
    order and arrive here in the other, hence the lock.
    """
    if back:
        files.write_whole(Path(head_file()), str(head).encode("ascii"), mode=0o600)
        return
    try:
        descriptor = os.open(head_file(), os.O_RDWR)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if 0 <= Head.written(file.read()).sequence < head.sequence:
            os.ftruncate(file.fileno(), os.pwrite(file.fileno(), str(head).encode("ascii"), 0))


def broken() -> int | None:
    """Return the sequence of the first row that is not what it was, or is missing; None if the whole chain holds."""
    expected = Head()
    for row in Audit.objects.order_by("sequence").iterator():
        if row.sequence != expected.sequence + 1 or row.hash != row.chained(expected.hash):
            return expected.sequence + 1
        expected = Head(row.sequence, row.hash)
    return None
