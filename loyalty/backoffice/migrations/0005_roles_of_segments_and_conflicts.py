"""What the roles may do with segments, with statements issued by hand, and with what tills kept while offline."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0004_roles_of_the_doors"),
        ("campaigns", "0002_segments"),
        ("counter", "0003_offline_conflicts"),
        ("partners", "0004_issued_by_hand"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
