"""Workers that take the same job at the same moment: one has it, the others do nothing.

The control takes the conditional update away (reads, then writes) and shows that the race is real.
"""

import pytest
from django.db.models import F
from django.utils import timezone

from loyalty.jobs import operations, worker
from loyalty.jobs.models import Job
from tests.factories.jobs import NOON, ask, run, said
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS = 8


def test_many_who_ask_get_the_same_job(counting):
    def start(number):
        return operations.ensure(name="count", scope="les-halles", period="today", by=None, at=NOON).pk

    assert len(set(at_once(start, range(WORKERS)))) == 1
    assert Job.objects.count() == 1


def test_one_worker_has_a_waiting_job(counting):
    job = ask()
    at_once(lambda number: run(job), range(WORKERS))
    job.refresh_from_db()
    assert said() == list(range(1, 11))
    assert (job.state, job.attempts) == (Job.State.SUCCEEDED, 1)


def test_one_worker_takes_over_a_dead_job(counting):
    job = ask()
    long_ago = timezone.now() - 2 * worker.DEAD_AFTER
    Job.objects.update(state=Job.State.RUNNING, attempts=1, worker="elsewhere:1", heartbeat_at=long_ago, cursor=4)
    at_once(lambda number: run(job), range(WORKERS))
    job.refresh_from_db()
    assert said() == [5, 6, 7, 8, 9, 10]
    assert job.attempts == 2


def test_control_without_the_condition_several_workers_have_the_job(counting, monkeypatch):
    all_have_read = AllHaveRead(WORKERS)

    def read_then_write(job, *, retry):
        assert job.state == Job.State.WAITING
        all_have_read.wait()
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=F("attempts") + 1)
        return Job.objects.get(pk=job.pk)

    monkeypatch.setattr(worker, "_claim", read_then_write)
    job = ask()
    at_once(lambda number: run(job), range(WORKERS))
    job.refresh_from_db()
    assert job.attempts == WORKERS
