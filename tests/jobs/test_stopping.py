"""Staff may call a job off at any time: it ends after the chunk in hand, and what is done stays done."""

import pytest
from django.db import transaction

from loyalty.jobs import operations
from loyalty.jobs.models import Job
from tests.factories.jobs import NOON, ask, run, said, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def called_off_in_the_second_chunk(register_job):
    def work(run):
        for first, last in run.chunks(1, 9, size=3):
            with transaction.atomic():
                say(range(first, last + 1))
                run.advance(cursor=last)
            if first == 4:
                operations.cancel(job=Job.objects.get(), by=None, at=NOON)

    register_job(work)


def test_a_waiting_job_never_begins(counting):
    job = ask()
    operations.cancel(job=job, by=None, at=NOON)
    assert run(job).state == Job.State.CANCELLED
    assert said() == []


def test_a_running_job_ends_after_the_chunk_in_hand(called_off_in_the_second_chunk):
    job = run(ask())
    assert job.state == Job.State.CANCELLED
    assert said() == [1, 2, 3, 4, 5, 6]


def test_tried_again_it_does_the_rest(called_off_in_the_second_chunk):
    job = run(ask())
    operations.retry(job=job, by=None, at=NOON)
    job = run(job)
    assert job.state == Job.State.SUCCEEDED
    assert said() == list(range(1, 10))


def test_a_finished_job_cannot_be_called_off(counting):
    job = run(ask())
    with pytest.raises(operations.NotPossible):
        operations.cancel(job=job, by=None, at=NOON)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
