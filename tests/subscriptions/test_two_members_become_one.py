"""Two rows that were one person: one subscription runs, nobody pays twice, and undone each has the own again."""

from datetime import timedelta

import pytest

from loyalty.subscriptions import operations, person, queries
from loyalty.subscriptions.models import Charge, Subscription
from loyalty.subscriptions.operations import SubscriptionRefused
from tests.factories.merging import MERGED_AT, merge, undo
from tests.factories.subscriptions import Life, add_plan, subscribe

pytestmark = pytest.mark.django_db
BEFORE = MERGED_AT - timedelta(days=5)
AFTER = MERGED_AT + timedelta(days=5)


@pytest.fixture
def hers(program, ana):
    return Life(program, ana)


@pytest.fixture
def other(program, double):
    return Life(program, double)


def test_a_subscription_follows_the_person_and_is_paid_once(ana, double, hers, other, plus):
    other.subscribe(plus, BEFORE)
    merge(ana, double)
    assert hers.stands(AFTER) == ("active", 1, True)
    assert (hers.plan_now, other.plan_now) == ("plus", "")
    operations.renew(subscription=hers.row, at=BEFORE + timedelta(days=40))
    assert Charge.objects.get(member=ana).amount == 1000
    assert hers.stands(BEFORE + timedelta(days=40)) == ("active", 2, True)


def test_of_two_the_kept_members_goes_on_and_the_other_ends_with_what_is_paid(ana, double, hers, other, plus):
    hers.subscribe(plus, BEFORE)
    other.subscribe(plus, BEFORE)
    merge(ana, double)
    for subscription in Subscription.objects.all():
        operations.renew(subscription=subscription, at=BEFORE + timedelta(days=40))
    assert hers.stands(BEFORE + timedelta(days=40)) == ("active", 2, True)
    assert other.row.state == "cancelled"
    assert Charge.objects.count() == 3


def test_a_second_trial_is_not_had_by_a_second_row(program, ana, double, hers, other, prime):
    other.subscribe(prime, BEFORE)
    operations.cancel(subscription=other.row, at=BEFORE, now=True)
    merge(ana, double)
    hers.subscribe(prime, AFTER)
    assert hers.stands(AFTER) == ("active", 1, True)


def test_two_trials_of_one_person_are_no_obstacle(ana, double, hers, other, prime):
    hers.subscribe(prime, BEFORE)
    operations.cancel(subscription=hers.row, at=BEFORE, now=True)
    other.subscribe(prime, BEFORE)
    undone = merge(ana, double)
    assert hers.stands(AFTER) == ("trialing", 0, True)
    undo(undone)
    assert other.row.trial_end is not None
    assert other.stands(AFTER) == ("trialing", 0, True)


def test_undone_each_has_the_own_subscription_again(ana, double, hers, other, plus):
    hers.subscribe(plus, BEFORE)
    other.subscribe(plus, BEFORE)
    undo(merge(ana, double))
    for life in (hers, other):
        assert not life.row.ends_with_period
    undo(merge(double, ana))
    assert hers.row.is_live


def test_what_happened_before_is_rated_by_the_plan_of_then(program, ana, double, other):
    other.subscribe(add_plan(program, "double", multiplier=2), BEFORE)
    merge(ana, double)
    standings = queries.standings(program=program, member_ids=[ana.pk])
    assert standings.at(ana.pk, BEFORE + timedelta(days=1)) == ("double", 2)
    assert standings.at(ana.pk, AFTER) == ("double", 2)


def test_who_is_forgotten_is_not_charged_again(program, ana, hers, plus):
    subscription = subscribe(program, ana, plus, BEFORE, customer="cus_1", payment_method="pm_1")
    refunded = operations.refund_charge(charge=hers.charges[0], reason="Ana is ill", at=BEFORE)
    person.erase(member_ids=[ana.pk], at=MERGED_AT, by=None)
    subscription.refresh_from_db()
    refunded.refresh_from_db()
    assert (subscription.state, subscription.customer, subscription.payment_method) == ("expired", "", "")
    assert not Subscription.history.exclude(customer="").exists()
    assert "Ana" not in refunded.reason
    with pytest.raises(SubscriptionRefused):
        operations.renew(subscription=subscription, at=AFTER)


def test_who_asks_for_everything_gets_the_charges_too(ana, hers, plus):
    hers.subscribe(plus, BEFORE)
    (told,) = person.export(member_ids=[ana.pk])
    assert (told["plan"], told["charges"][0]["amount"], told["charges"][0]["receipt"]) == ("plus", 1000, 1)
