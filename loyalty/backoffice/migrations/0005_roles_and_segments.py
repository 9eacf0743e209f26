"""What the roles may do with segments."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0004_roles_of_the_doors"), ("campaigns", "0002_segments")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
