"""Each program's night begins when it is midnight there."""

from datetime import UTC, date, datetime

import pytest
from celery import current_app

from loyalty.backoffice import tasks
from loyalty.jobs.models import Job
from tests.factories.earning import ActivityFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
ZONES = {"auckland": "Pacific/Auckland", "paris": "Europe/Paris", "los-angeles": "America/Los_Angeles"}


@pytest.fixture
def last_days(nights):
    """The last day that each program's jobs have run for, after the clock struck."""
    nights.have("expire")
    for code, zone in ZONES.items():
        program = ProgramFactory(code=code, time_zone=zone)
        ActivityFactory(program=program, occurred_at=datetime(2026, 6, 10, 20, tzinfo=UTC))

    def strike():
        current_app.conf.task_always_eager = True
        try:
            tasks.nights()
        finally:
            current_app.conf.task_always_eager = False
        return {code: date.fromisoformat(Job.objects.filter(scope=code).latest("period").period).day for code in ZONES}

    return strike


def test_the_same_moment_is_another_day_elsewhere(last_days, time_machine):
    time_machine.move_to(datetime(2026, 6, 14, 22, 15, tzinfo=UTC))
    assert last_days() == {"auckland": 15, "paris": 15, "los-angeles": 14}


def test_a_quarter_of_an_hour_before_midnight_the_day_has_not_come(last_days, time_machine):
    time_machine.move_to(datetime(2026, 6, 14, 21, 45, tzinfo=UTC))
    assert last_days()["paris"] == 14
    time_machine.move_to(datetime(2026, 6, 14, 22, 0, tzinfo=UTC))
    assert last_days()["paris"] == 15


def test_days_on_which_no_worker_ran_are_caught_up(last_days, time_machine):
    time_machine.move_to(datetime(2026, 6, 12, 12, tzinfo=UTC))
    last_days()
    time_machine.move_to(datetime(2026, 6, 20, 12, tzinfo=UTC))
    last_days()
    assert Job.objects.filter(scope="paris").count() == len(range(10, 21))
