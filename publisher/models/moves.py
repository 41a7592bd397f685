"""How a state changes: one conditional UPDATE on (id, expected state, row version) and one audit row; nothing else may change a state."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models, transaction

from publisher.models import audit
from publisher.models.people import Actor


class Stateful(models.Model):
    """A row whose state follows a table of moves; its `str` is how the audit names it."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = {}

    row_version = models.PositiveIntegerField(default=0)
    state: Any

    class Meta:
        """Each model brings its own states."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; refuse to overwrite it, because somebody else may have moved it meanwhile."""
        if not self._state.adding:
            raise TypeError("a stored row changes through moves.move or moves.note")
        super().save(*args, **kwargs)


def move(row: Stateful, to: StrEnum, actor: Actor, now: datetime, **fields: Any) -> bool:
    """Change the state, and `fields` with it; False, and nothing done, if somebody was faster.

    The audit keeps the states, and the reason where `fields` has one.
    """
    before = row.state
    if to not in row.MOVES[before]:
        raise ValueError(f"{row}: no move from {before} to {to}")
    with transaction.atomic(savepoint=False):
        if not _update(row, state=to, **fields):
            return False
        detail = {"from": str(before), **({"reason": fields["reason"]} if fields.get("reason") else {})}
        audit.record(actor, f"{type(row).__name__.lower()}.{to}", str(row), now, detail)
    return True


def note(row: Stateful, **fields: Any) -> bool:
    """Change fields but not the state; False, and nothing done, if somebody was faster."""
    return _update(row, **fields)


def _update(row: Stateful, **fields: Any) -> bool:
    rows: Any = type(row)._default_manager.all()  # noqa: SLF001 - Django's public name
    if not rows.filter(pk=row.pk, state=row.state, row_version=row.row_version).update(row_version=row.row_version + 1, **fields):
        return False
    row.row_version += 1
    for name, value in fields.items():
        setattr(row, name, value)
    return True
