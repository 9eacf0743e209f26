"""A budget is what a rule may grant to all members together."""

from loyalty.earning.rules import BUDGET, Policy, decide
from tests.factories.earning import base_rule, fixed, granted, outcome, purchase


def test_the_last_points_of_a_budget_go_to_one_member_and_the_next_gets_none():
    offer = fixed(100, "offer", budget=250)
    spent, gifts = {}, []
    for _member in range(4):
        verdict = decide(purchase(10), [offer], Policy(), spent)
        gifts.append(verdict.granted)
        for key, points in verdict.usage.items():
            spent[key] = spent.get(key, 0) + points
    assert gifts == [100, 100, 50, 0]
    assert spent == {("offer", BUDGET): 250}


def test_a_spent_budget_is_the_reason_given():
    answer = outcome(purchase(10), fixed(100, "offer", budget=100), usage={("offer", BUDGET): 100})
    assert (answer["reason"], answer["desired"], answer["granted"]) == ("budget_spent", 100, 0)


def test_a_budget_that_was_lowered_under_what_is_spent_takes_nothing_back():
    assert granted(purchase(10), fixed(100, "offer", budget=50), usage={("offer", BUDGET): 80}) == 0


def test_the_other_rules_go_on():
    spent = {("offer", BUDGET): 100}
    assert granted(purchase(10), base_rule(), fixed(100, "offer", budget=100), usage=spent) == 10
