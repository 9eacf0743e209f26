"""The roles of a new installation. A later room that brings tables runs `install` again in a migration of its own."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("axes", "0010_accessattemptexpiration"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ("analytics", "0001_initial"),
        ("campaigns", "0001_initial"),
        ("earning", "0001_initial"),
        ("events", "0001_initial"),
        ("jobs", "0001_initial"),
        ("ledger", "0001_initial"),
        ("members", "0001_initial"),
        ("programs", "0001_initial"),
        ("rewards", "0001_initial"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
