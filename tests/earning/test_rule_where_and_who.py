"""Rules for some stores, channels, brands and members."""

import pytest

from tests.factories.earning import base_rule, granted, outcome, purchase


@pytest.mark.parametrize(
    ("condition", "matching", "other", "reason"),
    [
        ({"stores": ["lyon", "paris"]}, {"store": "lyon"}, {"store": "nice"}, "other_store"),
        ({"channels": ["web"]}, {"channel": "web"}, {"channel": "store"}, "other_channel"),
        ({"brands": ["maison"]}, {"brand": "maison"}, {"brand": "kids"}, "other_brand"),
        ({"member_tags": ["vip", "staff"]}, {"member_tags": ["vip"]}, {"member_tags": ["new"]}, "missing_tag"),
    ],
)
def test_a_condition_lets_its_own_pass_and_names_itself_to_the_others(condition, matching, other, reason):
    rule = base_rule(**condition)
    assert granted(purchase(10, **matching), rule) == 10
    for facts in (purchase(10, **other), purchase(10)):
        assert outcome(facts, rule)["reason"] == reason
        assert granted(facts, rule) == 0


def test_all_conditions_of_a_rule_must_hold():
    rule = base_rule(stores=["lyon"], channels=["store"])
    assert granted(purchase(10, store="lyon", channel="store"), rule) == 10
    assert granted(purchase(10, store="lyon", channel="web"), rule) == 0
