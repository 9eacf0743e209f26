"""A night that was missed, or that runs over a log of later days: it stands at its midnight, whatever came since."""

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry, Lot
from loyalty.ledger.queries import as_it_stands
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db

BREAD = ledger.Cause("till", "bread")
WINE = ledger.Cause("till", "wine")


def issue(purse, day, step=100, minimum=0):
    spent = ledger.redeem_steps(
        program=purse.program,
        at=NOON + day * DAY,
        step=step,
        minimum=minimum,
        source="issuance",
        first_member=1,
        last_member=2**40,
    )
    assert audit_ledger().drift == []
    return dict(spent).get(purse.member.pk, 0)


def told(purse):
    """What the account shows: by moment, then in the order of booking."""
    entries = Entry.objects.filter(account=purse.account).order_by("effective_at", "id")
    return [(entry.kind, entry.points, (entry.effective_at - NOON) / DAY) for entry in entries]


def test_a_refund_of_later_is_not_seen_and_what_it_cannot_take_is_owed(purse):
    purse.earn(1000, cause=BREAD)
    purse.take_back(700, earned_by=BREAD, day=5)
    assert issue(purse, day=1) == 1000
    assert purse.figures == (-700, 0, 700)


def test_the_account_tells_what_was_undone_and_done_anew(purse):
    purse.earn(1000, cause=BREAD)
    purse.take_back(700, earned_by=BREAD, day=5, cause=WINE)
    issue(purse, day=1)
    assert told(purse) == [
        ("earn", 1000, 0),
        ("redeem", -1000, 1),
        ("reverse", -700, 5),
        ("reverse", 700, 5),
        ("reverse", -700, 5),
    ]
    first, back, again = Entry.objects.filter(kind="reverse").order_by("id")
    assert back.reverses == first
    assert first.key == back.key == again.key


def test_where_the_program_clamps_the_refund_records_what_it_cannot_take_any_more(clamped_purse):
    clamped_purse.earn(1000, cause=BREAD)
    clamped_purse.take_back(1000, earned_by=BREAD, day=5)
    assert issue(clamped_purse, day=1, step=300) == 900
    assert clamped_purse.figures == (0, 0, 0)
    assert list(Entry.objects.filter(kind="reverse").order_by("id").values_list("points", "shortfall")) == [
        (-1000, 0),
        (1000, 0),
        (-100, 900),
    ]


def test_nothing_is_undone_where_the_night_finds_enough(purse):
    purse.earn(250, cause=BREAD)
    purse.take_back(50, earned_by=BREAD, day=5)
    assert issue(purse, day=1) == 200
    assert told(purse) == [("earn", 250, 0), ("redeem", -200, 1), ("reverse", -50, 5)]


def test_a_refund_of_the_same_midnight_comes_after_the_night(purse):
    purse.earn(100, cause=BREAD)
    purse.take_back(100, earned_by=BREAD, day=1)
    assert issue(purse, day=1) == 100
    assert purse.figures == (-100, 0, 100)


def test_a_refund_of_before_is_seen(purse):
    purse.earn(100, cause=BREAD)
    purse.take_back(30, earned_by=BREAD, day=1)
    assert issue(purse, day=2) == 0
    assert purse.figures == (70, 0, 0)


def test_points_that_expired_since_are_spent_and_only_the_rest_expires(purse):
    purse.earn(150, until=30)
    purse.night(day=30)
    assert issue(purse, day=1) == 100
    assert purse.figures == (0, 0, 0)
    assert told(purse) == [
        ("earn", 150, 0),
        ("redeem", -100, 1),
        ("expire", -150, 30),
        ("reverse", 150, 30),
        ("expire", -50, 30),
    ]


def test_a_night_after_a_late_one_is_late_as_well(purse):
    purse.earn(150, cause=BREAD)
    purse.earn(80, day=10)
    purse.take_back(150, earned_by=BREAD, day=20)
    assert issue(purse, day=5) == 100
    assert purse.figures == (-20, 0, 20)
    assert issue(purse, day=15) == 100
    assert purse.figures == (-120, 0, 120)


def test_a_refund_looks_elsewhere_before_it_is_owed(purse):
    purse.earn(100, until=50, cause=BREAD)
    purse.earn(70, day=2)
    purse.take_back(100, earned_by=BREAD, day=5)
    assert issue(purse, day=1) == 100
    assert purse.figures == (-30, 0, 30)
    assert list(Lot.objects.order_by("id").values_list("remaining", flat=True)) == [0, 0]


