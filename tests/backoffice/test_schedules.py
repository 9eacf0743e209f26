"""What starts by itself: administrators see and edit it, others do not."""

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def task():
    every_hour, _created = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    return PeriodicTask.objects.create(name="the test's own", task="loyalty.tests.nothing", interval=every_hour)


def test_an_administrator_switches_a_task_off(as_role, task):
    form = {"action": "disable_tasks", "_selected_action": [task.pk]}

    as_role("administrator").post("/admin/django_celery_beat/periodictask/", form)

    task.refresh_from_db()
    assert not task.enabled


def test_the_forms_open(as_role, task):
    browser = as_role("administrator")

    for model, row in {"periodictask": task, "intervalschedule": task.interval}.items():
        assert browser.get(f"/admin/django_celery_beat/{model}/{row.pk}/change/").status_code == 200
        assert browser.get(f"/admin/django_celery_beat/{model}/add/").status_code == 200


def test_others_see_no_schedules(as_role, task):
    assert as_role("finance").get("/admin/django_celery_beat/periodictask/").status_code == 403
