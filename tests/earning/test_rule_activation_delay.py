"""Points that can be used only after some days are granted apart from those that can be used at once."""

from loyalty.earning.rules import Policy, decide
from tests.factories.earning import base_rule, fixed, multiplier, purchase


def grants(facts, *rules):
    return decide(facts, rules, Policy()).grants


def test_points_are_granted_by_the_days_until_they_can_be_used():
    later = fixed(50, activation_delay_days=14)
    assert grants(purchase(10), base_rule(), later) == {0: 10, 14: 50}


def test_rules_with_the_same_delay_are_granted_together():
    rules = (base_rule(activation_delay_days=14), fixed(50, activation_delay_days=14))
    assert grants(purchase(10), *rules) == {14: 60}


def test_nothing_granted_is_no_grant():
    assert grants(purchase(0), base_rule()) == {}


def test_a_reduction_takes_first_from_what_can_be_used_last():
    rules = (base_rule(), fixed(4, activation_delay_days=14), multiplier("0.5"))
    assert grants(purchase(10), *rules) == {0: 7}
