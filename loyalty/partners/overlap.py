"""The database refuses two contracts of one partner and program that hold on the same day.

PostgreSQL has a constraint for it; the numbers are written as ranges of one, which needs no extension. SQLite has
triggers, which it drops when a migration rebuilds the table: they are made again after every migrate.
"""

from django.db import connections

TABLE = "partners_contract"
NAME = "contract_does_not_overlap"
_EXCLUSION = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist (
  int8range(partner_id, partner_id, '[]') WITH &&,
  int8range(program_id, program_id, '[]') WITH &&,
  daterange(valid_from, valid_until) WITH &&)
"""
_TRIGGER = f"""
CREATE TRIGGER {NAME}_{{event}} BEFORE {{event}} ON {TABLE} FOR EACH ROW WHEN EXISTS (
  SELECT 1 FROM {TABLE} WHERE id <> COALESCE(NEW.id, 0) AND partner_id = NEW.partner_id
    AND program_id = NEW.program_id AND valid_from < COALESCE(NEW.valid_until, '9999-12-31')
    AND COALESCE(valid_until, '9999-12-31') > NEW.valid_from)
BEGIN SELECT RAISE(ABORT, '{NAME}'); END
"""


def install(connection) -> None:
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(_EXCLUSION)
            return
        for event in ("insert", "update"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{event}")
            cursor.execute(_TRIGGER.format(event=event))


def install_after_migrate(using, **kwargs) -> None:
    install(connections[using])
