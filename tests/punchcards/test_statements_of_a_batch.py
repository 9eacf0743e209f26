"""Punching costs the same statements however many activities a batch has and however many cards it fills."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.punchcards import PunchCardProgramFactory

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]


def reads(found):
    """SQLite writes row by row, each table that has something to be written."""
    return [each for each in found if each.lstrip().startswith(("SELECT", "WITH"))]


@pytest.fixture
def limited(card):
    card.limit_per_day = 100
    card.save()
    return card


def batch(till, count, **terms):
    return lambda: till.load(*[till.activity(5, **terms) for _ in range(count)])


def test_a_batch_of_fifty_reads_no_more_than_a_batch_of_two(limited, till):
    batch(till, 1)()
    two = reads(statements(batch(till, 2)))
    fifty = reads(statements(batch(till, 50)))
    assert len(fifty) == len(two)


def test_a_visit_more_costs_few_statements(limited, till):
    till.visit()
    mine = [each for each in statements(till.visit) if "punchcards_" in each]
    assert len(mine) <= (6 if connection.vendor == "postgresql" else 8)


def test_ten_definitions_cost_no_more_than_one(limited, till):
    till.visit()
    one = reads(statements(till.visit))
    for _ in range(9):
        PunchCardProgramFactory(program=limited.program, reward=limited.reward)
    till.visit()
    assert len(reads(statements(till.visit))) == len(one)
