import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Lot
from loyalty.ledger.queries import balance
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db


def remaining(purse):
    return list(Lot.objects.filter(account=purse.account).order_by("id").values_list("remaining", flat=True))


def test_points_that_expire_soonest_are_spent_first_and_never_expiring_ones_last(purse):
    purse.earn(10)
    purse.earn(20, until=300)
    purse.earn(30, until=100)
    purse.redeem(45, day=1)
    assert remaining(purse) == [10, 5, 0]


def test_of_points_with_the_same_end_the_older_go_first(purse):
    purse.earn(10, day=1)
    purse.earn(10, day=0)
    purse.redeem(10, day=2)
    assert remaining(purse) == [10, 0]


def test_more_than_there_is_cannot_be_spent_and_nothing_is_taken(purse):
    purse.earn(10)
    with pytest.raises(ledger.InsufficientPoints) as refused:
        purse.redeem(11)
    assert (refused.value.asked, refused.value.available) == (11, 10)
    assert purse.figures == (10, 0, 0)


def test_a_pending_point_is_shown_apart_and_cannot_be_spent(purse):
    purse.earn(10, usable=14)
    assert purse.figures == (0, 10, 0)
    with pytest.raises(ledger.InsufficientPoints):
        purse.redeem(1, day=13)


def test_points_can_be_spent_from_their_first_moment_though_no_job_has_run(purse):
    purse.earn(10, usable=14)
    purse.redeem(4, day=14)
    assert purse.figures == (6, 0, 0)


def test_points_cannot_be_spent_from_their_end_on_though_no_job_has_run(purse):
    purse.earn(10, until=30)
    with pytest.raises(ledger.InsufficientPoints):
        purse.redeem(1, day=30)
    assert balance(program=purse.program, member_id=purse.member.pk, at=NOON + 29 * DAY).available == 10
    assert balance(program=purse.program, member_id=purse.member.pk, at=NOON + 30 * DAY).available == 0


@pytest.mark.parametrize("points", [0, -5])
def test_at_least_one_point_moves(purse, points):
    with pytest.raises(ledger.InvalidPoints):
        purse.redeem(points)


def test_eating_a_hundred_lots_takes_no_more_statements_than_eating_one(purse, other_purse):
    for _ in range(100):
        purse.earn(1)
    other_purse.earn(100)
    with CaptureQueriesContext(connection) as one:
        other_purse.redeem(100, day=1)
    with CaptureQueriesContext(connection) as hundred:
        purse.redeem(100, day=1)
    assert len(hundred) == len(one)
