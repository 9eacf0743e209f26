"""At least once, a member's events in their order, for three days; then a dead letter that staff can send again."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError

from loyalty.events.models import Cursor
from loyalty.events.operations import publish
from loyalty.webhooks import operations, rules
from loyalty.webhooks.models import Delivery
from loyalty.webhooks.operations import deliver, fan_out, send_again
from tests.factories.members import EnrolmentFactory
from tests.factories.partners import PartnerMemberFactory
from tests.racing import at_once
from tests.webhooks.conftest import NOW

State = Delivery.State
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Killed(BaseException):
    """What a worker is hit by: no code of ours catches it."""


@pytest.fixture
def hooks(program, ana, bruno, hotel, endpoint):
    for member in (ana, bruno):
        PartnerMemberFactory(partner=hotel, program=program, member=member)
    return endpoint(hotel)


def told(listener):
    return [request.json["data"]["to"] for request in listener.requests]


def happened(happen, *names):
    for member, to in names:
        happen(member, to=to, reason="up")


@pytest.mark.django_db
def test_a_worker_that_dies_between_sending_and_recording_is_followed_by_another(hooks, ana, happen, tell, listener):
    happened(happen, (ana, "gold"))
    with patch.object(operations.delivering, "_record", side_effect=Killed), pytest.raises(Killed):
        tell()
    assert told(listener) == ["gold"]

    assert tell(at=NOW + MINUTE) == 0  # the claim still holds
    assert tell(at=NOW + 3 * MINUTE) == 1
    assert tell(at=NOW + 9 * MINUTE) == 0

    first, second = listener.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


@pytest.mark.django_db
def test_a_worker_that_dies_while_fanning_out_leaves_the_events_to_the_next(hooks, ana, happen, tell, listener):
    happened(happen, (ana, "silver"), (ana, "gold"))
    publish()
    gone = patch.object(operations.fanning_out.outbox, "move", side_effect=OperationalError("gone"))
    with gone, pytest.raises(OperationalError):
        fan_out(at=NOW)
    assert Delivery.objects.count() == 0

    assert tell() == 2
    assert told(listener) == ["silver", "gold"]
    assert Cursor.objects.get(consumer="webhooks").sequence == 2


@pytest.mark.django_db
def test_a_members_later_event_waits_for_the_earlier_and_others_do_not(hooks, ana, bruno, happen, tell, listener):
    happened(happen, (ana, "silver"), (ana, "gold"), (bruno, "bronze"))
    listener.answer = lambda request: 500 if request.json["data"]["to"] == "silver" else 200

    tell()
    assert told(listener) == ["silver", "bronze"]

    listener.answer = lambda request: 200
    tell(at=NOW + MINUTE)
    assert told(listener) == ["silver", "bronze", "silver", "gold"]


@pytest.mark.django_db
def test_it_is_tried_for_three_days_then_given_up_and_sent_again_by_hand(hooks, ana, happen, tell, listener):
    happened(happen, (ana, "silver"), (ana, "gold"))
    listener.answer = lambda request: 500
    at = NOW
    tell()
    while (first := Delivery.objects.order_by("event").first()).state == State.WAITING:
        at = first.due_at
        tell(at=at)

    assert (first.attempts, first.status, first.code) == (len(rules.DELAYS) + 1, 500, "answer")
    assert timedelta(days=2.9) < at - NOW < timedelta(days=3.5)
    assert "gold" in told(listener)  # the line goes on behind a dead letter

    listener.answer = lambda request: 200
    assert send_again(deliveries=Delivery.objects.all(), at=at, by=None) == 1
    tell(at=at + HOUR)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


@pytest.mark.django_db
def test_an_endpoint_that_is_down_costs_a_task_three_tries_and_no_more(hooks, program, hotel, happen, tell, listener):
    for _number in range(6):
        member = EnrolmentFactory(program=program).member
        PartnerMemberFactory(partner=hotel, program=program, member=member)
        happen(member)
    listener.answer = lambda request: 503

    tell()

    assert len(listener.requests) == 3


@pytest.mark.django_db
def test_two_failed_tries_do_not_come_back_at_the_same_moment():
    moments = {rules.again_at(1, NOW, chance) for chance in (0, 0.5, 0.99)}

    assert len(moments) == 3
    assert min(moments) == NOW + timedelta(seconds=30)
    assert rules.again_at(len(rules.DELAYS) + 1, NOW, 0) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_event_once_and_in_order(hooks, ana, bruno, happen, listener):
    happened(happen, *[(member, f"{number}") for number in range(5) for member in (ana, bruno)])
    publish()

    at_once(lambda number: fan_out(at=NOW), range(8))
    assert Delivery.objects.count() == 10
    at_once(lambda number: [deliver(endpoint_id=hooks.pk, at=NOW) for _turn in range(10)], range(8))

    by_member = {}
    for request in listener.requests:
        by_member.setdefault(request.json["data"]["member"], []).append(request.json["data"]["to"])
    assert list(by_member.values()) == [["0", "1", "2", "3", "4"]] * 2
