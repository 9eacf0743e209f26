"""Work of the members' pages in the background."""

from celery import shared_task
from django.utils import timezone

from loyalty.portal import operations


@shared_task(name="portal.send_code")
def send_code(code_id: int) -> None:
    operations.send_code(code_id=code_id, at=timezone.now())


@shared_task(name="portal.hourly")
def hourly() -> None:
    """Forget who asked for it and has had time to think; forget what was kept for a while only."""
    now = timezone.now()
    operations.erase_due(at=now)
    operations.tidy(at=now)
