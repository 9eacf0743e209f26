"""A job whose worker is gone is taken over; a worker that was only thought to be gone can no longer write."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from loyalty.jobs import tasks, worker
from loyalty.jobs.models import Job
from tests.factories.jobs import ask, run, said, say

pytestmark = pytest.mark.django_db
SILENT = worker.DEAD_AFTER + timedelta(seconds=1)


def leave_running(job, *, silent_for=timedelta(0), by="elsewhere:1", **values):
    """As a worker leaves a job that it is running, or was running when it died."""
    values |= {"state": Job.State.RUNNING, "attempts": 1, "worker": by}
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - silent_for, **values)


@pytest.fixture
def ended_process():
    """The name of a worker on this machine that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}"


def test_a_job_with_a_sign_of_life_is_left_to_its_worker(counting):
    job = ask()
    leave_running(job)
    assert run(job).state == Job.State.RUNNING
    assert said() == []


def test_a_silent_worker_is_succeeded_where_it_stopped(counting):
    job = ask()
    leave_running(job, silent_for=SILENT, cursor=6, done=6, report={"counted": 6})
    job = run(job)
    assert job.state == Job.State.SUCCEEDED
    assert said() == [7, 8, 9, 10]
    assert (job.attempts, job.report) == (2, {"counted": 10})


def test_a_process_of_this_machine_that_ended_is_succeeded_at_once(counting, ended_process):
    job = ask()
    leave_running(job, by=ended_process)
    assert run(job).state == Job.State.SUCCEEDED


def test_a_process_of_this_machine_that_lives_keeps_its_job(counting):
    job = ask()
    leave_running(job, by=f"{socket.gethostname()}:{os.getppid()}")
    assert run(job).state == Job.State.RUNNING


def test_a_worker_that_comes_back_from_silence_writes_nothing_more(register_job):
    def work(run):
        for first, last in run.chunks(1, 9, size=3):
            if first == 4:
                Job.objects.update(attempts=F("attempts") + 1)  # another worker has taken it
            with transaction.atomic():
                say(range(first, last + 1))
                run.advance(cursor=last, counted=last - first + 1)

    register_job(work)
    job = run(ask())
    assert said() == [1, 2, 3]
    assert (job.state, job.cursor, job.report) == (Job.State.RUNNING, 3, {"counted": 3})


def rescued():
    """Run the rescuer with a worker behind the queue."""
    current_app.conf.task_always_eager = True
    try:
        tasks.rescue()
    finally:
        current_app.conf.task_always_eager = False


def test_the_rescuer_resumes_a_job_of_a_worker_that_ended(counting, ended_process):
    job = ask()
    leave_running(job, by=ended_process, cursor=6)
    rescued()
    assert said() == [7, 8, 9, 10]


def test_the_rescuer_sends_again_what_the_queue_lost(counting):
    job = ask()
    Job.objects.update(heartbeat_at=timezone.now() - SILENT)
    rescued()
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED


def test_the_rescuer_leaves_the_living_and_the_finished_alone(counting):
    leave_running(ask(period="runs"))
    Job.objects.filter(pk=ask(period="fresh").pk).update(heartbeat_at=timezone.now())
    run(ask(period="done", last=1))
    rescued()
    assert said() == [1]
