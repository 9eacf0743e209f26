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


def test_its_own_points_are_taken_where_they_have_lapsed_and_no_night_has_taken_them(purse):
    """Whether they expired or were spent in time, the nights will say: until then they are there to be taken."""
    purse.earn(50, until=30, cause=BREAD)
    purse.take_back(50, earned_by=BREAD, day=40)
    assert purse.figures == (0, 0, 0)
    assert list(Entry.objects.order_by("id").values_list("kind", "points")) == [("earn", 50), ("reverse", -50)]


def test_what_another_purchase_gave_and_has_lapsed_is_left_to_expire(purse):
    purse.earn(50, until=30, cause=WINE)
    purse.earn(20, cause=BREAD)
    purse.take_back(20, earned_by=BREAD, day=40)
    assert purse.figures == (50, 0, 0)
    purse.night(day=41)
    assert purse.figures == (0, 0, 0)


def test_who_comes_to_owe_keeps_no_lapsed_points(purse):
    purse.earn(20, cause=BREAD)
    purse.redeem(20)
    purse.earn(50, until=30, cause=WINE)
    purse.take_back(20, earned_by=BREAD, day=40)
    assert purse.figures == (-20, 0, 20)
    assert list(Entry.objects.order_by("id").values_list("kind", "points"))[-2:] == [("reverse", -20), ("expire", -50)]
