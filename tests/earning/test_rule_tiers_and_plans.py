"""Rules for members of a tier or with a plan."""

import pytest

from loyalty.earning import versions
from loyalty.earning.sentences import describe, explain
from loyalty.earning.versions import RuleRefused
from tests.earning.desk import NOON
from tests.factories.earning import EarningRuleFactory, base_rule, granted, outcome, purchase

GOLD = {"tiers": "gold"}


def test_a_rule_for_gold_members_is_for_no_others():
    rule = base_rule(tiers=["gold", "platinum"])
    assert granted(purchase(10, standing=GOLD), rule) == 10
    for standing in ({}, {"tiers": "silver"}, {"subscriptions": "gold"}):
        assert outcome(purchase(10, standing=standing), rule)["reason"] == "other_tier"


def test_a_rule_for_subscribers_is_for_those_of_its_plans():
    rule = base_rule(plans=["yearly"])
    assert granted(purchase(10, standing={"subscriptions": "yearly"}), rule) == 10
    for standing in ({}, GOLD, {"subscriptions": "monthly"}):
        assert outcome(purchase(10, standing=standing), rule)["reason"] == "other_plan"


def test_both_conditions_hold_together():
    rule = base_rule(tiers=["gold"], plans=["yearly"])
    assert outcome(purchase(10, standing=GOLD), rule)["reason"] == "other_plan"
    assert granted(purchase(10, standing=GOLD | {"subscriptions": "yearly"}), rule) == 10


@pytest.mark.parametrize("reason, word", [("other_tier", "tiers"), ("other_plan", "plans")])
def test_the_decision_says_for_whom_the_rule_is(reason, word):
    assert word in explain({"reason": reason}, currency="EUR")


@pytest.mark.django_db
def test_the_rule_says_for_whom_it_is(program):
    rule = EarningRuleFactory(program=program, tiers=["gold", "platinum"], plans=["yearly"])
    assert "members of the tier gold or platinum · members with the plan yearly" in describe(rule)


@pytest.mark.django_db
def test_what_is_no_list_of_codes_is_refused_at_its_field(program):
    with pytest.raises(RuleRefused) as refusal:
        versions.add_rule(program=program, code="gold", name="Gold", points=1, per_amount=100, tiers=[""], at=NOON)
    assert "tiers" in refusal.value.error_dict
