"""From asking to the result through a real queue and a real worker process."""

import pytest

from loyalty.jobs import operations, queries
from loyalty.jobs.models import Job
from tests.factories.jobs import NOON


def job_of(program):
    return queries.find(name="expire", scope=program.code, period="2026-03-02")


@pytest.mark.postgres
def test_a_job_that_is_asked_for_is_run_by_the_worker(worker, program):
    operations.start(name="expire", scope=program.code, period="2026-03-02", by=None, at=NOON)
    worker.wait_until(lambda: job_of(program).state == Job.State.SUCCEEDED)
    assert job_of(program).attempts == 1
