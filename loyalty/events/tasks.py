"""The publisher's clock."""

from celery import shared_task

from loyalty.events import operations


@shared_task(name="events.publish")
def publish() -> None:
    while operations.publish():
        pass
