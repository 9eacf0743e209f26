from celery import shared_task
from django.utils import timezone

from loyalty.api import operations


@shared_task(name="api.forget_answers")
def forget_answers():
    operations.forget_answers(at=timezone.now())
