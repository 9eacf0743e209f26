"""Telling: a delivery is claimed, sent outside of any transaction, and then recorded.

A worker that dies in between leaves a claim that runs out, and the delivery is sent again: at least once, never less.
What follows for the same member waits while an earlier one is still to be delivered.
"""

import random
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.lib.outbound import REASONS, Answer, NotReached, send
from loyalty.lib.sealing import CannotUnseal
from loyalty.webhooks import payloads, rules
from loyalty.webhooks.kinds import TEST
from loyalty.webhooks.models import Delivery, Endpoint
from loyalty.webhooks.operations.errors import WebhookRefused
from loyalty.webhooks.operations.telling import NotToBeTold, told

State = Delivery.State
TOGETHER = 100
MANY = 5_000
LONGEST = 50  # seconds that one task keeps to one endpoint
TOO_MANY = 3  # failures in a row, after which the rest waits for the next turn
_chance = random.SystemRandom()


def deliver(*, endpoint_id: int, at: datetime | None = None) -> int:
    """Send what is due to one endpoint, oldest first; returns how many were sent. `at` is fixed by tests alone."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, is_active=True).select_related("partner").first()
    until, sent, failed = monotonic() + LONGEST, 0, 0
    while endpoint is not None and failed < TOO_MANY and monotonic() < until:
        now = at or timezone.now()
        delivery = _claimed(endpoint, now)
        if delivery is None:
            break
        is_sent = _send(endpoint, delivery, now)
        sent, failed = (sent + 1, 0) if is_sent else (sent, failed + 1)
        endpoint = Endpoint.objects.filter(pk=endpoint_id, is_active=True).select_related("partner").first()
    return sent


def send_test(*, endpoint: Endpoint, at: datetime) -> int:
    """Send an event of the kind `test` now and return the answer's status. Raises `WebhookRefused`."""
    try:
        return _posted(endpoint, payloads.example(TEST, at), at).status
    except NotReached as fault:
        raise WebhookRefused(REASONS[fault.code], fault.code) from fault
    except CannotUnseal as fault:
        raise WebhookRefused(_("Its secret cannot be read: make a new one."), fault.code) from fault


@transaction.atomic
def send_again(*, deliveries, at: datetime, by) -> int:
    """Dead letters, for another three days; returns how many."""
    dead = deliveries.filter(state=State.DEAD)
    return dead.update(state=State.WAITING, attempts=0, due_at=at, settled_at=None, code="", status=None)


def forget_settled(*, at: datetime) -> int:
    """Deliveries that came to their end long ago, whichever; what they told stays in the outbox. Returns how many."""
    forgotten = 0
    old = Delivery.objects.exclude(state=State.WAITING).filter(settled_at__lt=at - rules.KEPT).order_by("settled_at")
    while ids := list(old.values_list("pk", flat=True)[:MANY]):
        forgotten += Delivery.objects.filter(pk__in=ids).delete()[0]
    return forgotten


def _claimed(endpoint: Endpoint, at: datetime) -> Delivery | None:
    """The oldest that is due and first in its member's line. Of two workers one gets it."""
    mine = Delivery.objects.filter(endpoint=endpoint, state=State.WAITING)
    earlier = mine.filter(member_id=OuterRef("member_id"), event__lt=OuterRef("event"))
    due = mine.filter(due_at__lte=at).exclude(Exists(earlier)).select_related("event")
    for delivery in due.order_by("event")[:TOGETHER]:
        same = mine.filter(pk=delivery.pk, due_at=delivery.due_at)
        if same.update(due_at=at + rules.CLAIMED, attempts=F("attempts") + 1):
            delivery.attempts += 1
            return delivery
    return None


def _send(endpoint: Endpoint, delivery: Delivery, at: datetime) -> bool:
    try:
        answer = _posted(endpoint, told(endpoint, delivery.event), at)
    except NotToBeTold:
        _record(delivery, state=State.SKIPPED, due_at=None, settled_at=at)
        return True
    except (NotReached, CannotUnseal) as fault:
        _failed(delivery, at, code=fault.code)
        return False
    if answer.is_success:
        _record(delivery, state=State.DELIVERED, due_at=None, settled_at=at, status=answer.status, code="")
        return True
    if answer.status == rules.GONE:  # the other side wants to hear no more
        Endpoint.objects.filter(pk=endpoint.pk).update(is_active=False)
    _failed(delivery, at, code="answer", status=answer.status)
    return False


def _posted(endpoint: Endpoint, message: payloads.Told, at: datetime) -> Answer:
    if endpoint.format == Endpoint.Format.SEGMENT:
        letter = payloads.segment(message, key=endpoint.secret)
    else:
        letter = payloads.standard(message, secrets=endpoint.secrets(at), at=at)
    return send("POST", endpoint.url, body=letter.body, headers=letter.headers)


def _failed(delivery: Delivery, at: datetime, **values) -> None:
    again_at = rules.again_at(delivery.attempts, at, _chance.random())
    if again_at is None:
        values |= {"state": State.DEAD, "settled_at": at}
    _record(delivery, due_at=again_at, **values)


def _record(delivery: Delivery, **values) -> None:
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(**values)
