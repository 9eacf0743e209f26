"""Referrals cost a batch the same number of statements however many of its members are friends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.referrals import newcomer

pytestmark = pytest.mark.django_db


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def newcomers(program, count):
    friends = [newcomer(program) for _ in range(count)]
    for friend in friends:
        connection.cursor().execute(
            "INSERT INTO ledger_account (member_id, program_id, currency, available, pending, debt)"
            " VALUES (%s, %s, 'points', 0, 0, 0)",
            [friend.pk, program.pk],
        )
    return friends


@pytest.fixture
def rich(at_once):
    at_once.friend_points, at_once.cap_ever = 50, 1000
    at_once.save()


def first_purchases(street, code, count):
    friends = newcomers(street.program, count)
    batch = [street.purchase(friend, day=990, code=code) for friend in friends]
    return statements(lambda: street.load(*batch, history=False))


def test_fifty_friends_in_a_batch_cost_as_much_as_two(street, rich, ana):
    code = street.code(ana)
    first_purchases(street, code, 1)  # opens Ana's account
    more = first_purchases(street, code, 50) - first_purchases(street, code, 2)
    # SQLite takes a thousand values at once: what is written of fifty referrals does not fit into one statement each.
    assert more <= (0 if connection.vendor == "postgresql" else 4)


def test_a_night_of_fifty_costs_as_much_as_one_of_two(street, terms, ana):
    code = street.code(ana)
    costs = []
    for day, count in ((0, 1), (100, 2), (200, 50)):
        for friend in newcomers(street.program, count):
            street.buy(friend, day=day, code=code)
        costs.append(statements(lambda night=day + 14: street.night(night)))
    assert costs[1] == costs[2]


def test_a_sale_without_a_code_to_nobodys_friend_takes_one_look(street, ana, bruno):
    street.buy(bruno)
    with_referrals = statements(lambda: street.buy(bruno, day=1))
    street.program.referral_program.delete()
    without = statements(lambda: street.buy(bruno, day=2))
    # One look, and the decisions are written after it.
    assert with_referrals - without <= 2
