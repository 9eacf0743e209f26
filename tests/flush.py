"""How transactional tests leave the database as the migrations made it.

Django's own flush would be refused by the tables that are append-only, and would lose the rows that migrations wrote.
"""

from django.core.management import call_command
from django.db import connections, transaction
from django.test import TransactionTestCase

from loyalty.lib import append_only


def adapt_transactional_tests(patch):
    rows_of_migrations = {}

    def remember(cls):
        for alias in cls._databases_names(include_mirrors=False):
            if alias not in rows_of_migrations:
                rows_of_migrations[alias] = connections[alias].creation.serialize_db_to_string()

    def flush(self):
        for alias in self._databases_names(include_mirrors=False):
            _empty(alias)
            connections[alias].creation.deserialize_db_from_string(rows_of_migrations[alias])

    patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(remember))
    patch.setattr(TransactionTestCase, "_fixture_teardown", flush)


def _empty(alias):
    connection = connections[alias]
    append_only.remove(connection)
    if connection.vendor == "postgresql":
        _delete_rows(connection)
    else:
        call_command(
            "flush", verbosity=0, interactive=False, database=alias, reset_sequences=False, inhibit_post_migrate=True
        )
    append_only.install(connection)


def _delete_rows(connection):
    """A test fills a few tables; to TRUNCATE two hundred, as flush does, takes PostgreSQL a second each time."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            name = connection.ops.quote_name(table)
            cursor.execute(f"DELETE FROM {name}")
