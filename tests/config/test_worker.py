"""The web site, the queue and a worker process are three parts of one installation."""

from django.utils import timezone

from loyalty.events import operations, tasks
from loyalty.events.models import Event


def test_a_task_is_done_by_another_process_on_the_same_database(worker):
    now = timezone.now()
    operations.emit(kind="trial", program_code="any", occurred_at=now, recorded_at=now)

    tasks.publish.delay()

    worker.wait_until(lambda: Event.objects.filter(kind="trial", sequence__isnull=False).exists())
