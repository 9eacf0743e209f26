"""What the roles may do with the kinds of program."""

from django.db import migrations

from loyalty.backoffice import groups


def install(apps, schema_editor):
    groups.install(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0002_roles"),
        ("challenges", "0001_initial"),
        ("tiers", "0001_initial"),
        ("rewards", "0009_gift_cards"),
        ("subscriptions", "0001_initial"),
        ("ledger", "0003_transfers"),
        ("members", "0006_erasure"),
        ("punchcards", "0001_initial"),
        ("referrals", "0001_initial"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
