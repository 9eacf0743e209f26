"""The clock of the nights: every quarter of an hour, each program whose midnight has passed."""

from celery import shared_task
from django.utils import timezone

from loyalty.backoffice.nightly import run_night
from loyalty.lib.periods import local_date
from loyalty.programs.models import Program


@shared_task(name="backoffice.nights")
def nights() -> None:
    for program_id in Program.objects.values_list("pk", flat=True):
        night.delay(program_id)


@shared_task(name="backoffice.night")
def night(program_id: int) -> None:
    """A night that is complete, or that another worker is running, is left alone."""
    program = Program.objects.get(pk=program_id)
    now = timezone.now()
    run_night(program=program, as_of=local_date(now, program.tzinfo), at=now)
