"""Tables that the database itself refuses to change: models with `append_only = True`, and the fixed columns of others.

A model may name `fixed_columns` that an UPDATE must leave alone and whose rows must not be deleted. Triggers do it on
PostgreSQL and SQLite. SQLite drops a table's triggers when a migration rebuilds the table, so they are installed after
every migrate; neither the web server nor a worker starts while one is missing, and a system check says so.
"""

from collections.abc import Iterator

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

FUNCTION = "refuse_change"


def guarded() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Table and fixed columns; no column named means all of them."""
    for model in apps.get_models():
        if getattr(model, "append_only", False):
            yield model._meta.db_table, ()
        elif fixed := getattr(model, "fixed_columns", ()):
            yield model._meta.db_table, fixed


def install(connection) -> None:
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only: write another row', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
            )
        for table, columns in guarded():
            if table in present:
                for statement in _create(connection.vendor, table, columns):
                    cursor.execute(statement)


def remove(connection) -> None:
    """For tests that flush and for nobody else."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table, _ in guarded():
            if table in present:
                for event in ("update", "delete"):
                    cursor.execute(_drop(connection.vendor, table, event))


def _name(table: str, event: str) -> str:
    return f"{table}_refuses_{event}"


def _drop(vendor: str, table: str, event: str) -> str:
    on = f" ON {table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {_name(table, event)}{on}"


def _create(vendor: str, table: str, columns: tuple[str, ...]) -> Iterator[str]:
    for event in ("update", "delete"):
        yield _drop(vendor, table, event)
        of = f" OF {', '.join(columns)}" if columns and event == "update" else ""
        action = (
            f"EXECUTE FUNCTION {FUNCTION}()"
            if vendor == "postgresql"
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: write another row'); END"
        )
        yield (f"CREATE TRIGGER {_name(table, event)} BEFORE {event.upper()}{of} ON {table} FOR EACH ROW {action}")


def missing(connection) -> list[str]:
    """The triggers that should be there and are not, on tables that exist."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    return [
        _name(table, event)
        for table, _ in guarded()
        for event in ("update", "delete")
        if table in present and _name(table, event) not in found
    ]


def require() -> None:
    """For what serves: raises ImproperlyConfigured where a trigger is missing. No connection is left to be forked."""
    connection = connections["default"]
    try:
        if names := missing(connection):
            raise ImproperlyConfigured(f"The database lacks {', '.join(names)}. Run manage.py migrate.")
    finally:
        connection.close()


def install_after_migrate(using, **kwargs) -> None:
    install(connections[using])


@register(Tags.database)
def check_triggers(app_configs, databases, **kwargs):
    return [
        Error(f"The trigger {name} is missing on “{alias}”.", hint="Run manage.py migrate.", id="ledger.E001")
        for alias in databases or ()
        for name in missing(connections[alias])
    ]
