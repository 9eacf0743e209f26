"""What the roles may do at the till, with partners and with the shops that are connected."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0001_initial"),
        ("webhooks", "0001_initial"),
        ("backoffice", "0003_roles_of_the_kinds_of_program"),
        ("counter", "0001_initial"),
        ("partners", "0003_matching"),
        ("portal", "0001_initial"),
        ("api", "0001_initial"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
