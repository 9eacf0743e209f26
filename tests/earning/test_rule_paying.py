"""How a purchase was paid: tenders that earn, and points that earn no points."""

import pytest

from loyalty.earning.basket import Limits
from tests.factories.earning import article, base_rule, fixed, granted, outcome, purchase

NO_TOBACCO = Limits(excluded_categories=frozenset({"tobacco"}))


def test_what_is_paid_with_points_does_not_earn():
    assert granted(purchase(50, paid_with=[("points", 20), ("cash", 30)]), base_rule()) == 30


def test_a_program_may_let_the_whole_amount_earn():
    assert granted(purchase(50, paid_with=[("points", 20), ("cash", 30)]), base_rule(), earn_on="gross") == 50


def test_a_purchase_paid_wholly_with_points_earns_neither_points_nor_gift():
    basket = purchase(50, paid_with=[("points", 50)])
    assert granted(basket, base_rule(), fixed(5)) == 0
    assert outcome(basket, base_rule())["reason"] == "nothing_to_earn_on"


def test_points_pay_for_the_goods_that_earn_since_they_cannot_pay_for_tobacco():
    basket = purchase(50, article(30, "food"), article(20, "tobacco"), paid_with=[("points", 10), ("cash", 40)])
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 20


def test_a_rule_for_the_store_card_earns_on_the_part_that_it_paid():
    basket = purchase(50, paid_with=[("store_card", "12.50"), ("cash", "37.50")])
    assert granted(basket, base_rule(tenders=["store_card"])) == 12


def test_several_tenders_of_a_rule_add_up():
    basket = purchase(50, paid_with=[("store_card", 12), ("wallet", 8), ("cash", 30)])
    assert granted(basket, base_rule(tenders=["store_card", "wallet"])) == 20


@pytest.mark.parametrize("paid_with", [[], [("cash", 50)]])
def test_a_purchase_paid_otherwise_says_so(paid_with):
    assert outcome(purchase(50, paid_with=paid_with), base_rule(tenders=["store_card"]))["reason"] == "other_tender"


def test_a_tender_pays_for_each_article_in_the_same_proportion():
    basket = purchase(100, article(60, "shoes"), article(40, "hats"), paid_with=[("store_card", 50), ("cash", 50)])
    assert granted(basket, base_rule(tenders=["store_card"], categories=["shoes"])) == 30


def test_change_given_on_cash_does_not_earn():
    assert granted(purchase(37, paid_with=[("cash", 50)]), base_rule(tenders=["cash"])) == 37


def test_points_and_store_card_together_earn_on_the_store_card():
    basket = purchase(50, paid_with=[("points", 20), ("store_card", 30)])
    assert granted(basket, base_rule(tenders=["store_card"])) == 30
    assert granted(basket, base_rule(tenders=["points"])) == 0
    assert granted(basket, base_rule(tenders=["points"]), earn_on="gross") == 20
