import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Entry, Lot
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db


def undo(posted, day, name="undo"):
    entry = Entry.objects.get(pk=posted.entry_ids[0])
    return ledger.reverse(entry=entry, cause=ledger.Cause("test", name), at=NOON + day * DAY, reason="by mistake")


def test_undoing_a_redemption_gives_the_lots_back_with_their_own_ends(purse):
    purse.earn(30, until=20)
    purse.earn(30, until=60)
    spent = purse.redeem(40, day=1)
    undo(spent, day=2)
    assert purse.figures == (60, 0, 0)
    ends = [NOON + 20 * DAY, NOON + 60 * DAY]
    assert list(Lot.objects.order_by("id").values_list("remaining", "expires_at")) == [(30, ends[0]), (30, ends[1])]


def test_what_has_lapsed_meanwhile_stays_lapsed(purse):
    purse.earn(30, until=20)
    spent = purse.redeem(30, day=1)
    undo(spent, day=25)
    purse.night(day=26)
    assert purse.figures == (0, 0, 0)


def test_an_entry_is_undone_once(purse):
    purse.earn(30)
    spent = purse.redeem(30, day=1)
    undo(spent, day=2)
    with pytest.raises(ledger.CannotReverse):
        undo(spent, day=3, name="undo again")
    assert purse.figures == (30, 0, 0)


def test_the_same_undoing_asked_for_twice_happens_once(purse):
    purse.earn(30)
    spent = purse.redeem(30, day=1)
    first = undo(spent, day=2)
    second = undo(spent, day=2)
    assert (second.entry_ids, second.replayed) == (first.entry_ids, True)


def test_undoing_points_that_were_spent_leaves_a_debt(purse):
    gift = purse.adjust(30)
    purse.redeem(20, day=1)
    undo(gift, day=2)
    assert purse.figures == (-20, 0, 20)


def test_giving_points_back_pays_the_debt_that_came_meanwhile(purse):
    bread = ledger.Cause("till", "bread")
    purse.earn(50, cause=bread)
    spent = purse.redeem(50, day=1)
    purse.take_back(50, earned_by=bread, day=2)
    assert purse.figures == (-50, 0, 50)
    undo(spent, day=3)
    assert purse.figures == (0, 0, 0)


@pytest.mark.parametrize("kind", ["expire", "transfer", "reverse"])
def test_expiries_transfers_and_undoings_are_not_undone(purse, other_purse, program, kind):
    purse.earn(30, until=20)
    if kind == "expire":
        purse.night(day=21)
    elif kind == "transfer":
        ledger.transfer(
            program=program,
            from_member_id=purse.member.pk,
            to_member_id=other_purse.member.pk,
            points=5,
            cause=ledger.Cause("test", "gift"),
            at=NOON,
        )
    else:
        undo(purse.redeem(5), day=1)
    entry = Entry.objects.filter(kind=kind).first()
    with pytest.raises(ledger.CannotReverse):
        ledger.reverse(entry=entry, cause=ledger.Cause("test", "no"), at=NOON + 30 * DAY)


def test_what_has_lapsed_meanwhile_pays_no_debt(purse):
    bread = ledger.Cause("till", "bread")
    purse.earn(30, until=20)
    spent = purse.redeem(30, day=1)
    purse.earn(10, day=21, cause=bread)
    purse.redeem(10, day=22)
    purse.take_back(10, earned_by=bread, day=23)
    undo(spent, day=25)
    assert purse.figures == (-10, 0, 10)


def test_points_that_expired_are_not_taken_a_second_time(purse):
    purse.earn(20)
    gift = purse.earn(50, until=10)
    purse.redeem(30, day=1)
    undo(gift, day=15)
    assert purse.figures == (-10, 0, 10)


@pytest.mark.parametrize("job_has_run", [True, False])
def test_a_gift_that_expired_whole_is_not_undone(purse, job_has_run):
    gift = purse.earn(50, until=10)
    if job_has_run:
        purse.night(day=11)
    with pytest.raises(ledger.CannotReverse):
        undo(gift, day=15)
