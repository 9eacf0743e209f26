"""Indexes for the search of members that only PostgreSQL has: parts of names, beginnings of e-mails, tags."""

from django.db import DatabaseError, migrations, transaction

TRIGRAMS = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEXES = {
    "member_email_begins": "(UPPER(email) text_pattern_ops) WHERE NOT (email = '')",
    "member_tags": "USING gin (tags jsonb_path_ops)",
}
NAMES = {"member_name_parts": "USING gin (name_key gin_trgm_ops)"}


def create_indexes(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        wanted = INDEXES | (NAMES if _has_trigrams(connection, cursor) else {})
        for name, definition in wanted.items():
            cursor.execute(f"CREATE INDEX {name} ON members_member {definition}")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for name in (*INDEXES, *NAMES):
                cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _has_trigrams(connection, cursor):
    """Some servers lack the extension or forbid it: searching names then reads the table."""
    try:
        with transaction.atomic(connection.alias):
            cursor.execute(TRIGRAMS)
    except DatabaseError:
        return False
    return True


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [migrations.RunPython(create_indexes, drop_indexes)]
