from celery import shared_task
from django.utils import timezone

from rewards import operations


@shared_task(name="rewards.release_lapsed_reservations")
def release_lapsed_reservations() -> None:
    operations.release_lapsed_reservations(at=timezone.now())
