"""A request that moves something takes effect once, and every retry gets the same bytes."""

import pytest
from django.db import connection, transaction

from loyalty.api.idempotency import InFlight
from loyalty.api.models import IdempotencyRecord
from loyalty.api.operations import KEPT, forget_answers
from loyalty.earning.models import Activity
from loyalty.ledger.models import Account
from tests.api.conftest import NOW
from tests.racing import AllHaveRead, at_once

pytestmark = pytest.mark.django_db


def test_ten_retries_get_the_same_bytes(hotel_api, purchase):
    first = hotel_api.post("activities", purchase, key="k1")
    shuffled = dict(reversed(purchase.items()))
    retries = [hotel_api.post("activities", shuffled, key="k1") for _ in range(10)]

    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first
    assert {each.content for each in retries} == {first.content}
    assert {(each.status_code, each["Location"], each["Idempotent-Replayed"]) for each in retries} == {
        (201, first["Location"], "true")
    }
    assert Activity.objects.filter(kind="purchase").count() == 1


def test_a_key_is_for_one_request(hotel_api, guest, purchase):
    hotel_api.post("activities", purchase, key="k1")

    other_body = hotel_api.post("activities", purchase | {"amount": "31.00"}, key="k1")
    other_address = hotel_api.post(f"members/{guest['id']}/cards", key="k1")

    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert (other_address.status_code, other_address.json()["code"]) == (422, "idempotency_key_reused")


def test_the_same_key_of_another_partner_is_another_key(hotel_api, airline_api, guest):
    hotel_api.post("members", {"external_id": "one"}, key="k1")

    assert "Idempotent-Replayed" not in airline_api.post("members", {"external_id": "one"}, key="k1")


def test_it_cannot_be_left_out(hotel_api, purchase):
    for key in ["", " ", "é", "x" * 256]:
        answer = hotel_api.post("activities", purchase, **{"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key"), key
    assert not Activity.objects.filter(kind="purchase").exists()


def test_a_refusal_keeps_nothing_and_may_be_tried_again(hotel_api, purchase, store):
    refused = hotel_api.post("activities", purchase | {"store": "lille"}, key="k1")
    recorded = hotel_api.post("activities", purchase | {"store": "lyon"}, key="k1")

    assert (refused.status_code, refused.json()["code"]) == (422, "store_unknown")
    assert recorded.status_code == 201


def test_another_key_for_the_same_activity_is_the_same_activity(hotel_api, purchase):
    first = hotel_api.post("activities", purchase).json()
    again = hotel_api.post("activities", purchase).json()
    other = hotel_api.post("activities", purchase | {"amount": "31.00"})

    assert (again["id"], again["granted"], again["balances"]) == (first["id"], first["granted"], first["balances"])
    assert (other.status_code, other.json()["code"]) == (409, "other_content")


def test_a_refund_that_says_no_moment_is_the_same_refund(hotel_api, purchase, time_machine):
    """Now is another moment each time; the retry means the first one."""
    refunds = f"activities/{hotel_api.post('activities', purchase).json()['id']}/refunds"
    time_machine.move_to("2026-03-02T14:00:00Z", tick=False)
    part = {"external_id": "part", "amount": "10.00"}
    first = hotel_api.post(refunds, part)
    time_machine.shift(3600)
    again = hotel_api.post(refunds, part)
    others = [hotel_api.post(refunds, part | more) for more in ({"amount": "9.00"}, {"occurred_at": NOW})]

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (first.json()["occurred_at"], first.json()["granted"][0]["points"]) == ("2026-03-02T14:00:00Z", -10)
    assert hotel_api.post(f"{refunds}?preview=true", part, key=None).json()["occurred_at"] == "2026-03-02T14:00:00Z"
    assert {(other.status_code, other.json()["code"]) for other in others} == {(409, "other_content")}
    assert Activity.objects.filter(kind="refund").count() == 1


def test_the_rest_is_refunded_once(hotel_api, purchase, time_machine):
    refunds = f"activities/{hotel_api.post('activities', purchase).json()['id']}/refunds"
    first = hotel_api.post(refunds, {"external_id": "rest"})
    time_machine.shift(3600)

    assert hotel_api.post(refunds, {"external_id": "rest"}).json() == first.json()


def test_answers_are_forgotten_after_a_month(hotel_api, guest):
    record = IdempotencyRecord.objects.get()
    assert forget_answers(at=record.created_at + KEPT) == 0
    assert forget_answers(at=record.created_at + KEPT * 2) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect(hotel_api, purchase):
    answers = at_once(lambda _: hotel_api.post("activities", purchase, key="k1"), range(50), threads=10)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert Activity.objects.filter(kind="purchase").count() == 1
    assert Account.objects.get().available == 30


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_refunds_under_many_keys_at_once_are_one(hotel_api, purchase):
    refunds = f"activities/{hotel_api.post('activities', purchase).json()['id']}/refunds"
    answers = at_once(lambda _: hotel_api.post(refunds, {"external_id": "rest"}), range(10), threads=5)

    assert {answer.status_code for answer in answers} == {201}
    assert Activity.objects.filter(kind="refund").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_at_once_would_both_find_nothing(hotel):
    """The control: looking before writing."""
    all_have_read = AllHaveRead(2)

    def look_then_write(_):
        with transaction.atomic():
            known = IdempotencyRecord.objects.filter(partner=hotel, key="k1").exists()
            all_have_read.wait()
            return known

    assert at_once(look_then_write, range(2)) == [False, False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_to_come_back(hotel_api, hotel, purchase, monkeypatch):
    monkeypatch.setattr("loyalty.api.idempotency.LONGEST_WAIT", 0.2)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotencyrecord (partner_id, key, request_hash, headers, body, created_at) "
            "VALUES (%s, 'k1', '', '{}', '', now())",
            [hotel.pk],
        )
        [answer] = at_once(lambda _: hotel_api.post("activities", purchase, key="k1"), [1])

    assert (answer.status_code, answer.json()["code"]) == (409, InFlight.default_code)
    assert answer["Retry-After"] == "1"
