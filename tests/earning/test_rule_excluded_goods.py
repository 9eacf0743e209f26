"""Tobacco, gift cards, delivery: what is excluded reduces the amount that earns."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.basket import Limits
from tests.factories.earning import article, base_rule, fixed, granted, multiplier, outcome, purchase

NO_TOBACCO = Limits(excluded_categories=frozenset({"tobacco"}), excluded_skus=frozenset({"gift-card"}))
PRICES = st.decimals("0.01", 500, places=2)
ARTICLES = st.builds(article, PRICES, st.sampled_from(["food", "toys", ""]), quantity=st.integers(1, 5))


def test_tobacco_does_not_earn_and_the_rest_of_the_basket_does():
    basket = purchase(50, article(20, "food"), article(10, "tobacco", quantity=3))
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 20


def test_an_excluded_article_does_not_earn_whatever_its_category():
    basket = purchase(70, article(20, "food"), article(50, "presents", "gift-card"))
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 20


def test_a_basket_of_tobacco_alone_earns_neither_points_nor_gift():
    basket = purchase(10, article(10, "tobacco"))
    assert granted(basket, base_rule(), fixed(50), multiplier("2"), excluded=NO_TOBACCO) == 0
    assert outcome(basket, fixed(50), excluded=NO_TOBACCO)["reason"] == "nothing_to_earn_on"


def test_a_rule_may_exclude_more_than_its_program():
    basket = purchase(50, article(20, "food"), article(30, "books"))
    assert granted(basket, base_rule(excluded_categories=["books"])) == 20
    assert granted(basket, base_rule(excluded_skus=["novel"])) == 50


def test_a_purchase_without_lines_earns_whole_since_nothing_says_what_it_was():
    assert granted(purchase(50), base_rule(), excluded=NO_TOBACCO) == 50


def test_what_the_lines_leave_over_earns_as_unnamed_goods():
    assert granted(purchase(50, article(30, "tobacco")), base_rule(), excluded=NO_TOBACCO) == 20


def test_a_discount_on_the_basket_is_spread_over_its_lines():
    basket = purchase(90, article(50, "food"), article(50, "tobacco"))
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 45


def test_tobacco_without_a_price_takes_what_the_priced_lines_leave():
    basket = purchase(50, article(20, "food"), article(None, "tobacco"))
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 20


def test_lines_without_prices_share_the_amount_by_their_pieces():
    basket = purchase(40, article(None, "food", quantity=3), article(None, "tobacco"))
    assert granted(basket, base_rule(), excluded=NO_TOBACCO) == 30


@given(st.lists(ARTICLES, max_size=5), PRICES, st.booleans())
def test_adding_tobacco_to_a_basket_never_earns_a_point(lines, price, doubled):
    rules = [base_rule(), fixed(10)] + ([multiplier("2", categories=["food"])] if doubled else [])
    euros = Decimal(sum(line.unit_price * line.quantity for line in lines)) / 100
    without = granted(purchase(euros, *lines), *rules, excluded=NO_TOBACCO)
    more = purchase(euros + price, *lines, article(price, "tobacco"))
    assert granted(more, *rules, excluded=NO_TOBACCO) <= without


@given(st.lists(st.builds(article, st.none() | PRICES, st.sampled_from(["food", "tobacco"])), max_size=5), PRICES)
def test_whatever_the_lines_say_no_more_than_the_amount_earns(lines, euros):
    assert granted(purchase(euros, *lines), base_rule(per_amount=1), excluded=NO_TOBACCO) <= euros * 100
