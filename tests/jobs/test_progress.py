"""What a job tells while it works and when it is done."""

import pytest
from django.db import transaction

from loyalty.jobs.models import Job
from tests.factories.jobs import ask, run, said

pytestmark = pytest.mark.django_db


def test_all_chunks_are_worked_in_order_and_reported(counting):
    job = run(ask(last=10, size=3))
    assert said() == list(range(1, 11))
    assert job.state == Job.State.SUCCEEDED
    assert (job.done, job.total, job.percent, job.report) == (10, 10, 100, {"counted": 10})


def test_ids_that_begin_far_from_one_are_measured_from_there(register_job):
    def work(run):
        for _first, last in run.chunks(1001, 1100, size=25):
            with transaction.atomic():
                run.advance(cursor=last)

    register_job(work)
    job = run(ask())
    assert (job.done, job.total, job.cursor) == (100, 100, 1100)


def test_no_ids_are_no_chunks(register_job):
    def work(run):
        assert list(run.chunks(None, None, size=10)) == []

    register_job(work)
    assert run(ask()).state == Job.State.SUCCEEDED


def test_the_progress_so_far_is_there_for_others_to_see(register_job):
    seen = []

    def work(run):
        for _first, last in run.chunks(1, 4, size=1):
            with transaction.atomic():
                run.advance(cursor=last)
            seen.append(Job.objects.get().percent)

    register_job(work)
    run(ask())
    assert seen == [25, 50, 75, 100]


def test_how_much_there_is_may_be_unknown(register_job):
    seen = []

    def work(run):
        with transaction.atomic():
            run.advance(cursor=5, done=5)
        seen.append(Job.objects.get())

    register_job(work)
    run(ask())
    assert (seen[0].done, seen[0].percent) == (5, None)


def test_facts_stand_in_the_report_beside_the_counts(register_job):
    def work(run):
        run.note(encoding="utf-16")
        with transaction.atomic():
            run.advance(cursor=1, rows=7)
        run.note(encoding="utf-8")

    register_job(work)
    assert run(ask()).report == {"encoding": "utf-8", "rows": 7}


@pytest.mark.django_db(transaction=True)
def test_progress_outside_the_transaction_of_its_effect_is_a_mistake_of_the_work(register_job):
    register_job(lambda run: run.advance(cursor=1))
    job = run(ask())
    assert job.state == Job.State.FAILED
    assert "transaction" in job.failure
