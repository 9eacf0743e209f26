"""What a refund does to points that may have been spent, expired or not begun."""

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Entry, Lot

pytestmark = pytest.mark.django_db

BREAD = ledger.Cause("till", "bread")
WINE = ledger.Cause("till", "wine")


def test_pending_points_go_first(purse):
    purse.earn(50, cause=BREAD)
    purse.earn(20, usable=14, cause=WINE)
    purse.take_back(30, earned_by=BREAD, day=1)
    assert purse.figures == (40, 0, 0)


def test_then_the_purchases_own_points_before_older_ones(purse):
    purse.earn(50, until=10, cause=WINE)
    purse.earn(50, until=90, cause=BREAD)
    purse.take_back(30, earned_by=BREAD, day=1)
    assert list(Lot.objects.order_by("id").values_list("remaining", flat=True)) == [50, 20]


def test_spent_points_leave_a_debt_that_later_points_pay_first(purse):
    purse.earn(50, cause=BREAD)
    purse.redeem(40, day=1)
    purse.take_back(50, earned_by=BREAD, day=2)
    assert purse.figures == (-40, 0, 40)
    purse.earn(100, day=3)
    assert purse.figures == (60, 0, 0)


def test_pending_points_pay_a_debt_when_they_become_usable(purse):
    purse.earn(50, cause=BREAD)
    purse.redeem(50, day=1)
    purse.take_back(50, earned_by=BREAD, day=2)
    purse.earn(80, day=3, usable=10)
    assert purse.figures == (-50, 80, 50)
    purse.night(day=11)
    assert purse.figures == (30, 0, 0)


def test_a_debt_never_expires(purse):
    purse.earn(50, until=30, cause=BREAD)
    purse.redeem(50, day=1)
    purse.take_back(50, earned_by=BREAD, day=2)
    purse.night(day=400)
    assert purse.figures == (-50, 0, 50)


def test_where_the_program_clamps_the_balance_stops_at_zero_and_the_shortfall_is_recorded(clamped_purse):
    clamped_purse.earn(50, cause=BREAD)
    clamped_purse.redeem(40, day=1)
    posted = clamped_purse.take_back(50, earned_by=BREAD, day=2)
    assert clamped_purse.figures == (0, 0, 0)
    assert (posted.points, posted.shortfall) == (-10, 40)


def test_nothing_left_to_take_is_recorded_all_the_same(clamped_purse):
    clamped_purse.earn(50, cause=BREAD)
    clamped_purse.redeem(50, day=1)
    posted = clamped_purse.take_back(50, earned_by=BREAD, day=2)
    assert (posted.points, posted.shortfall) == (0, 50)
    assert Entry.objects.get(pk=posted.entry_ids[0]).shortfall == 50


def test_points_that_lapsed_before_the_refund_expire_first_and_are_owed_then(purse):
    purse.earn(50, until=30, cause=BREAD)
    purse.take_back(50, earned_by=BREAD, day=40)
    assert purse.figures == (-50, 0, 50)
    assert list(Entry.objects.order_by("id").values_list("kind", "points")) == [
        ("earn", 50),
        ("expire", -50),
        ("reverse", -50),
    ]
