"""“Why do I have this balance?”: what moved it, in words, on a page that changes nothing."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction, CounterLimits
from members.operations import block_member
from tests.factories.counter import text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import give_points

pytestmark = pytest.mark.django_db


def test_what_moved_the_balance_is_told_with_who_decided_and_what_gave_nothing(
    till, ana, bruno, program, coffee, django_assert_max_num_queries
):
    EarningRuleFactory(program=program, name="A point a euro")
    EarningRuleFactory(program=program, name="Only in Nice", stores=["nice"])
    assert "Nothing has happened" in text_of(till.at(ana, "why"))
    give_points(program, bruno, 777)
    CounterLimits.objects.create(program=program, points_per_day=100)
    till.do("give", ana, points="90", reason="waited long")
    till.do("sell", ana, amount="12,50")
    till.do("redeem", ana, reward=coffee.pk, quantity="1", now="on")
    till.do("sell", ana, amount="3")
    till.do("refund", ana, sale=ana.activities.filter(kind="purchase").latest("pk").pk)

    with django_assert_max_num_queries(60):
        page = text_of(till.at(ana, "why"))

    assert "Why this balance?" in page
    assert "+12 Purchase · €12.50 · Lyon Part-Dieu" in page
    assert "A point a euro: 12 points for €12.50." in page
    assert "Only in Nice: The rule holds in other stores." in page
    assert "waited long" in page
    assert "Redeemed: 1 × Coffee" in page
    assert "Refund of the purchase of" in page
    assert "777" not in page
    done = CounterAction.objects.count()
    assert "nothing to confirm" in text_of(till.do("why", ana))
    assert CounterAction.objects.count() == done


def test_the_page_is_of_members_of_this_program_alone(till, ana, program):
    other = ProgramFactory()
    give_points(other, ana, 555)
    assert "555" not in text_of(till.at(ana, "why"))

    block_member(member=ana, reason="x", at=timezone.now(), by=None)
    assert "This membership is blocked" in text_of(till.at(ana, "why"))
