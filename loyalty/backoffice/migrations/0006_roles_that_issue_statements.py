"""Finance issues partners' statements by hand where the job did not."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0005_roles_and_segments"),
        ("partners", "0004_issued_by_hand"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
