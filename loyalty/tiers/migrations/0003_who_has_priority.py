"""Who is in a tier with priority support says so on the enrolment; from now on the tiers push it down."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def push_down(apps, schema_editor):
    Enrolment, Tier = apps.get_model("members", "Enrolment"), apps.get_model("tiers", "Tier")
    mine = Tier.objects.filter(tier_program__program=OuterRef("program"), code=OuterRef("tier"), priority_support=True)
    Enrolment.objects.exclude(tier="").filter(Exists(mine)).update(priority_by_tier=True)


class Migration(migrations.Migration):
    dependencies = [("members", "0007_priority_support"), ("tiers", "0002_merged_members")]

    operations = [migrations.RunPython(push_down, migrations.RunPython.noop)]
