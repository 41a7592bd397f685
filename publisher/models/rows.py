"""Rows by plain SQL: what every call reads and writes, so often that building the statement anew would cost more than it does.

Conditions are ours and hold no value; values are the fields' own, converted as Django converts them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = Mapping[str, Any]
Convert = Callable[[Any, Any, Any], Any]
PLAIN = {"BigAutoField", "BigIntegerField", "BooleanField", "CharField", "ForeignKey", "OneToOneField", "PositiveIntegerField", "TextField"}
"""Kinds of fields whose values no database needs converted; asking each field costs more than the rest of a statement."""
Shared = dict[tuple[str, int], Any]
"""What was prepared of rows that are written together, by field and by the value's own identity."""
M = TypeVar("M", bound=models.Model)


def found(kind: type[M], condition: str, *values: object) -> list[M]:
    """Return the rows for which the condition holds (SQL, which may end with an order), as objects."""
    columns, names, conversions = _selection(kind)
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {_table(kind)} WHERE {condition}", _asked(values, database))  # noqa: S608 - no value in it
        return [kind.from_db(database.alias, names, _converted(row, conversions, database)) for row in cursor.fetchall()]


def found_with(kind: type[M], relation: str, condition: str, *values: object) -> list[M]:
    """Return the rows for which the condition holds, which names columns with their tables, each with what it refers to by a relation."""
    field: Any = kind._meta.get_field(relation)  # noqa: SLF001 - Django's public name
    related = field.related_model
    columns, names, conversions = _selection(kind)
    others, other_names, other_conversions = _selection(related)
    joined = f"{_table(related)} ON {_table(kind)}.{_quoted(field.column)} = {_table(related)}.{_key(related)}"
    database, width, rows = connections[DEFAULT_DB_ALIAS], len(names), []
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {columns}, {others} FROM {_table(kind)} JOIN {joined} WHERE {condition}", _asked(values, database))  # noqa: S608 - as above
        for found in cursor.fetchall():
            row = kind.from_db(database.alias, names, _converted(found[:width], conversions, database))
            setattr(row, relation, related.from_db(database.alias, other_names, _converted(found[width:], other_conversions, database)))
            rows.append(row)
    return rows


def one(kind: type[M], condition: str, *values: object) -> M | None:
    """Return the first row for which the condition holds, if there is one."""
    rows = found(kind, condition, *values)
    return rows[0] if rows else None


def fetch(row: models.Model, path: str) -> None:
    """Read what the row refers to, one relation after the other (`manifest__version`), so that it is at hand afterwards."""
    for name in path.split("__"):
        field: Any = row._meta.get_field(name)  # noqa: SLF001 - Django's public name
        key = getattr(row, field.attname)
        if key is None:
            return
        (related,) = found(field.related_model, f"{_quoted(field.target_field.column)} = %s", key)
        setattr(row, name, related)
        row = related


def add(row: models.Model) -> None:
    """Insert a new row."""
    kind = type(row)
    key = kind._meta.pk.attname  # noqa: SLF001 - as above
    known = {name: getattr(row, name) for name in _fields(kind)}
    if known[key] is None:
        del known[key]
    (row.pk,) = insert(kind, [known])
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as above


def insert(kind: type[models.Model], rows: Sequence[Row]) -> list[Any]:
    """Insert rows given as values by field; a field that is not named has its default. Return their keys, in the order of the rows."""
    if not rows:
        return []
    named, database = tuple(rows[0]), connections[DEFAULT_DB_ALIAS]
    columns, defaults = _template(kind, named)
    shared: Shared = {}
    values = [value for row in rows for value in (*_prepared(kind, row, database, shared), *defaults)]
    places = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(rows))
    key = _key(kind)
    with database.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_table(kind)} ({', '.join(columns)}) VALUES {places} RETURNING {key}", values)  # noqa: S608 - as above
        return [key for (key,) in cursor.fetchall()]


