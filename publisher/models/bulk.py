"""Many rows with one statement and no object for each: the ledger of a mailing is written while connections wait for it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]


def insert(kind: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Insert rows given as values by field; a field that is not named has its default. Return their keys, in the order of the rows."""
    if not rows:
        return []
    named = tuple(rows[0])
    columns, defaults = _template(kind, named)
    values = [value for row in rows for value in (*prepared(kind, row).values(), *defaults)]
    places = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(rows))
    sql = f"INSERT INTO {_quoted(kind._meta.db_table)} ({', '.join(columns)}) VALUES {places} RETURNING id"  # noqa: SLF001, S608 - Django's public name; no value in it
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]


def change(kind: type[models.Model], keys: Sequence[int], before: str, **fields: Any) -> int:
    """Change the rows of these keys that stand in the state `before`, one version further; return how many that were."""
    changes = ", ".join(f"{column} = %s" for column in prepared(kind, fields))
    places = ", ".join(["%s"] * len(keys))
    sql = (
        f"UPDATE {_quoted(kind._meta.db_table)} SET row_version = row_version + 1, {changes} "  # noqa: SLF001, S608 - as above
        f"WHERE state = %s AND id IN ({places})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*prepared(kind, fields).values(), before, *keys])
        return int(cursor.rowcount)


def prepared(kind: type[models.Model], row: Row) -> dict[str, Any]:
    """Return values by column, as the database takes them."""
    known = _fields(kind)
    return {known[name][0]: known[name][1].get_db_prep_save(value, connection) for name, value in row.items()}


@cache
def _fields(kind: type[models.Model]) -> dict[str, tuple[str, Any]]:
    return {field.attname: (_quoted(str(field.column)), field) for field in kind._meta.concrete_fields}  # noqa: SLF001 - Django's public name


@cache
def _template(kind: type[models.Model], named: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return all columns but the key, the named ones first, and the defaults of the others."""
    known = _fields(kind)
    others = {name: known[name][1].get_default() for name in known if name not in named and not known[name][1].primary_key}
    defaults = prepared(kind, others)
    return (*(known[name][0] for name in named), *defaults), tuple(defaults.values())


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
