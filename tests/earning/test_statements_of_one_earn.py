"""How many statements one earn takes: a promise to tills and partners, kept by counting them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.earning import EarningRuleFactory

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]


@pytest.fixture
def till(desk, program, store):
    desk.record(1)  # the member's account is opened when they join
    return lambda: desk.record(12.5, store=store.code, paid_with=(("card", 1250),))


def test_one_earn_takes_few_statements(till):
    assert len(statements(till)) <= (6 if connection.vendor == "postgresql" else 16)


def test_twenty_rules_take_no_more_than_one(till, program):
    one = len(statements(till))
    for number in range(19):
        EarningRuleFactory(program=program, cap_per_day=1000, budget=10_000, priority=number)
    till()  # the counters of the caps are opened by the first
    assert len(statements(till)) - one <= (0 if connection.vendor == "postgresql" else 1)


def test_a_batch_of_fifty_takes_no_more_than_a_batch_of_two(desk):
    desk.record(1)
    two = len(statements(lambda: desk.load(*[desk.activity(5) for _ in range(2)])))
    fifty = len(statements(lambda: desk.load(*[desk.activity(5) for _ in range(50)])))
    assert fifty == two
