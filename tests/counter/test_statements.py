"""How many statements a sale asks of the database, page by page: a page that asks more is a slower till."""

from uuid import uuid4

import pytest

from tests.factories.earning import EarningRuleFactory
from tests.factories.punchcards import PunchCardProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_shop(program, till, ana):
    EarningRuleFactory(program=program)
    PunchCardProgramFactory(program=program)
    till.do("sell", ana, amount="10")


def test_from_the_scan_to_the_receipt(till, ana, django_assert_max_num_queries):
    card = ana.cards.get().number

    with django_assert_max_num_queries(10):
        till.get("/counter/", {"q": card})
    with django_assert_max_num_queries(27):
        till.at(ana)
    with django_assert_max_num_queries(41):
        address = till.post(f"/counter/member/{ana.number}/sell/", {"key": uuid4(), "amount": "12,50"}).url
    with django_assert_max_num_queries(12):
        till.get(address)


def test_a_member_with_more_takes_no_more(till, program, ana, django_assert_max_num_queries):
    for _ in range(6):
        PunchCardProgramFactory(program=program)
        till.do("sell", ana, amount="10")

    with django_assert_max_num_queries(27):
        till.at(ana)
