"""How a worker gets a job, runs it, and leaves it: claims are settled by the database, so two workers share nothing."""

import logging
import os
import socket
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.jobs import registry
from loyalty.jobs.models import Job
from loyalty.jobs.run import Cancelled, JobError, Run, TakenOver

logger = logging.getLogger(__name__)

# A chunk must be shorter than this: a run that is silent for longer counts as dead.
DEAD_AFTER = timedelta(minutes=5)


def run(job_id: int, *, at: datetime, retry: bool = False) -> Job:
    """Run the job in this process, if nobody else does. The row tells how it went, and the log why it failed.

    A finished job is left alone; a failed one too, unless `retry`.
    """
    job = _claim(Job.objects.get(pk=job_id), retry=retry)
    if job is not None:
        _work(job, Run(job, at))
    return Job.objects.get(pk=job_id)


def is_dead(job: Job) -> bool:
    """Whether the worker of a running job is gone: silent for too long, or a process of this machine that ended."""
    if job.state != Job.State.RUNNING:
        return False
    if job.heartbeat_at is None or timezone.now() - job.heartbeat_at > DEAD_AFTER:
        return True
    host, _sep, pid = job.worker.rpartition(":")
    return host == socket.gethostname() and not _process_lives(int(pid))


def lost_jobs(*, at: datetime) -> list[int]:
    """Jobs that no worker holds: its process ended, or the queue lost the message. They are to be queued again."""
    waiting = Job.objects.filter(state=Job.State.WAITING, heartbeat_at__lt=at - DEAD_AFTER)
    silent = list(waiting.values_list("pk", flat=True))
    # A message that is only slow will find the job done; one more every few minutes does no harm.
    Job.objects.filter(state=Job.State.WAITING, pk__in=silent).update(heartbeat_at=at)
    return silent + [job.pk for job in Job.objects.filter(state=Job.State.RUNNING) if is_dead(job)]


def _process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _claim(job: Job, *, retry: bool) -> Job | None:
    free = job.state == Job.State.WAITING or is_dead(job) or (retry and job.state == Job.State.FAILED)
    if not free:
        return None
    now = timezone.now()
    # The row must still be as it was read; whoever changes it first has the job.
    seen = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts, heartbeat_at=job.heartbeat_at)
    claimed = seen.update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        started_at=Coalesce("started_at", now),
        heartbeat_at=now,
        finished_at=None,
        failure="",
    )
    return Job.objects.get(pk=job.pk) if claimed else None


def _work(job: Job, run: Run) -> None:
    try:
        state, failure = _outcome(job, run)
        run.finish(state, failure=failure)
    except TakenOver:
        logger.warning("Job %s was taken over by another worker.", job.pk)


def _outcome(job: Job, run: Run) -> tuple[Job.State, str]:
    try:
        run.check()
        kind = registry.find(job.name)
        if kind is None:
            raise JobError(_("No installed part of the program knows this kind of job."))
        kind.work(run)
    except TakenOver:
        raise
    except Cancelled:
        return Job.State.CANCELLED, ""
    except JobError as error:
        return Job.State.FAILED, str(error)
    except Exception as error:
        logger.exception("Job %s (%s) failed.", job.pk, job)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()  # the database may have been what failed
        return Job.State.FAILED, f"{type(error).__name__}: {error}"[:500]
    return Job.State.SUCCEEDED, ""
