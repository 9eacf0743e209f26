"""Managers read what tills had kept and could not be recorded."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0004_roles_of_the_doors"), ("counter", "0003_offline_conflicts")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
