"""The clock of the webhooks: each endpoint gets a task of its own, so that a slow one keeps nobody else waiting."""

from celery import shared_task
from django.utils import timezone

from loyalty.webhooks import exporting, operations, queries


@shared_task(name="webhooks.tell")
def tell() -> None:
    while operations.fan_out(at=timezone.now()):
        pass
    for endpoint_id in queries.endpoints_with_work(at=timezone.now()):
        deliver.delay(endpoint_id)


@shared_task(name="webhooks.deliver")
def deliver(endpoint_id: int) -> None:
    operations.deliver(endpoint_id=endpoint_id)


@shared_task(name="webhooks.forget_settled")
def forget_settled() -> None:
    operations.forget_settled(at=timezone.now())


@shared_task(name="webhooks.export_members")
def export_members() -> None:
    exporting.ask_for_exports(at=timezone.now())
