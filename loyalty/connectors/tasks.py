"""Working off what came in, and the clock that looks again. Two at once do no harm."""

from celery import shared_task
from django.utils import timezone

from loyalty.connectors import operations


@shared_task(name="connectors.work_off")
def work_off(received_id: int) -> None:
    operations.work_off(received_id=received_id, at=timezone.now())


@shared_task(name="connectors.look_again")
def look_again() -> None:
    operations.look_again(at=timezone.now())
    operations.announce_abandoned(at=timezone.now())
    operations.forget_old(at=timezone.now())


@shared_task(name="connectors.send_codes")
def send_codes() -> None:
    operations.follow_vouchers(at=timezone.now())
    operations.send_codes(at=timezone.now())
