"""What other rooms and staff do with jobs: ask for one, run it, call it off, try it again.

`at` is the time of the asking. The work's own time is in its period and parameters.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry, worker
from loyalty.jobs.models import Job
from loyalty.jobs.run import JobError
from loyalty.jobs.tasks import run_job

__all__ = ["JobError", "NotPossible", "UnknownJob", "cancel", "ensure", "note_idle", "retry", "run", "start"]


class UnknownJob(Exception):
    """No room has registered this kind of job."""


class NotPossible(Exception):
    """The job's state does not allow it; the message is translated."""


@transaction.atomic
def start(*, name: str, scope="", period="", by, at: datetime, params: dict | None = None) -> Job:
    """Ask for a job and give it to a worker after commit. The same name, scope and period give the same job."""
    job = ensure(name=name, scope=scope, period=period, by=by, at=at, params=params)
    if job.state == Job.State.WAITING:
        _queue(job)
    return job


def ensure(
    *, name: str, scope="", period="", by, at: datetime, params: dict | None = None, catching_up: bool = False
) -> Job:
    """The job's row, made if it is not there; nobody is told to run it."""
    if registry.find(name) is None:
        raise UnknownJob(name)
    defaults = {
        "params": params or {},
        "by": by,
        "created_at": at,
        "heartbeat_at": at,
        "catching_up": catching_up,
    }
    job, _created = Job.objects.get_or_create(name=name, scope=scope, period=period, defaults=defaults)
    if job.catching_up != catching_up and not job.is_settled:
        Job.objects.filter(pk=job.pk).update(catching_up=catching_up)
    return job


def note_idle(*, scope: str, jobs: Iterable[tuple[str, date]], at: datetime) -> None:
    """Days on which a daily job had nothing to do: (name, day). One statement for all of them."""
    rows = [
        Job(
            name=name,
            scope=scope,
            period=day.isoformat(),
            state=Job.State.SUCCEEDED,
            created_at=at,
            started_at=at,
            finished_at=at,
        )
        for name, day in jobs
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def run(job: Job, *, at: datetime, retry: bool = False) -> Job:
    """Run the job in this process, if nobody else does, and return its row. A failed one only with `retry`."""
    return worker.run(job.pk, at=at, retry=retry)


@transaction.atomic
def cancel(*, job: Job, by, at: datetime) -> None:
    """Call a job off. A running one ends after the chunk in hand; what is committed stays."""
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    if waiting.update(state=Job.State.CANCELLED, finished_at=at):
        return
    if not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True):
        raise NotPossible(_("Only a waiting or running job can be cancelled."))


@transaction.atomic
def retry(*, job: Job, by, at: datetime) -> None:
    """Try a failed or cancelled job again from where it stopped."""
    stopped = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    values = {"state": Job.State.WAITING, "cancel_requested": False, "failure": "", "finished_at": None}
    if not stopped.update(heartbeat_at=at, **values):
        raise NotPossible(_("Only a failed or cancelled job can be tried again."))
    _queue(job)


def _queue(job):
    # Robust: the row stands even when the broker does not answer, and `rescue` comes back to it.
    transaction.on_commit(lambda: run_job.delay(job.pk), robust=True)
