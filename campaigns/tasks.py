"""The clock of the messages: greet who enrolled, send what is queued. Two at once do no harm."""

from celery import shared_task

from campaigns import operations


@shared_task(name="campaigns.send")
def send() -> None:
    operations.send_waiting()
