"""Another plan with the next period, or at once for what the unused days do not pay."""

from datetime import date

import pytest

from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import FakePayment
from loyalty.subscriptions.operations import PaymentDeclined, SubscriptionRefused
from tests.factories.subscriptions import add_plan, noon

pytestmark = pytest.mark.django_db
JANUARY, MIDDLE = noon(2025, 1, 1), noon(2025, 1, 16)


@pytest.fixture
def basic(program):
    return add_plan(program, "basic", price=3100)


@pytest.fixture
def gold(program):
    return add_plan(program, "gold", price=5000)


@pytest.fixture
def active(life, basic):
    life.subscribe(basic, JANUARY)
    return life


def test_with_the_next_period_at_its_price(active, gold):
    operations.change_plan(subscription=active.row, plan=gold, at=MIDDLE)
    active.until(2025, 1, 31)
    assert active.plan_now == "basic"
    active.until(2025, 2, 1)
    assert active.plan_now == "gold"
    assert [charge.amount for charge in active.charges] == [3100, 5000]
    active.until(2025, 3, 1)
    assert active.charges[-1].amount == 5000


def test_to_a_year_the_year_is_whole(active, program):
    yearly = add_plan(program, "yearly", every="year", price=20000)
    operations.change_plan(subscription=active.row, plan=yearly, at=MIDDLE)
    active.until(2025, 2, 1)
    assert active.charges[-1].period_end == date(2026, 2, 1)


def test_at_once_the_unused_days_pay_their_share(active, gold):
    operations.change_plan(subscription=active.row, plan=gold, at=MIDDLE, now=True)
    assert active.plan_now == "gold"
    first, second = active.charges
    assert (second.amount, second.credit, second.period_start) == (3400, 1600, date(2025, 1, 16))
    assert (first.credited, first.refundable) == (1600, 1500)
    assert FakePayment.objects.latest("pk").amount == 3400
    assert active.until(2025, 2, 16) == ("active", 3, True)
    assert active.charges[-1].amount == 5000


def test_declined_the_plan_stays(active, ana, gold):
    fake.script(member_id=ana.pk, results=["declined", "ok"])
    with pytest.raises(PaymentDeclined, match="stays as it was"):
        operations.change_plan(subscription=active.row, plan=gold, at=MIDDLE, now=True)
    assert active.stands(MIDDLE) == ("active", 1, True)
    assert active.plan_now == "basic"
    operations.change_plan(subscription=active.row, plan=gold, at=MIDDLE, now=True)
    assert active.plan_now == "gold"


def test_to_a_cheaper_remainder_not_at_once(active, program):
    cheap = add_plan(program, "cheap", price=1000)
    with pytest.raises(SubscriptionRefused, match="€16.00.*next period"):
        operations.change_plan(subscription=active.row, plan=cheap, at=MIDDLE, now=True)
    operations.change_plan(subscription=active.row, plan=cheap, at=MIDDLE)
    assert active.row.next_plan == cheap


def test_on_the_first_day_all_of_it_counts(active, gold):
    operations.change_plan(subscription=active.row, plan=gold, at=JANUARY, now=True)
    assert active.charges[-1].amount == 1900
    operations.set_price(plan=active.charges[0].plan, currency="EUR", amount=9900, at=JANUARY)
    with pytest.raises(SubscriptionRefused, match="tomorrow"):
        operations.change_plan(subscription=active.row, plan=active.charges[0].plan, at=JANUARY, now=True)


def test_during_the_trial_it_costs_nothing(life, prime, gold):
    life.subscribe(prime, JANUARY)
    operations.change_plan(subscription=life.row, plan=gold, at=MIDDLE, now=True)
    assert life.plan_now == "gold"
    life.until(2025, 1, 31)
    assert [charge.amount for charge in life.charges] == [5000]


def test_a_change_that_waits_for_the_till_lapses_with_the_period(life, basic, gold):
    life.subscribe(basic, JANUARY, gateway="manual")
    operations.take_payment(charge=life.charges[0], at=JANUARY)
    operations.change_plan(subscription=life.row, plan=gold, at=MIDDLE, now=True)
    assert life.plan_now == "basic"
    waiting = life.charges[-1]
    life.until(2025, 2, 1)
    operations.take_payment(charge=life.charges[-1], at=noon(2025, 2, 1))
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    with pytest.raises(SubscriptionRefused, match="no longer waits"):
        operations.take_payment(charge=waiting, at=noon(2025, 2, 1))
    assert life.plan_now == "basic"


def test_a_change_that_is_paid_at_the_till_happens_then(life, basic, gold):
    life.subscribe(basic, JANUARY, gateway="manual")
    operations.take_payment(charge=life.charges[0], at=JANUARY)
    operations.change_plan(subscription=life.row, plan=gold, at=MIDDLE, now=True)
    (waiting,) = queries.open_charges(program=life.program, member_id=life.member.pk)
    operations.take_payment(charge=waiting, at=MIDDLE)
    assert life.plan_now == "gold"


def test_the_same_plan_or_one_that_ends_is_refused(active, basic, gold):
    with pytest.raises(SubscriptionRefused, match="choose another one"):
        operations.change_plan(subscription=active.row, plan=basic, at=MIDDLE)
    operations.cancel(subscription=active.row, at=MIDDLE)
    with pytest.raises(SubscriptionRefused, match="take the cancellation back"):
        operations.change_plan(subscription=active.row, plan=gold, at=MIDDLE)
