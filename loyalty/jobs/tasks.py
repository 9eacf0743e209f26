"""How background work gets a process. Tasks carry ids; what a job is stands in its row."""

from celery import shared_task
from django.utils import timezone

from loyalty.jobs import worker


@shared_task(name="jobs.run_job")
def run_job(job_id: int) -> None:
    worker.run(job_id, at=timezone.now())


@shared_task(name="jobs.rescue")
def rescue() -> None:
    for job_id in worker.lost_jobs(at=timezone.now()):
        run_job.delay(job_id)
