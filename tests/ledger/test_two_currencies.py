"""A member may hold a second currency of the program; the summary row shows the first alone."""

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from members.models import Enrolment
from tests.ledger.conftest import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def earn_stars(purse):
    def earn_stars(points, **terms):
        cause = ledger.Cause("test", f"stars-{points}")
        return ledger.earn(
            program=purse.program,
            member_id=purse.member.pk,
            points=points,
            cause=cause,
            at=NOON,
            currency="stars",
            **terms,
        )

    return earn_stars


def stars(purse):
    return Account.objects.get(member=purse.member, currency="stars").available


def test_stars_are_counted_apart(purse, earn_stars):
    purse.earn(50)
    earn_stars(7)
    assert (purse.program.accounts.get(currency="points").available, stars(purse)) == (50, 7)
    assert Enrolment.objects.get(member=purse.member).balance == 50


def test_a_night_moves_both_currencies_each_for_itself(purse, earn_stars):
    purse.earn(50, until=20)
    purse.earn(8, usable=10)
    earn_stars(7, expires_at=NOON + 20 * DAY)
    earn_stars(3, active_at=NOON + 10 * DAY)
    purse.night(day=20)
    assert (purse.program.accounts.get(currency="points").available, stars(purse)) == (8, 3)
    assert Enrolment.objects.get(member=purse.member).balance == 8
    assert audit_ledger().drift == []
