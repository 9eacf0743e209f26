"""The clock of the messages: greet who enrolled, send what is queued. Two at once do no harm."""

from celery import shared_task
from django.utils import timezone

from campaigns import operations


@shared_task(name="campaigns.send")
def send() -> None:
    now = timezone.now()
    operations.close_interrupted(at=now)
    while operations.queue_welcomes(at=now):
        pass
    while (delivered := operations.deliver(at=timezone.now())) and delivered.is_connected:
        pass
