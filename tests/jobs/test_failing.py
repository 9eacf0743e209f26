"""A job that fails says so in a sentence; the traceback is for the log. Tried again, it goes on where it stopped."""

import logging

import pytest
from django.db import transaction

from loyalty.jobs import operations
from loyalty.jobs.models import Job
from loyalty.jobs.run import JobError
from tests.factories.jobs import NOON, ask, run, said, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def fails_once(register_job):
    """Counts to 9 by threes and breaks in the second chunk, after its effect, the first time."""
    outages = [RuntimeError("the shelf fell down")]

    def work(run):
        for first, last in run.chunks(1, 9, size=3):
            with transaction.atomic():
                say(range(first, last + 1))
                if first == 4 and outages:
                    raise outages.pop()
                run.advance(cursor=last, counted=last - first + 1)

    register_job(work)


def test_a_failure_keeps_what_was_committed_and_nothing_else(fails_once):
    job = run(ask())
    assert job.state == Job.State.FAILED
    assert said() == [1, 2, 3]
    assert (job.cursor, job.report) == (3, {"counted": 3})


def test_a_failure_is_a_sentence_for_staff_and_a_traceback_for_the_log(fails_once, caplog):
    with caplog.at_level(logging.ERROR):
        job = run(ask())
    assert job.failure == "RuntimeError: the shelf fell down"
    assert "Traceback" in caplog.text


def test_a_foreseen_failure_has_the_words_of_the_work(register_job, caplog):
    def work(run):
        raise JobError("The file is no longer there.")

    register_job(work)
    job = run(ask())
    assert (job.state, job.failure) == (Job.State.FAILED, "The file is no longer there.")
    assert caplog.text == ""


def test_tried_again_it_goes_on_where_it_stopped(fails_once):
    job = run(ask())
    operations.retry(job=job, by=None, at=NOON)
    job = run(job)
    assert said() == list(range(1, 10))
    assert (job.state, job.failure, job.report, job.done) == (Job.State.SUCCEEDED, "", {"counted": 9}, 9)


def test_a_failed_job_is_not_run_unless_it_is_tried_again(register_job):
    attempts = []

    def work(run):
        attempts.append(run)
        raise JobError("no")

    register_job(work)
    job = run(ask())
    run(job)
    assert len(attempts) == 1


def test_a_job_that_succeeded_cannot_be_tried_again(counting):
    job = run(ask())
    with pytest.raises(operations.NotPossible):
        operations.retry(job=job, by=None, at=NOON)


def test_a_kind_of_job_that_is_no_longer_installed_fails_with_a_reason(counting, monkeypatch):
    job = ask()
    Job.objects.update(name="gone")
    assert "kind of job" in run(job).failure
