"""What a plan brings: more points by the plan of the moment, gifts, a plan that others may filter by."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from loyalty.earning import operations as earning
from loyalty.earning.models import Decision
from loyalty.earning.operations import ActivityInput, MemberRef
from loyalty.earning.sentences import title
from loyalty.lib.periods import start_of_day
from loyalty.lib.saving import save_checked
from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.models import Plan
from rewards import operations as rewards
from rewards.models import Voucher
from tests.factories.earning import EarningRuleFactory
from tests.factories.rewards import RewardFactory
from tests.factories.subscriptions import add_plan, noon

pytestmark = pytest.mark.django_db
JANUARY = noon(2025, 1, 10)


@pytest.fixture
def double(program):
    EarningRuleFactory(program=program, code="base", created_at=noon(2024, 1, 1))
    return add_plan(program, "double", multiplier=2)


def earn(program, member, occurred_at, at=None):
    purchase = ActivityInput(
        external_id=f"{occurred_at:%m%d}",
        member=MemberRef("id", str(member.pk)),
        kind="purchase",
        occurred_at=occurred_at,
        amount=1000,
    )
    return earning.record_activity(program=program, source="till", activity=purchase, at=at or occurred_at).granted


def test_points_are_multiplied_while_the_plan_lasts(life, program, ana, double):
    before = earn(program, ana, noon(2025, 1, 9))
    life.subscribe(double, JANUARY)
    during = earn(program, ana, noon(2025, 1, 11))
    operations.cancel(subscription=life.row, at=noon(2025, 1, 12), now=True)
    after = earn(program, ana, noon(2025, 1, 13))
    assert (before, during, after) == (10, 20, 10)


def test_what_is_recorded_late_is_rated_by_the_plan_of_its_day(life, program, ana, double):
    life.subscribe(double, JANUARY)
    operations.cancel(subscription=life.row, at=noon(2025, 1, 12), now=True)
    later = noon(2025, 1, 20)
    assert [earn(program, ana, noon(2025, 1, day), at=later) for day in (9, 11, 13)] == [10, 20, 10]


def test_what_is_recorded_late_is_rated_by_the_multiplier_of_its_day(life, program, ana, double):
    life.subscribe(double, JANUARY)
    double.multiplier = Decimal(3)
    save_checked(double, by=None, at=noon(2025, 1, 15))
    assert [earn(program, ana, noon(2025, 1, day), at=noon(2025, 1, 20)) for day in (14, 16)] == [20, 30]


def test_a_member_without_a_plan_has_no_standing(program, ana, double):
    standings = queries.standings(program=program, member_ids=[ana.pk])
    assert standings.at(ana.pk, JANUARY) is None


def test_standings_take_two_statements_however_many_members(program, life, bruno, double, django_assert_num_queries):
    life.subscribe(double, JANUARY)
    with django_assert_num_queries(2):
        standings = queries.standings(program=program, member_ids=[life.member.pk, bruno.pk])
        assert standings.at(life.member.pk, JANUARY) == ("double", 2)
        assert standings.at(bruno.pk, JANUARY) is None


def vouchers(reward):
    return Voucher.objects.filter(reward=reward).count()


def test_the_gift_on_joining_comes_with_the_first_payment_and_once(life, program):
    gift = RewardFactory(program=program)
    life.subscribe(add_plan(program, "gift", trial_days=10, joining_reward=gift), JANUARY)
    assert vouchers(gift) == 0
    life.until(2025, 1, 20)
    assert vouchers(gift) == 1
    life.until(2025, 4, 20)
    operations.cancel(subscription=life.row, at=noon(2025, 4, 20), now=True)
    life.subscribe(Plan.objects.get(), noon(2025, 4, 21))
    assert vouchers(gift) == 1


def issue(program, *days):
    for day in days:
        at = start_of_day(day, program.tzinfo)
        rewards.issue_entitlements(program=program, at=at, first_member=0, last_member=10**9)


def test_the_recurring_gift_comes_while_the_benefits_last(life, program):
    gift = RewardFactory(program=program)
    life.subscribe(add_plan(program, "gift", recurring_reward=gift.code, recurs="month"), JANUARY)
    issue(program, date(2025, 1, 31), date(2025, 2, 1), date(2025, 3, 1))
    assert vouchers(gift) == 2
    operations.cancel(subscription=life.row, at=noon(2025, 3, 2), now=True)
    issue(program, date(2025, 4, 1))
    assert vouchers(gift) == 2


def test_another_recurring_gift_reaches_who_has_the_plan(life, program):
    old, new = RewardFactory.create_batch(2, program=program)
    plan = add_plan(program, "gift", recurring_reward=old, recurs="month")
    life.subscribe(plan, JANUARY)
    for hour, reward in enumerate((new, old, new)):
        plan.recurring_reward = reward
        at = JANUARY + timedelta(hours=hour)
        save_checked(plan, by=None, at=at)
        operations.promise_again(plan=plan, at=at)
    issue(program, date(2025, 2, 1))
    assert (vouchers(old), vouchers(new)) == (0, 1)


def test_who_never_subscribed_has_nothing_to_show(program, ana, prime):
    assert queries.subscription_of(program=program, member_id=ana.pk, at=JANUARY) is None
    assert queries.benefits_at(program=program, member_id=ana.pk, at=JANUARY) is None
    assert list(queries.plans_on_offer(program=program)) == [prime]


def test_the_decision_names_the_plan(life, program, ana, double):
    life.subscribe(double, JANUARY)
    earn(program, ana, noon(2025, 1, 11))
    outcomes = Decision.objects.get().outcomes
    assert "Plan: double" in [title(outcome, {}) for outcome in outcomes]
