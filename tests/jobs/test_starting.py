"""Asking for a job: the same name, scope and period are the same job, whoever asks and however often."""

import pytest
from celery import current_app

from loyalty.jobs import operations
from loyalty.jobs.models import Job
from tests.factories.jobs import NOON, ask, run, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once():
    """The queue hands each task to a worker that works in the sender's place."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def start(**terms):
    return operations.start(name="count", scope="les-halles", by=None, at=NOON, **terms)


def test_a_started_job_is_run_after_the_commit(counting, at_once, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = start(params={"last": 4})
        assert said() == []
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
    assert said() == [1, 2, 3, 4]


def test_asked_for_twice_it_is_one_job_and_runs_once(counting, at_once, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = start()
    with django_capture_on_commit_callbacks(execute=True):
        second = start()
    assert first == second
    assert said() == list(range(1, 11))


def test_the_first_to_ask_is_the_one_who_is_named(counting, clerk, marketer):
    first = operations.start(name="count", by=clerk, at=NOON)
    operations.start(name="count", by=marketer, at=NOON)
    first.refresh_from_db()
    assert first.by == clerk


def test_another_period_or_scope_is_another_job(counting):
    start(period="2026-03-01")
    start(period="2026-03-02")
    operations.start(name="count", scope="elsewhere", period="2026-03-02", by=None, at=NOON)
    assert Job.objects.count() == 3


def test_a_job_that_succeeded_is_not_run_again(counting):
    job = run(ask())
    run(job)
    run(job, retry=True)
    assert said() == list(range(1, 11))


def test_an_unknown_kind_of_job_cannot_be_asked_for(db):
    with pytest.raises(operations.UnknownJob):
        operations.start(name="no such work", by=None, at=NOON)


def test_a_broker_that_does_not_answer_does_not_lose_the_job(counting, monkeypatch, django_capture_on_commit_callbacks):
    def no_answer(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", no_answer)
    with django_capture_on_commit_callbacks(execute=True):
        job = start()
    job.refresh_from_db()
    assert job.state == Job.State.WAITING
