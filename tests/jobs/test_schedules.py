"""The clock of the background is made of rows that staff can edit, and their edits last."""

import pytest
from celery import current_app
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from loyalty.jobs import registry, schedules

pytestmark = pytest.mark.django_db


def test_a_new_installation_has_all_schedules():
    call_command("migrate", verbosity=0)
    assert set(registry.beats()) <= set(PeriodicTask.objects.values_list("name", flat=True))


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    assert {beat.task for beat in registry.beats().values()} <= set(current_app.tasks)


def test_what_staff_changed_is_kept():
    schedules.install()
    hourly = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.filter(name="nights").update(interval=hourly, enabled=False)
    count = PeriodicTask.objects.count()
    schedules.install()
    task = PeriodicTask.objects.get(name="nights")
    assert (task.interval, task.enabled) == (hourly, False)
    assert PeriodicTask.objects.count() == count
