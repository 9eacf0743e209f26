"""Who has a plan with priority support says so on the enrolment; from now on the plans push it down."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def push_down(apps, schema_editor):
    Enrolment, Plan = apps.get_model("members", "Enrolment"), apps.get_model("subscriptions", "Plan")
    mine = Plan.objects.filter(program=OuterRef("program"), code=OuterRef("plan"), priority_support=True)
    Enrolment.objects.exclude(plan="").filter(Exists(mine)).update(priority_by_plan=True)


class Migration(migrations.Migration):
    dependencies = [("members", "0007_priority_support"), ("subscriptions", "0001_initial")]

    operations = [migrations.RunPython(push_down, migrations.RunPython.noop)]
