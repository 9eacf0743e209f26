"""Points for doing something, and points for each piece bought."""

from tests.factories.earning import article, base_rule, fixed, granted, outcome, per_item, purchase


def test_a_sign_up_earns_its_gift():
    assert granted(purchase(kind="sign_up"), fixed(50, kind="sign_up")) == 50


def test_a_visit_earns_nothing_from_the_rule_of_sign_ups_and_does_not_mention_it():
    answer = outcome(purchase(kind="visit"), fixed(5, "visit", kind="visit"), fixed(50, kind="sign_up"))
    assert answer["granted"] == 5
    assert granted(purchase(kind="visit"), fixed(50, kind="sign_up")) == 0


def test_a_gift_comes_once_per_purchase_whatever_its_amount():
    assert granted(purchase(10), fixed(25)) == granted(purchase(1000), fixed(25)) == 25


def test_a_purchase_of_nothing_earns_no_gift():
    assert outcome(purchase(0), fixed(25))["reason"] == "nothing_to_earn_on"


def test_ten_points_per_bottle_count_the_pieces_not_the_lines():
    basket = purchase(40, article(5, "wine", quantity=6), article(10, "bread"))
    assert granted(basket, per_item(10, categories=["wine"])) == 60


def test_points_per_piece_need_articles():
    assert outcome(purchase(40), per_item(10))["reason"] == "no_matching_articles"


def test_bottles_brought_back_earn_without_any_money():
    returned = purchase(0, article(None, sku="bottle", quantity=4), kind="recycling")
    assert granted(returned, per_item(2, kind="recycling", skus=["bottle"])) == 8


def test_a_gift_for_a_certain_article_comes_with_the_points_of_the_purchase():
    basket = purchase(30, article(20, sku="lamp"), article(10, sku="bulb"))
    assert granted(basket, base_rule(), fixed(100, skus=["lamp"])) == 130
    assert granted(purchase(30, article(30, sku="bulb")), base_rule(), fixed(100, skus=["lamp"])) == 30
