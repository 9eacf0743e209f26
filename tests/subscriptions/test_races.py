"""Many at once: a period is paid once, receipts have no gaps, one live subscription, one trial, one refund.

Each control takes the lock or the key away and shows that the race is real.
"""

import uuid
from dataclasses import replace

import pytest
from django.db.models import Max

from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Attempt, Charge, FakePayment, FakeRefund, Subscription
from loyalty.subscriptions.operations import SubscriptionRefused, charging
from tests.factories.members import EnrolmentFactory
from tests.factories.subscriptions import add_plan, noon, subscribe
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CALLERS = 6
BEFORE, DUE = noon(2025, 1, 31), noon(2025, 2, 28)


@pytest.fixture
def subscription(program, ana):
    return subscribe(program, ana, add_plan(program), BEFORE)


def renew_at_once(subscription):
    return at_once(lambda _: operations.renew(subscription=subscription, at=DUE), range(CALLERS))


def test_renewals_at_once_are_one(subscription):
    results = renew_at_once(subscription)
    assert [result.state for result in results] == ["active"] * CALLERS
    assert Charge.objects.count() == FakePayment.objects.count() == 2
    assert Attempt.objects.filter(charge__period_start=DUE.date()).count() == 1


def test_control_renewals_that_ask_with_keys_of_their_own_charge_each(subscription, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)
    collect = fake.collect

    def forgetful(ask):
        all_have_read.wait()
        return collect(replace(ask, key=uuid.uuid4().hex))

    monkeypatch.setattr(fake, "collect", forgetful)
    renew_at_once(subscription)
    assert FakePayment.objects.count() == 1 + CALLERS


def members(program):
    return [enrolment.member for enrolment in EnrolmentFactory.create_batch(CALLERS * 2, program=program)]


def receipts():
    return sorted(Charge.objects.paid().values_list("receipt_number", flat=True))


def test_receipts_have_no_gaps_although_some_payments_fail(program):
    plan, everybody = add_plan(program), members(program)
    for member in everybody[::3]:
        fake.script(member_id=member.pk, results=["declined"])
    at_once(lambda member: subscribe(program, member, plan, BEFORE), everybody, threads=len(everybody))
    assert receipts() == list(range(1, len(everybody) - len(everybody[::3]) + 1))


def test_control_receipts_counted_by_looking_are_given_twice(program, monkeypatch):
    plan, everybody = add_plan(program), members(program)
    all_have_read = AllHaveRead(len(everybody))

    def look(program_id):
        last = Charge.objects.filter(program=program_id).aggregate(last=Max("receipt_number"))["last"] or 0
        all_have_read.wait()
        return last + 1

    monkeypatch.setattr(charging, "_next_receipt", look)
    results = at_once(lambda member: subscribe(program, member, plan, BEFORE), everybody, threads=len(everybody))
    assert len([result for result in results if isinstance(result, Exception)]) == len(everybody) - 1


def test_of_subscriptions_at_once_one_lives_and_has_the_trial(program, ana):
    plan = add_plan(program, trial_days=10)
    results = at_once(lambda _: subscribe(program, ana, plan, BEFORE), range(CALLERS))
    refused = [result for result in results if isinstance(result, SubscriptionRefused)]
    assert {refusal.code for refusal in refused} == {"already_subscribed"}
    assert len(refused) == CALLERS - 1
    assert Subscription.objects.count() == 1


def test_of_whole_refunds_at_once_one_is_given(subscription):
    charge = Charge.objects.get()

    def refund(_):
        return operations.refund_charge(charge=charge, share="full", reason="asked", at=BEFORE)

    results = at_once(refund, range(CALLERS))
    assert len([result for result in results if isinstance(result, SubscriptionRefused)]) == CALLERS - 1
    assert FakeRefund.objects.get().amount == 1000


def test_a_payment_at_the_till_is_taken_once(program, ana, subscription):
    fake.script(member_id=ana.pk, results=["declined"])
    operations.renew(subscription=subscription, at=DUE)
    (charge,) = queries.open_charges(program=program, member_id=ana.pk)
    results = at_once(lambda _: operations.take_payment(charge=charge, at=DUE), range(CALLERS))
    assert {result.code for result in results if isinstance(result, SubscriptionRefused)} == {"already_paid"}
    assert receipts() == [1, 2]


def test_the_same_notice_delivered_many_times_at_once_pays_once(program, ana):
    fake.script(member_id=ana.pk, results=["delayed"])
    subscribe(program, ana, add_plan(program), BEFORE)
    body, headers = fake.settle(key=FakePayment.objects.get().key, paid=True, at=BEFORE)

    def deliver(_):
        return operations.record_gateway_notice(gateway="fake", body=body, headers=headers, at=BEFORE)

    assert not [result for result in at_once(deliver, range(CALLERS)) if isinstance(result, Exception)]
    assert receipts() == [1]


def test_cancelled_while_the_provider_is_asked_the_money_goes_back(subscription, monkeypatch):
    collect = fake.collect

    def cancel_meanwhile(ask):
        operations.cancel(subscription=subscription, at=DUE, now=True)
        return collect(ask)

    monkeypatch.setattr(fake, "collect", cancel_meanwhile)
    operations.renew(subscription=subscription, at=DUE)
    late = Charge.objects.get(period_start=DUE.date())
    assert (late.state, late.refunded) == ("refunded", 1000)
    assert FakeRefund.objects.get().amount == 1000