def change(kind: type[models.Model], keys: Sequence[Any], before: Row, after: Row) -> int:
    """Change the rows of these keys that stand as `before` says, one version further; return how many that were."""
    database, told = connections[DEFAULT_DB_ALIAS], _named(kind)
    changes = "".join([f", {told[name][0]} = %s" for name in after])
    conditions = "".join([f" AND {told[name][0]} = %s" for name in before])
    places = ", ".join(["%s"] * len(keys))
    sql = f"UPDATE {_table(kind)} SET row_version = row_version + 1{changes} WHERE {_key(kind)} IN ({places}){conditions}"  # noqa: S608 - as above
    with database.cursor() as cursor:
        cursor.execute(sql, [*_prepared(kind, after, database, {}), *keys, *_prepared(kind, before, database, {})])
        return int(cursor.rowcount)


def _asked(values: Iterable[object], database: BaseDatabaseWrapper) -> list[Any]:
    """Return the values of a question as the database compares them."""
    return [database.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value for value in values]


def _prepared(kind: type[models.Model], row: Row, database: BaseDatabaseWrapper, shared: Shared) -> list[Any]:
    """Return values as the database takes them; what a relation leads to is an object, or its key. Rows may share what was prepared."""
    told, prepared = _named(kind), []
    for name, value in row.items():
        _column, field, is_plain = told[name]
        if is_plain:
            prepared.append(value.pk if isinstance(value, models.Model) else value)
            continue
        place = name, id(value)
        if place not in shared:
            shared[place] = _adapted(field, value, database)
        prepared.append(shared[place])
    return prepared


def _adapted(field: Any, value: Any, database: BaseDatabaseWrapper) -> Any:
    """Return a value as the database takes it; ours are instants and JSON, for which Django's fields ask much that is known here."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    if field.get_internal_type() == "JSONField":
        return database.ops.adapt_json_value(value, field.encoder)
    return field.get_db_prep_save(value, database)


def _converted(row: Sequence[Any], conversions: Iterable[tuple[int, Any, Sequence[Convert]]], database: BaseDatabaseWrapper) -> list[Any]:
    values = list(row)
    for place, column, converts in conversions:
        for convert in converts:
            values[place] = convert(values[place], column, database)
    return values


@cache
def _selection(kind: type[models.Model]) -> tuple[str, tuple[str, ...], tuple[tuple[int, Any, list[Convert]], ...]]:
    """Return all columns, as they are asked for, the fields' names, and what converts which of their values."""
    columns = [field.cached_col for field in kind._meta.concrete_fields]  # noqa: SLF001 - as above
    converters = [[*connection.ops.get_db_converters(column), *column.get_db_converters(connection)] for column in columns]
    conversions = tuple((place, columns[place], found) for place, found in enumerate(converters) if found)
    return ", ".join(f"{_table(kind)}.{column}" for column, _ in _fields(kind).values()), tuple(_fields(kind)), conversions


@cache
def _fields(kind: type[models.Model]) -> dict[str, tuple[str, Any]]:
    return {field.attname: (_quoted(str(field.column)), field) for field in kind._meta.concrete_fields}  # noqa: SLF001 - as above


@cache
def _named(kind: type[models.Model]) -> dict[str, tuple[str, Any, bool]]:
    """Return the columns, the fields and whether the database takes their values as they are, by every name: a relation has two."""
    told = {attribute: (column, field, field.get_internal_type() in PLAIN) for attribute, (column, field) in _fields(kind).items()}
    return {name: one for attribute, one in told.items() for name in (attribute, one[1].name)}


@cache
def _template(kind: type[models.Model], named: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return all columns but the key, the named ones first, and the defaults of the others."""
    known = _fields(kind)
    others = {name: known[name][1].get_default() for name in known if name not in named and not known[name][1].primary_key}
    columns = (known[name][0] for name in (*named, *others))
    return tuple(columns), tuple(_prepared(kind, others, connections[DEFAULT_DB_ALIAS], {}))


@cache
def _table(kind: type[models.Model]) -> str:
    return _quoted(kind._meta.db_table)  # noqa: SLF001 - as above


@cache
def _key(kind: type[models.Model]) -> str:
    return _quoted(str(kind._meta.pk.column))  # noqa: SLF001 - as above


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
