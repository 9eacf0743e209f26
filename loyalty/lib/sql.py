"""Set-based writes: many rows into several tables, in as few statements as the database allows.

A step is an `Insert` of rows or an `Update`. Its rows are plain tuples, or the text of a SELECT of the same columns, so
that one earn, a batch, an import and a nightly job are all written by the same steps. PostgreSQL runs all the steps of
a `write` as one statement (`unnest` and data-modifying CTEs, one round trip); SQLite, which has neither, runs them one
after another.

The ORM is not used here because building its statements costs ten times the database's own work.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

Rows = Sequence[tuple[Any, ...]] | str


@dataclass(frozen=True, slots=True)
class Insert:
    """New rows of a model. `columns` are column names; JSON columns take text."""

    model: type[Model]
    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Update:
    """Changes to rows that exist. A row holds the columns of `by`, which find the row, then those of `columns`.

    A column in `adds` gets a difference; one in `later` or `earlier` only ever moves that way, and None leaves it; any
    other gets the value. Each row to change is named once.
    """

    model: type[Model]
    by: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Rows
    adds: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()


Step = Insert | Update


@cache
def is_postgresql() -> bool:
    """Asked for each value of a batch, so it is asked of Django once: a process has one kind of database."""
    return connection.vendor == "postgresql"


def moment(value: datetime | None) -> datetime | str | None:
    """The moment as this database stores it in a raw parameter."""
    return value if value is None or is_postgresql() else _text(value)


@lru_cache(maxsize=4096)
def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def among(name: str) -> str:
    """The condition that a column's value is one of the parameter `name`, made by `many`."""
    return f"= ANY(%({name})s)" if is_postgresql() else f"IN (SELECT value FROM json_each(%({name})s))"


def each(name: str) -> str:
    """The numbers of the parameter `name`, made by `many`, as a table with the column `value`."""
    return f"unnest(%({name})s::bigint[]) AS each (value)" if is_postgresql() else f"json_each(%({name})s)"


def many(values: Iterable[Any]) -> list[Any] | str:
    """Any number of values as one parameter."""
    return list(values) if is_postgresql() else json.dumps(list(values))


def reserve(counts: Mapping[type[Model], int]) -> dict[type[Model], Iterable[int]]:
    """Fresh primary keys, as many as asked for each model, in one statement. Gaps are harmless.

    On SQLite the caller's transaction holds the only write lock, so the next numbers are its own.
    """
    wanted = [(model, count) for model, count in counts.items() if count]
    if not wanted:
        return {model: iter(()) for model in counts}
    with connection.cursor() as cursor:
        if is_postgresql():
            parts = ["SELECT %s, nextval(%s) FROM generate_series(1, %s)"] * len(wanted)
            params = [
                part
                for number, (model, count) in enumerate(wanted)
                for part in (number, f"{model._meta.db_table}_id_seq", count)
            ]
            cursor.execute(" UNION ALL ".join(parts), params)
            found = cursor.fetchall()
            numbers = iter(sorted(found))
            ids = {model: iter([key for _, key in islice(numbers, count)]) for model, count in wanted}
        else:
            tables = [model._meta.db_table for model, _ in wanted]
            marks = ", ".join(["%s"] * len(tables))
            cursor.execute(f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})", tables)
            last = dict(cursor.fetchall())
            ids = {
                model: iter(range(last.get(table, 0) + 1, last.get(table, 0) + 1 + count))
                for (model, count), table in zip(wanted, tables, strict=True)
            }
    return {model: ids.get(model, iter(())) for model in counts}


def refresh_statistics() -> None:
    """After a load of many rows PostgreSQL would plan by what its tables were before, until autovacuum comes by."""
    if is_postgresql():
        tables = sorted({model._meta.db_table for model in apps.get_models() if model._meta.managed})
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def next_id(model: type[Model]) -> str:
    """The fragment that numbers the rows of a SELECT with fresh primary keys."""
    table = model._meta.db_table
    if is_postgresql():
        return f"nextval('{table}_id_seq')"
    return f"(SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = '{table}') + row_number() OVER ()"


