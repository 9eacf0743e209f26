import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F

from loyalty.connectors import catalogue, rules
from loyalty.connectors.api import asker
from loyalty.connectors.facts import Passed, Payload, Refusal, Unreadable
from loyalty.connectors.models import Received
from loyalty.connectors.operations.applying import Door, Outcome
from loyalty.connectors.reading import parse
from loyalty.lib.outbound import NotReached
from loyalty.lib.sealing import CannotUnseal

logger = logging.getLogger(__name__)
State = Received.State
TOGETHER = 200
WORST_FIRST: list[str] = [State.REFUSED, State.WAITING, State.DONE, State.PASSED]


def work_off(*, received_id: int, at: datetime) -> None:
    """Do what a delivery asks for, once. What cannot be done now is tried again; what never can be, staff see."""
    row = _open(received_id).select_related("connection__program", "connection__store").first()
    if row is None:
        return
    try:
        payload = _payload(row)  # may ask the other system, so no transaction waits meanwhile
        _apply(row, payload, at)
    except Unreadable as fault:
        _settle(row.pk, [Outcome(State.REFUSED, fault.code, fault.field)], at)
    except (NotReached, Refusal, CannotUnseal, OperationalError) as fault:
        _postpone(row, getattr(fault, "code", "database_busy"), at)
    except Exception:
        logger.exception("Delivery %s could not be worked off", row.pk)
        _postpone(row, "internal_error", at)


def look_again(*, at: datetime, limit: int = TOGETHER) -> int:
    """What was postponed, what waits for its member, and what a lost worker left behind; returns how many."""
    due = Received.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    for received_id in ids:
        work_off(received_id=received_id, at=at)
    return len(ids)


def forget_old(*, at: datetime) -> int:
    """The content of what was refused goes after thirty days; it names people."""
    old = Received.objects.filter(settled_at__lt=at - rules.KEPT).exclude(body="")
    return old.update(body="")


def _open(received_id: int) -> Any:
    return Received.objects.filter(pk=received_id, state__in=[State.RECEIVED, State.WAITING])


def _payload(row: Received) -> Payload:
    payload: Payload = parse(row.body)
    complete = getattr(catalogue.find(row.connection.connector), "complete", None)
    return complete(payload, asker(row.connection)) if complete else payload


@transaction.atomic
def _apply(row: Received, payload: Payload, at: datetime) -> None:
    """Under the row's lock: of two workers one finds it settled."""
    locked = _open(row.pk).select_for_update().first()
    if locked is None:
        return
    connector = catalogue.find(row.connection.connector)
    door = Door(row.connection, at=at, named=locked.member_id, by=locked.by)
    outcomes = []
    for fact in connector.read(payload, row.topic, row.connection.mapping):
        outcomes.append(Outcome(State.PASSED, fact.code) if isinstance(fact, Passed) else door.take(fact))
    _settle(row.pk, outcomes, at)


@transaction.atomic
def _settle(received_id: int, outcomes: Sequence[Outcome], at: datetime) -> None:
    """The worst of the outcomes is the delivery's; what went well beside it stays, and is not done twice."""
    row = Received.objects.select_for_update().get(pk=received_id)
    worst = min(outcomes, key=lambda outcome: WORST_FIRST.index(outcome.state))
    gives_up = worst.state == State.WAITING and at - row.received_at > rules.KEPT
    row.state = State.REFUSED if gives_up else worst.state
    row.code, row.detail = worst.code[:60], worst.detail[:300]
    row.activities = [outcome.activity for outcome in outcomes if outcome.activity]
    row.attempts += 1
    waits = row.state == State.WAITING
    row.due_at = at + rules.wait(row.attempts) if waits else None
    row.settled_at = None if waits else at
    if row.state in (State.DONE, State.PASSED):
        row.body = ""
    row.save()


def _postpone(row: Received, code: str, at: datetime) -> None:
    again_at = rules.again_at(row.attempts + 1, at)
    values: dict[str, Any] = {"state": State.RECEIVED, "due_at": again_at, "code": code[:60]}
    if again_at is None:
        values |= {"state": State.REFUSED, "settled_at": at}
    _open(row.pk).update(attempts=F("attempts") + 1, **values)
