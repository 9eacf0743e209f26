"""How transactional tests leave the database as the migrations made it.

Django's own flush would be refused by the tables that are append-only, and would lose the rows that migrations wrote.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

from loyalty.lib import append_only

KEPT = "kept_"  # before the name of a table: the copy of what migrations wrote


def adapt_transactional_tests(patch):
    kept = {}

    def remember(cls):
        for alias in cls._databases_names(include_mirrors=False):
            if alias not in kept:
                kept[alias] = _keep(connections[alias])

    def flush(self):
        for alias in self._databases_names(include_mirrors=False):
            _restore(connections[alias], kept[alias])

    patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(remember))
    patch.setattr(TransactionTestCase, "_fixture_teardown", flush)


def _keep(connection):
    """The tables in which migrations wrote, of which there is then a copy."""
    found = []
    with connection.cursor() as cursor:
        for table in _tables(connection):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                cursor.execute(f"DROP TABLE IF EXISTS {KEPT}{table}")
                cursor.execute(f"CREATE TABLE {KEPT}{table} AS SELECT * FROM {table}")
                found.append(table)
    return found


def _restore(connection, kept):
    """In one transaction: PostgreSQL waits for the disk at the end of each, and foreign keys are looked at there."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        append_only.remove(connection)
        for table in _tables(connection):  # not TRUNCATE, which takes PostgreSQL a second for two hundred
            cursor.execute(f"DELETE FROM {table}")
        for table in kept:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {KEPT}{table}")
        connection.check_constraints()  # now, because nothing may be left open where a trigger is made
        append_only.install(connection)


def _tables(connection):
    return connection.introspection.django_table_names(only_existing=True, include_views=False)