def test_it_takes_what_expired_after_it(purse):
    """The wine's points were there on day 5: taken then, they cannot expire on day 30."""
    purse.earn(100, until=60, cause=BREAD)
    purse.earn(70, day=2, until=30)
    purse.take_back(100, earned_by=BREAD, day=5)
    purse.night(day=30)
    assert issue(purse, day=1) == 100
    assert purse.figures == (-30, 0, 30)
    assert not Entry.objects.filter(kind="expire", reversed_by=None).exists()


def test_what_the_member_spent_since_stays_spent(purse):
    purse.earn(250, cause=BREAD)
    purse.redeem(180, day=3)
    purse.take_back(50, earned_by=BREAD, day=5)
    assert issue(purse, day=1, step=50) == 50
    assert purse.figures == (-30, 0, 30)


def test_points_given_back_since_are_not_there_yet(purse):
    purse.earn(150)
    spent = purse.redeem(100)
    ledger.reverse(entry=Entry.objects.get(pk=spent.entry_ids[0]), cause=WINE, at=NOON + 5 * DAY)
    assert issue(purse, day=2) == 0
    assert issue(purse, day=6) == 100


def test_points_that_were_pending_at_that_midnight_are_not_there_yet(purse):
    purse.earn(100, usable=14, cause=BREAD)
    purse.take_back(40, earned_by=BREAD, day=20)
    assert issue(purse, day=10) == 0
    assert issue(purse, day=15) == 100
    assert purse.figures == (-40, 0, 40)


def test_below_the_minimum_everything_stays_as_it_is(purse):
    purse.earn(150, cause=BREAD)
    purse.take_back(150, earned_by=BREAD, day=5)
    assert issue(purse, day=1, minimum=200) == 0
    assert told(purse) == [("earn", 150, 0), ("reverse", -150, 5)]


def test_a_late_night_spends_once(purse):
    purse.earn(1000, cause=BREAD)
    purse.take_back(1000, earned_by=BREAD, day=5)
    assert issue(purse, day=1) == 1000
    assert issue(purse, day=1) == 0
    assert purse.figures == (-1000, 0, 1000)


def test_who_is_blocked_keeps_the_refund_as_it_is(purse):
    purse.earn(100, cause=BREAD)
    purse.take_back(100, earned_by=BREAD, day=5)
    purse.member.status = "blocked"
    purse.member.save()
    assert issue(purse, day=1) == 0
    assert purse.figures == (0, 0, 0)


def test_members_with_and_without_a_refund_of_later_are_spent_in_one_call(purse, other_purse):
    purse.earn(100, cause=BREAD)
    purse.take_back(100, earned_by=BREAD, day=5)
    other_purse.earn(250)
    assert issue(purse, day=1) == 100
    assert other_purse.figures == (50, 0, 0)


def test_later_points_pay_what_became_owed(purse):
    purse.earn(100, cause=BREAD)
    purse.take_back(100, earned_by=BREAD, day=5)
    purse.earn(60, day=8)
    assert issue(purse, day=1) == 100
    assert purse.figures == (-40, 0, 40)


def test_where_the_program_clamps_later_points_are_left_alone(clamped_purse):
    clamped_purse.earn(100, cause=BREAD)
    clamped_purse.take_back(100, earned_by=BREAD, day=5)
    clamped_purse.earn(60, day=8)
    assert issue(clamped_purse, day=1) == 100
    assert clamped_purse.figures == (60, 0, 0)


def test_as_it_stands_what_was_undone_and_done_anew_is_told_once(purse):
    purse.earn(1000, cause=BREAD)
    purse.take_back(700, earned_by=BREAD, day=5)
    issue(purse, day=1)
    entries = as_it_stands(Entry.objects.filter(account=purse.account))
    assert sorted(entries.values_list("kind", "points")) == [("earn", 1000), ("redeem", -1000), ("reverse", -700)]


def test_as_it_stands_what_somebody_reversed_is_told_with_its_reversal(purse):
    gift = purse.earn(50)
    ledger.reverse(entry=Entry.objects.get(pk=gift.entry_ids[0]), cause=WINE, at=NOON + DAY)
    assert as_it_stands(Entry.objects.filter(account=purse.account)).count() == 2
