"""A pause keeps the paid days; a cancellation ends with the period, or now."""

from datetime import date

import pytest

from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.operations import SubscriptionRefused
from tests.factories.subscriptions import noon

pytestmark = pytest.mark.django_db
JANUARY = noon(2025, 1, 10)


@pytest.fixture
def active(life, plus):
    life.subscribe(plus, JANUARY)
    return life


def test_cancelled_it_goes_on_to_the_end_of_the_period_and_no_further(active):
    operations.cancel(subscription=active.row, at=noon(2025, 1, 20), reason="moved away")
    assert active.until(2025, 2, 9) == ("active", 1, True)
    assert active.until(2025, 2, 10) == ("cancelled", 1, False)
    assert active.plan_now == ""
    assert active.row.cancelled_reason == "moved away"


def test_a_trial_that_is_cancelled_is_never_charged(life, prime):
    life.subscribe(prime, JANUARY)
    operations.cancel(subscription=life.row, at=noon(2025, 1, 20))
    assert life.until(2025, 2, 8) == ("trialing", 0, True)
    assert life.until(2025, 2, 9) == ("cancelled", 0, False)


def test_cancelled_now_the_benefits_end_now(active):
    operations.cancel(subscription=active.row, at=noon(2025, 1, 20), now=True)
    assert active.stands(noon(2025, 1, 20)) == ("cancelled", 1, False)


def test_a_cancellation_can_be_taken_back(active):
    operations.cancel(subscription=active.row, at=noon(2025, 1, 20))
    operations.keep(subscription=active.row, at=noon(2025, 1, 21))
    assert active.until(2025, 2, 10) == ("active", 2, True)
    with pytest.raises(SubscriptionRefused, match="No cancellation"):
        operations.keep(subscription=active.row, at=noon(2025, 2, 10))


def test_who_has_cancelled_can_subscribe_again_when_it_is_over(active, plus):
    operations.cancel(subscription=active.row, at=noon(2025, 1, 20), now=True)
    active.subscribe(plus, noon(2025, 3, 1))
    assert active.stands(noon(2025, 3, 1)) == ("active", 1, True)


def test_a_pause_keeps_the_days_and_takes_the_benefits(active):
    operations.pause(subscription=active.row, at=noon(2025, 1, 20))
    assert active.until(2025, 3, 31) == ("paused", 1, False)
    assert active.plan_now == ""
    operations.resume(subscription=active.row, at=noon(2025, 4, 1))
    assert active.row.period_end == date(2025, 4, 22)  # the 21 days that were left on 20 January
    assert active.until(2025, 4, 21) == ("active", 1, True)
    assert active.until(2025, 4, 22) == ("active", 2, True)
    assert active.row.period_end == date(2025, 5, 22)


def test_a_pause_ends_by_itself_on_its_day(active):
    operations.pause(subscription=active.row, at=noon(2025, 1, 20), until=date(2025, 2, 1))
    assert active.until(2025, 1, 31) == ("paused", 1, False)
    assert active.until(2025, 2, 1) == ("active", 1, True)


def test_benefits_of_the_past_are_remembered(active, program, ana, plus):
    operations.pause(subscription=active.row, at=noon(2025, 1, 20))
    operations.resume(subscription=active.row, at=noon(2025, 2, 1))
    had = [
        queries.benefits_at(program=program, member_id=ana.pk, at=noon(*day))
        for day in ((2025, 1, 9), (2025, 1, 15), (2025, 1, 25), (2025, 2, 2))
    ]
    assert had == [None, plus, None, plus]


@pytest.mark.parametrize("until", [date(2025, 1, 20), date(2025, 1, 1)])
def test_a_pause_ends_later_than_today(active, until):
    with pytest.raises(SubscriptionRefused, match="later day"):
        operations.pause(subscription=active.row, at=noon(2025, 1, 20), until=until)


def test_what_is_not_paid_up_is_not_paused(active, life, prime):
    operations.cancel(subscription=active.row, at=noon(2025, 1, 11))
    with pytest.raises(SubscriptionRefused, match="ends with its period"):
        operations.pause(subscription=active.row, at=noon(2025, 1, 12))
    operations.cancel(subscription=active.row, at=noon(2025, 1, 12), now=True)
    life.subscribe(prime, noon(2025, 1, 12))
    with pytest.raises(SubscriptionRefused, match="paid up"):
        operations.pause(subscription=life.row, at=noon(2025, 1, 13))
    with pytest.raises(SubscriptionRefused, match="not paused"):
        operations.resume(subscription=life.row, at=noon(2025, 1, 13))