def write(steps: Sequence[Step]) -> None:
    """Run the steps. They must not depend on each other's effects: PostgreSQL shows all of them one snapshot."""
    steps = _merged([step for step in steps if step.rows])
    if not steps:
        return
    with connection.cursor() as cursor:
        if is_postgresql():
            _write_as_one(cursor, steps)
        else:
            for step in steps:
                if isinstance(step.rows, str):
                    cursor.execute(_statement(step, f"({step.rows}) AS items", "items"))
                else:
                    cursor.executemany(_row_statement(step), _row_params(step))


def _merged(steps: Sequence[Step]) -> list[Step]:
    """One update per table: PostgreSQL would keep only one of two changes that a statement makes to a row."""
    merged: dict[object, Step] = {}
    for step in steps:
        place = (step.model, step.by) if isinstance(step, Update) else object()
        merged[place] = _both(merged[place], step) if place in merged else step
    return list(merged.values())


def _both(one: Update, other: Update) -> Update:
    """Both changes as one. Only differences and one-way columns can be left alone in the rows that lack them."""
    width = len(one.by)
    nothing = [tuple(0 if column in step.adds else None for column in step.columns) for step in (one, other)]
    ones, others = ({row[:width]: row[width:] for row in step.rows} for step in (one, other))
    rows = [key + ones.get(key, nothing[0]) + others.get(key, nothing[1]) for key in dict.fromkeys([*ones, *others])]
    return Update(
        one.model,
        one.by,
        one.columns + other.columns,
        rows,
        one.adds | other.adds,
        one.later | other.later,
        one.earlier | other.earlier,
    )


def _write_as_one(cursor, steps: Sequence[Step]) -> None:
    parts, params = [], []
    for number, step in enumerate(steps):
        items = f"items_{number}"
        if isinstance(step.rows, str):
            parts.append(f"{items} AS ({step.rows})")
        else:
            columns = _source_columns(step)
            arrays = ", ".join(f"%s::{_type(step.model, column)}[]" for column in columns)
            parts.append(f"{items} AS (SELECT * FROM unnest({arrays}) AS t ({', '.join(columns)}))")
            params.extend(list(column) for column in zip(*step.rows, strict=True))
        parts.append(f"step_{number} AS ({_statement(step, items, items)})")
    cursor.execute(f"WITH {', '.join(parts)} SELECT 1", params)


def _source_columns(step: Step) -> tuple[str, ...]:
    return step.columns if isinstance(step, Insert) else step.by + step.columns


def _statement(step: Step, source: str, items: str) -> str:
    table = step.model._meta.db_table
    if isinstance(step, Insert):
        columns = ", ".join(step.columns)
        return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source}"
    changes = ", ".join(_change(step, column, f"{items}.{column}") for column in step.columns)
    found = " AND ".join(f"{table}.{column} = {items}.{column}" for column in step.by)
    return f"UPDATE {table} SET {changes} FROM {source} WHERE {found}"


def _change(step: Update, column: str, value: str) -> str:
    old = f"{step.model._meta.db_table}.{column}"
    if column in step.adds:
        return f"{column} = {old} + {value}"
    if column in step.later:
        return f"{column} = CASE WHEN {value} IS NULL OR {old} >= {value} THEN {old} ELSE {value} END"
    if column in step.earlier:
        return f"{column} = CASE WHEN {value} IS NULL OR {old} <= {value} THEN {old} ELSE {value} END"
    return f"{column} = {value}"


def _row_statement(step: Step) -> str:
    table = step.model._meta.db_table
    if isinstance(step, Insert):
        marks = ", ".join(["%s"] * len(step.columns))
        return f"INSERT INTO {table} ({', '.join(step.columns)}) VALUES ({marks})"
    changes = ", ".join(_change(step, column, "%s") for column in step.columns)
    found = " AND ".join(f"{column} = %s" for column in step.by)
    return f"UPDATE {table} SET {changes} WHERE {found}"


def _row_params(step: Step):
    """The rows in the order of the statement's marks: a column that only moves one way is named three times."""
    if isinstance(step, Insert):
        return step.rows
    width = len(step.by)
    order = []
    for position, column in enumerate(step.columns, start=width):
        order.extend([position] * (3 if column in step.later | step.earlier else 1))
    order.extend(range(width))
    return [tuple(row[position] for position in order) for row in step.rows]


@cache
def _type(model: type[Model], column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return field.db_type(connection).split("(")[0]
