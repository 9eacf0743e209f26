"""Money goes back whole or by the days that are left, the way it came, and never more than came in."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from loyalty.subscriptions import gateways, operations
from loyalty.subscriptions.gateways import Answer, GatewayUnavailable, Outcome, fake
from loyalty.subscriptions.models import Charge, ChargeRefund, FakeRefund
from loyalty.subscriptions.operations import SubscriptionRefused
from rewards.models import Voucher
from tests.factories.rewards import RewardFactory
from tests.factories.subscriptions import add_plan, noon

pytestmark = pytest.mark.django_db
JANUARY = noon(2025, 1, 1)


@pytest.fixture
def charge(life, program):
    life.subscribe(add_plan(program, price=3100), JANUARY)
    return life.charges[0]


def refund(charge, day, share="pro_rata"):
    return operations.refund_charge(charge=charge, share=share, reason="asked", at=noon(2025, 1, day))


@pytest.mark.parametrize(("day", "amount"), [(1, 3100), (2, 3000), (16, 1600), (31, 100)])
def test_the_days_that_are_left_go_back(charge, day, amount):
    assert refund(charge, day).amount == amount
    assert FakeRefund.objects.get().amount == amount


def test_all_of_it_goes_back(charge):
    refund(charge, 16, "full")
    charge.refresh_from_db()
    assert (charge.state, charge.refunded) == ("refunded", 3100)


def test_after_a_part_the_rest_can_still_go_back_and_no_more(charge):
    refund(charge, 16)
    charge.refresh_from_db()
    assert (charge.state, charge.refundable) == ("paid", 1500)
    assert refund(charge, 16, "full").amount == 1500
    with pytest.raises(SubscriptionRefused, match="left to give back"):
        refund(charge, 16, "full")


def test_what_was_not_paid_does_not_go_back(life, plus):
    life.subscribe(plus, JANUARY, gateway="manual")
    with pytest.raises(SubscriptionRefused, match="not been paid"):
        refund(life.charges[0], 2)


def test_when_the_period_is_over_no_days_are_left(charge, life):
    life.until(2025, 2, 1)
    with pytest.raises(SubscriptionRefused, match="left to give back"):
        operations.refund_charge(charge=charge, reason="asked", at=noon(2025, 2, 1))


def test_cancelled_and_refunded_later_the_days_since_count(charge, life):
    operations.cancel(subscription=life.row, at=noon(2025, 1, 16), now=True)
    assert refund(charge, 20).amount == 1600


def test_days_kept_by_a_pause_go_back_too(charge, life):
    operations.pause(subscription=life.row, at=noon(2025, 1, 16))
    life.until(2025, 3, 1)
    operations.cancel(subscription=life.row, at=noon(2025, 3, 1))
    assert operations.refund_charge(charge=charge, reason="asked", at=noon(2025, 3, 1)).amount == 1600


def test_an_unused_gift_goes_with_the_whole_of_the_first_payment(life, program):
    life.subscribe(add_plan(program, "gift", joining_reward=RewardFactory(program=program)), JANUARY)
    assert Voucher.objects.get().state == "unused"
    operations.refund_charge(charge=life.charges[0], share="full", reason="asked", at=JANUARY)
    assert Voucher.objects.get().state == "withdrawn"


def test_a_refund_without_an_answer_is_asked_for_again(charge, program, monkeypatch):
    def silent(ask):
        raise GatewayUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(fake, "give_back", silent)
        with pytest.raises(GatewayUnavailable):
            refund(charge, 16)
    assert ChargeRefund.objects.get().state == "asked"
    for _ in range(2):
        operations.settle_refunds(program=program, at=noon(2025, 1, 17))
    assert ChargeRefund.objects.get().state == "done"
    assert FakeRefund.objects.count() == 1


def test_a_refund_that_is_refused_leaves_the_charge_as_it_was(charge, monkeypatch):
    monkeypatch.setattr(gateways.find("fake"), "give_back", lambda ask: Answer(Outcome.DECLINED, problem="closed"))
    assert refund(charge, 16, "full").state == "failed"
    charge.refresh_from_db()
    assert (charge.state, charge.refundable) == ("paid", 3100)


def test_the_database_refuses_to_give_back_more_than_came_in(charge):
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(refunded=F("amount") + 1)
