"""What a night does about a job that fails, that staff stopped, or that another worker holds."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from loyalty.backoffice.nightly import AUTOMATIC_ATTEMPTS, run_night
from loyalty.jobs import operations
from loyalty.jobs.models import Job
from tests.factories.earning import ActivityFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(program):
    ActivityFactory(program=program, occurred_at=datetime(2026, 2, 1, 10, tzinfo=UTC))
    return program


def run(program, **terms):
    return run_night(program=program, as_of=date(2026, 2, 2), at=NOW, **terms)


def out_of_order(run):
    raise RuntimeError


def job_of(name, day="2026-02-01"):
    return Job.objects.get(name=name, period=day)


def test_nothing_is_built_on_an_essential_job_that_failed(shop, nights):
    nights.have("expire", order=20, work=out_of_order)
    nights.have("issue", order=30)
    assert run(shop).ended_by == job_of("expire")
    assert nights.ran == ["2026-02-01 expire"]


def test_the_next_night_tries_it_again_and_goes_on(shop, nights):
    outage = [True]
    nights.have("expire", order=20, work=lambda run: 1 / (0 if outage.pop() else 1) if outage else None)
    nights.have("issue", order=30)
    run(shop)
    nights.ran.clear()
    assert run(shop).ended_by is None
    assert nights.ran == ["2026-02-01 expire", "2026-02-01 issue", "2026-02-02 expire", "2026-02-02 issue"]


def test_a_job_that_changes_no_points_holds_nothing_up(shop, nights):
    nights.have("snapshot", order=20, work=out_of_order, essential=False)
    nights.have("issue", order=30)
    night = run(shop)
    assert night.ended_by is None
    assert "2026-02-02 issue" in nights.ran
    assert job_of("snapshot").state == Job.State.FAILED


def test_a_job_that_keeps_failing_is_left_to_staff(shop, nights):
    nights.have("expire", work=out_of_order)
    for _night in range(AUTOMATIC_ATTEMPTS + 3):
        assert run(shop).ended_by is not None
    assert len(nights.ran) == AUTOMATIC_ATTEMPTS
    run(shop, by_hand=True)
    assert len(nights.ran) == AUTOMATIC_ATTEMPTS + 1


def test_a_job_that_staff_stopped_is_left_alone_and_holds_nothing_up(shop, nights):
    def stopped_by_staff(run):
        operations.cancel(job=job_of("expire", run.period), by=None, at=NOW)
        run.check()

    nights.have("expire", order=20, work=stopped_by_staff)
    nights.have("issue", order=30)
    assert run(shop).ended_by is None
    assert job_of("expire").state == Job.State.CANCELLED
    assert "2026-02-02 issue" in nights.ran
    nights.ran.clear()
    run(shop)
    assert nights.ran == []


def test_a_job_in_another_workers_hands_ends_the_night(shop, nights):
    nights.have("expire", order=20)
    nights.have("issue", order=30)
    job = operations.ensure(name="expire", scope=shop.code, period="2026-02-01", by=None, at=NOW)
    Job.objects.update(state=Job.State.RUNNING, attempts=1, worker="elsewhere:1", heartbeat_at=timezone.now())
    night = run(shop)
    assert (night.is_busy, night.ended_by) == (True, job)
    assert nights.ran == []
