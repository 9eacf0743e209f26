"""“From 20 euros”: the money that earns must reach the minimum."""

from loyalty.earning.basket import Limits
from tests.factories.earning import article, base_rule, fixed, granted, outcome, purchase


def test_the_minimum_itself_is_enough():
    assert granted(purchase(20), base_rule(minimum_amount=2000)) == 20
    assert granted(purchase("19.99"), base_rule(minimum_amount=2000)) == 0


def test_below_the_minimum_the_outcome_says_what_was_reached():
    answer = outcome(purchase("15.40"), base_rule(minimum_amount=2000))
    assert (answer["reason"], answer["amount"], answer["needed"]) == ("below_minimum", 1540, 2000)


def test_only_goods_that_earn_count_towards_the_minimum():
    basket = purchase(25, article(15, "food"), article(10, "tobacco"))
    no_tobacco = Limits(excluded_categories=frozenset({"tobacco"}))
    assert granted(basket, fixed(50, minimum_amount=2000), excluded=no_tobacco) == 0
    assert granted(basket, fixed(50, minimum_amount=2000)) == 50


def test_a_minimum_of_shoes_is_reached_by_shoes():
    rule = fixed(50, categories=["shoes"], minimum_amount=5000)
    assert granted(purchase(90, article(60, "shoes"), article(30, "hats")), rule) == 50
    assert granted(purchase(90, article(40, "shoes"), article(50, "hats")), rule) == 0
