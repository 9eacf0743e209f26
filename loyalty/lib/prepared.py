"""Reads that a busy path makes at every call: Django builds their SQL once per process.

A `Prepared` read is a queryset whose values are left open (`number`, `text`…). Called with the values it
gives what the queryset would give, models or tuples, from the database as it stands: only the statement's text is kept.
Building it costs Django several times what PostgreSQL needs to answer it.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, CharField, DateTimeField, Expression, Field, QuerySet, UUIDField

from loyalty.lib import sql


class Open(Expression):
    """A value of the field's type that comes with the call."""

    def __init__(self, name: str, field: Field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def bound(self, value, connection):
        return self.output_field.get_db_prep_value(value, connection)


class OpenMany(Open):
    """Several of them, for `__in`: the statement is the same however many there are."""

    def as_sql(self, compiler, connection):
        kind = self.output_field.rel_db_type(connection)
        return (f"SELECT unnest(%s::{kind}[])" if sql.is_postgresql() else "SELECT value FROM json_each(%s)"), [self]

    def bound(self, value, connection):
        return sql.many(super(OpenMany, self).bound(each, connection) for each in value)


def number(name: str) -> Open:
    return Open(name, BigIntegerField())


def text(name: str) -> Open:
    return Open(name, CharField())


def moment(name: str) -> Open:
    return Open(name, DateTimeField())


def texts(name: str) -> OpenMany:
    return OpenMany(name, CharField())


def uuids(name: str) -> OpenMany:
    return OpenMany(name, UUIDField())


class Prepared:
    """`build` makes the queryset, on the first call: fields, relations and conditions, no prefetching."""

    def __init__(self, build: Callable[[], QuerySet]):
        self._build = build

    @cached_property
    def _built(self):
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        statement, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        compiler.get_converters = lambda _columns: converters
        return queryset, compiler, statement, params

    def __call__(self, **values: Any) -> list[Any]:
        queryset, built, statement, params = self._built
        compiler = copy(built)
        compiler.connection = connection = connections[DEFAULT_DB_ALIAS]  # this thread's own
        bound = tuple(
            param.bound(values[param.name], connection) if isinstance(param, Open) else param for param in params
        )
        compiler.as_sql = lambda: (statement, bound)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        ready = SimpleNamespace(query=query, db=DEFAULT_DB_ALIAS, model=queryset.model, _known_related_objects={})
        return list(queryset._iterable_class(ready))
