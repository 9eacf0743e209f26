"""What went wrong without stopping the work: the first errors are kept, all of them are counted."""

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs.models import Job
from loyalty.jobs.run import ERRORS_KEPT
from tests.factories.jobs import ask, run

pytestmark = pytest.mark.django_db


def test_an_error_names_its_place(register_job):
    register_job(lambda run: run.error(_("yes"), row=12, field="amount"))
    job = run(ask())
    assert job.state == Job.State.SUCCEEDED
    assert job.errors == [{"row": 12, "field": "amount", "message": "yes"}]
    assert job.error_count == 1


def test_only_the_first_errors_are_kept_but_all_are_counted(register_job):
    def work(run):
        for row in range(ERRORS_KEPT + 50):
            run.error("bad", row=row)

    register_job(work)
    job = run(ask())
    assert job.error_count == ERRORS_KEPT + 50
    assert [error["row"] for error in job.errors] == list(range(ERRORS_KEPT))


def test_errors_of_a_chunk_that_is_done_again_are_counted_once(register_job):
    outages = [True]

    def work(run):
        for first, last in run.chunks(1, 4, size=2):
            with transaction.atomic():
                for row in range(first, last + 1):
                    run.error("bad", row=row)
                if first > 1 and outages:
                    outages.pop()
                    raise ConnectionError
                run.advance(cursor=last)

    register_job(work)
    job = run(ask())
    assert (job.state, job.error_count) == (Job.State.FAILED, 2)
    job = run(job, retry=True)
    assert (job.state, job.error_count) == (Job.State.SUCCEEDED, 4)
    assert [error["row"] for error in job.errors] == [1, 2, 3, 4]
