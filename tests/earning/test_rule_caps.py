"""Caps trim what a rule grants, show what it wanted, and hold over any sequence of purchases."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.rules import Policy, decide, usage_keys
from tests.factories.earning import MONDAY_NOON, base_rule, fixed, granted, multiplier, outcome, percentage, purchase

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_cap_per_activity_trims_a_large_purchase():
    answer = outcome(purchase(500), base_rule(cap_per_activity=100))
    assert (answer["reason"], answer["cap"], answer["desired"], answer["granted"]) == ("capped", "activity", 500, 100)


def test_a_rule_within_its_caps_is_simply_matched():
    assert outcome(purchase(100), base_rule(cap_per_activity=100))["reason"] == "matched"


@pytest.mark.parametrize(
    ("cap", "period", "name"),
    [("cap_per_day", "2026-03-02", "day"), ("cap_per_month", "2026-03", "month"), ("cap_per_member", "", "member")],
)
def test_a_cap_over_time_leaves_what_earlier_activities_left(cap, period, name):
    answer = outcome(purchase(50), base_rule(**{cap: 60}), usage={("base", period): 45})
    assert (answer["granted"], answer["desired"], answer["cap"]) == (15, 50, name)


def test_a_cap_that_is_used_up_grants_nothing():
    assert granted(purchase(50), base_rule(cap_per_day=60), usage={("base", "2026-03-02"): 60}) == 0


def test_yesterday_s_points_do_not_count_today():
    assert granted(purchase(50), base_rule(cap_per_day=60), usage={("base", "2026-03-01"): 60}) == 50


def test_the_narrowest_cap_is_named():
    rule = base_rule(cap_per_activity=40, cap_per_day=30, cap_per_member=35)
    assert outcome(purchase(50), rule)["cap"] == "day"


def test_a_multiplier_multiplies_what_the_cap_left():
    assert granted(purchase(50), base_rule(cap_per_activity=20), multiplier("2")) == 40


def test_a_multiplier_has_caps_of_its_own():
    rules = (multiplier("3", cap_per_activity=10), base_rule())
    assert granted(purchase(50), *rules) == 60
    answer = outcome(purchase(50), *rules)
    assert (answer["desired"], answer["granted"], answer["reason"]) == (100, 10, "capped")


def test_another_rule_s_cap_is_not_shared():
    assert granted(purchase(50), base_rule(cap_per_activity=10), fixed(7)) == 17


def test_counters_follow_the_rule_through_its_versions():
    old, new = base_rule(cap_per_day=60), base_rule(cap_per_day=60, version=2)
    assert usage_keys(old, MONDAY_NOON) == usage_keys(new, MONDAY_NOON) == [("base", "2026-03-02")]


def test_a_rule_without_caps_needs_no_counter():
    assert usage_keys(base_rule(cap_per_activity=5), MONDAY_NOON) == []
    assert decide(purchase(50), [base_rule(cap_per_activity=5)], Policy()).usage == {}


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 1500)), max_size=25),
    st.sampled_from(["floor", "round", "ceil"]),
    st.booleans(),
)
def test_no_sequence_of_purchases_gets_past_a_cap(purchases, rounding, doubled):
    rule = percentage("7.77", cap_per_activity=60, cap_per_day=80, cap_per_month=200, cap_per_member=900)
    rules = [rule] + ([multiplier("1.5")] if doubled else [])
    totals = Counter()
    for hours, euros in purchases:
        facts = purchase(euros, at=START + timedelta(hours=hours * 9))
        verdict = decide(facts, rules, Policy(rounding=rounding), totals)
        points = next(each["granted"] for each in verdict.outcomes if each["rule"] == rule.code)
        assert 0 <= points <= 60
        totals.update(verdict.usage)
        assert set(verdict.usage.values()) <= {points}
    for (_code, period), points in totals.items():
        assert points <= {10: 80, 7: 200, 0: 900}[len(period)]
