import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Lot
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db


def give(purse, taker, points, day=1, name="gift"):
    return ledger.transfer(
        program=purse.program,
        from_member_id=purse.member.pk,
        to_member_id=taker.member.pk,
        points=points,
        cause=ledger.Cause("test", name),
        at=NOON + day * DAY,
    )


def test_points_keep_their_end_when_they_change_hands(purse, other_purse):
    purse.earn(30, until=20)
    purse.earn(30, until=60)
    give(purse, other_purse, 40)
    assert (purse.figures, other_purse.figures) == ((20, 0, 0), (40, 0, 0))
    ends = Lot.objects.filter(account=other_purse.account).order_by("id").values_list("points", "expires_at")
    assert list(ends) == [(30, NOON + 20 * DAY), (10, NOON + 60 * DAY)]


def test_a_gift_given_twice_by_mistake_of_the_network_is_one_gift(purse, other_purse):
    purse.earn(30)
    give(purse, other_purse, 10)
    assert give(purse, other_purse, 10).replayed
    assert other_purse.figures == (10, 0, 0)


def test_nobody_gives_more_than_there_is(purse, other_purse):
    purse.earn(30)
    with pytest.raises(ledger.InsufficientPoints):
        give(purse, other_purse, 31)


def test_nobody_gives_points_to_oneself(purse):
    purse.earn(30)
    with pytest.raises(ledger.InvalidPoints):
        give(purse, purse, 10)
