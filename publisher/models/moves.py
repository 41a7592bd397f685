"""How a state changes: one conditional UPDATE on (id, expected state, row version) and one audit row; nothing else may change a state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models, transaction

from publisher.errors import Refused
from publisher.i18n import N_
from publisher.models import audit, rows
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


class Outrun(Refused):
    """Somebody else changed the row since it was read."""

    def __init__(self, row: models.Model) -> None:
        """Name the row."""
        sentence = N_("%(id)s has changed at this very moment: look at it again with “publisher status”.")
        super().__init__("changed-meanwhile", sentence, id=row)


def move(row: Stateful, to: StrEnum, actor: Actor, now: datetime, **fields: Any) -> None:
    """Change the state, and `fields` with it. Raises Outrun, and changes nothing, if somebody was faster.

    The audit keeps the states, and the reason where `fields` has one.
    """
    before = row.state
    if to not in row.MOVES[before]:
        raise ValueError(f"{row}: no move from {before} to {to}")
    with transaction.atomic(savepoint=False):
        note(row, state=to, **fields)
        detail = {"from": str(before), **({"reason": fields["reason"]} if fields.get("reason") else {})}
        audit.record(actor, f"{type(row).__name__.lower()}.{to}", str(row), now, detail)


def move_all(kind: type[Stateful], keys: Sequence[int], before: StrEnum, to: StrEnum, **fields: Any) -> None:
    """Change the state of many rows that all stand in the state `before`, with one UPDATE and no audit row of their own.

    For the recipients of a mailing: the audit tells of the delivery, with numbers. What was read of the rows stays as it was, so
    that a transaction which failed can be tried again. Raises Outrun, and changes nothing, if one of them stands elsewhere.
    """
    if to not in kind.MOVES[before]:
        raise ValueError(f"{kind.__name__}: no move from {before} to {to}")
    with transaction.atomic(savepoint=False):
        if keys and rows.change(kind, keys, {"state": before}, {"state": to, **fields}) != len(keys):
            stored: Any = kind._default_manager.filter(pk__in=keys)  # noqa: SLF001 - Django's public name
            raise Outrun(stored.exclude(state=before)[0])


def note(row: Stateful, **fields: Any) -> None:
    """Change fields but not the state. Raises Outrun, and changes nothing, if somebody was faster."""
    if not rows.change(type(row), [row.pk], {"state": row.state, "row_version": row.row_version}, fields):
        raise Outrun(row)
    row.row_version += 1
    for name, value in fields.items():
        setattr(row, name, value)
