"""“One point for each full euro”: what is short of a full step earns nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.earning import base_rule, granted, outcome, purchase

AMOUNTS = st.decimals(0, 1_000_000, places=2)


@pytest.mark.parametrize(("euros", "points"), [("0.99", 0), ("1.00", 1), ("1.99", 1), ("29.33", 29), ("1000", 1000)])
def test_one_point_for_each_full_euro(euros, points):
    assert granted(purchase(euros), base_rule()) == points


def test_ten_points_for_each_full_five_euros():
    assert granted(purchase("24.99"), base_rule(points=10, per_amount=500)) == 40


def test_a_purchase_of_nothing_earns_nothing_and_says_why():
    assert outcome(purchase(0), base_rule())["reason"] == "nothing_to_earn_on"


def test_a_purchase_short_of_one_step_says_what_was_missing():
    answer = outcome(purchase("4.50"), base_rule(per_amount=500))
    assert (answer["reason"], answer["amount"], answer["needed"]) == ("below_one_step", 450, 500)


def test_two_base_rules_add_up():
    assert granted(purchase(20), base_rule(), base_rule("anniversary", points=5, per_amount=1000)) == 30


@given(AMOUNTS, AMOUNTS, st.integers(1, 50), st.integers(1, 10_000), st.sampled_from(["floor", "round", "ceil"]))
def test_spending_more_never_earns_fewer_points(one, other, points, per_amount, rounding):
    rule = base_rule(points=points, per_amount=per_amount)
    less, more = sorted([one, other])
    assert 0 <= granted(purchase(less), rule, rounding=rounding) <= granted(purchase(more), rule, rounding=rounding)


@given(AMOUNTS)
def test_a_very_large_amount_loses_no_point_to_imprecision(euros):
    assert granted(purchase(euros * 10**9), base_rule()) == euros * 10**9 // 1
