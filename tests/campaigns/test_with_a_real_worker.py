"""The clock, the queue, a worker in its own process: who enrols at a till is greeted without anybody doing anything."""

from django.utils import timezone

from campaigns import tasks
from campaigns.models import Message
from loyalty.events import tasks as events
from loyalty.events.models import Event
from tests.factories.campaigns import enrol
from tests.factories.programs import ProgramFactory


def test_who_enrols_is_welcomed_by_the_worker(worker):
    member = enrol(ProgramFactory(), at=timezone.now())

    events.publish.delay()
    worker.wait_until(lambda: Event.objects.filter(member_id=member.pk, sequence__isnull=False).exists())
    tasks.send.delay()

    worker.wait_until(lambda: Message.objects.filter(member=member, state="sent").exists())
    assert Message.objects.filter(member=member).count() == 1
