"""The points of two members who are one person: moved by entries with their dates, and moved back."""

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account, Entry, Lot
from tests.factories.merging import merge, undo
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db


def at(day):
    return NOON + day * DAY


def open_lots(purse):
    lots = Lot.objects.filter(account=purse.account, remaining__gt=0).order_by("earned_at", "expires_at", "id")
    return list(lots.values_list("remaining", "earned_at", "active_at", "expires_at", "is_pending"))


def both(purse, other):
    return purse.figures, other.figures


def test_points_move_with_their_dates_pending_ones_too(purse, other_purse):
    other_purse.earn(30, until=20)
    other_purse.earn(50, usable=10)
    lots = open_lots(other_purse)
    merge(purse.member, other_purse.member, at=at(1))
    assert both(purse, other_purse) == ((30, 50, 0), (0, 0, 0))
    assert open_lots(purse) == lots
    assert audit_ledger().drift == []


def test_entries_stay_where_they_are_booked(purse, other_purse):
    other_purse.earn(30)
    merge(purse.member, other_purse.member, at=at(1))
    booked = Entry.objects.filter(account=other_purse.account).order_by("id")
    assert list(booked.values_list("kind", "points")) == [("earn", 30), ("transfer", -30)]


def test_a_merge_undone_at_once_leaves_everything_as_it_was(purse, other_purse):
    purse.earn(100, until=40)
    purse.redeem(30)
    other_purse.earn(30, until=20)
    other_purse.earn(50, usable=10)
    before = both(purse, other_purse), open_lots(purse), open_lots(other_purse)
    undo(merge(purse.member, other_purse.member, at=at(1)), at=at(1))
    assert (both(purse, other_purse), open_lots(purse), open_lots(other_purse)) == before
    assert audit_ledger().drift == []


def owing(purse, points):
    purse.earn(1)
    purse.take_back(points + 1, earned_by=ledger.Cause("test", "none"))
    assert purse.figures == (-points, 0, points)


def test_a_debt_is_taken_over_and_paid_with_what_is_there(purse, other_purse):
    purse.earn(30, until=20)
    owing(other_purse, 50)
    merged = merge(purse.member, other_purse.member, at=at(1))
    assert both(purse, other_purse) == ((-20, 0, 20), (0, 0, 0))
    undo(merged, at=at(1))
    assert both(purse, other_purse) == ((30, 0, 0), (-50, 0, 50))
    assert open_lots(purse) == [(30, NOON, NOON, at(20), False)]
    assert audit_ledger().drift == []


def test_points_that_come_pay_the_debt_that_waits(purse, other_purse):
    owing(purse, 50)
    other_purse.earn(30, until=20)
    other_purse.earn(60, until=40)
    lots = open_lots(other_purse)
    merged = merge(purse.member, other_purse.member, at=at(1))
    assert both(purse, other_purse) == ((40, 0, 0), (0, 0, 0))
    undo(merged, at=at(1))
    assert both(purse, other_purse) == ((-50, 0, 50), (90, 0, 0))
    assert open_lots(other_purse) == lots
    assert audit_ledger().drift == []


def test_two_debts_add_up_and_come_apart(purse, other_purse):
    owing(purse, 50)
    owing(other_purse, 20)
    merged = merge(purse.member, other_purse.member, at=at(1))
    assert both(purse, other_purse) == ((-70, 0, 70), (0, 0, 0))
    undo(merged, at=at(1))
    assert both(purse, other_purse) == ((-50, 0, 50), (-20, 0, 20))


def test_a_debt_and_pending_points_are_not_set_off(purse, other_purse):
    purse.earn(100)
    other_purse.earn(50, usable=10)
    other_purse.take_back(80, earned_by=ledger.Cause("test", "none"))
    other_purse.earn(60, usable=12)
    assert other_purse.figures == (-30, 60, 30)
    merged = merge(purse.member, other_purse.member, at=at(1))
    assert both(purse, other_purse) == ((70, 60, 0), (0, 0, 0))
    undo(merged, at=at(1))
    assert both(purse, other_purse) == ((100, 0, 0), (-30, 60, 30))
    assert audit_ledger().drift == []


def test_what_was_spent_meanwhile_stays_spent(purse, other_purse):
    purse.earn(30, until=60)
    other_purse.earn(50, until=20)
    merged = merge(purse.member, other_purse.member, at=at(1))
    purse.redeem(40, day=2)
    undo(merged, at=at(3))
    assert both(purse, other_purse) == ((30, 0, 0), (10, 0, 0))
    assert audit_ledger().drift == []


def test_what_lapsed_meanwhile_stays_lapsed(purse, other_purse):
    other_purse.earn(50, until=20)
    other_purse.earn(7)
    merged = merge(purse.member, other_purse.member, at=at(1))
    undo(merged, at=at(20))
    assert both(purse, other_purse) == ((0, 0, 0), (7, 0, 0))
    assert audit_ledger().drift == []


def test_pending_points_that_matured_meanwhile_return_as_usable(purse, other_purse):
    other_purse.earn(50, usable=10)
    merged = merge(purse.member, other_purse.member, at=at(1))
    purse.night(11)
    undo(merged, at=at(12))
    assert both(purse, other_purse) == ((0, 0, 0), (50, 0, 0))
    assert audit_ledger().drift == []


def test_a_redemption_of_before_that_is_undone_gives_its_points_to_whoever_goes_on(purse, other_purse):
    other_purse.earn(50, until=20)
    spent = other_purse.redeem(40)
    merged = merge(purse.member, other_purse.member, at=at(1))
    entry = Entry.objects.get(pk=spent.entry_ids[0])
    ledger.reverse(entry=entry, cause=ledger.Cause("test", "undone"), at=at(2))
    assert both(purse, other_purse) == ((50, 0, 0), (0, 0, 0))
    undo(merged, at=at(3))
    assert both(purse, other_purse) == ((0, 0, 0), (50, 0, 0))
    assert open_lots(other_purse) == [(50, NOON, NOON, at(20), False)]
    assert audit_ledger().drift == []


def test_points_sent_to_a_member_merged_away_reach_whoever_goes_on(purse, other_purse, double):
    merge(double, other_purse.member, at=at(1))
    last = merge(purse.member, double, at=at(1))
    other_purse.earn(30, day=2)
    assert both(purse, other_purse) == ((30, 0, 0), (0, 0, 0))
    undo(last, at=at(3))
    assert Account.objects.get(member=double).available == 30
    assert audit_ledger().drift == []


def test_every_currency_moves(purse, other_purse, program):
    for currency in ("points", "miles"):
        ledger.earn(
            program=program,
            member_id=other_purse.member.pk,
            points=10,
            cause=ledger.Cause("test", currency),
            at=NOON,
            currency=currency,
        )
    merged = merge(purse.member, other_purse.member, at=at(1))
    assert list(Account.objects.filter(member=purse.member).values_list("available", flat=True)) == [10, 10]
    undo(merged, at=at(1))
    assert set(Account.objects.filter(member=purse.member).values_list("available", flat=True)) == {0}
    assert audit_ledger().drift == []
