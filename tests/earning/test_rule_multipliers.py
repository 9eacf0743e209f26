"""Double points: multipliers multiply what the base rules granted, and one another."""

from tests.factories.earning import article, base_rule, fixed, granted, multiplier, outcome, per_item, purchase


def test_double_points_double_all_base_points():
    assert granted(purchase(20), base_rule(), fixed(5), multiplier("2")) == 50


def test_double_and_triple_make_six_times():
    assert granted(purchase(20), base_rule(), multiplier("2", "a"), multiplier("3", "b")) == 120


def test_the_outcome_of_a_multiplier_is_what_it_added():
    rules = (base_rule(), multiplier("2", "double", priority=2), multiplier("3", "triple", priority=1))
    assert outcome(purchase(20), *rules, of="base")["granted"] == 20
    assert outcome(purchase(20), *rules, of="double")["granted"] == 20
    assert outcome(purchase(20), *rules, of="triple")["granted"] == 80


def test_a_multiplier_alone_has_nothing_to_multiply():
    assert outcome(purchase(20), multiplier("2"))["reason"] == "nothing_to_multiply"


def test_one_and_a_half_times_keeps_the_half_until_the_end():
    assert granted(purchase(3), base_rule(), multiplier("1.5")) == 4
    assert granted(purchase(3), base_rule(), multiplier("1.5", "a"), multiplier("2", "b")) == 9


def test_half_points_in_the_sales_take_points_away_and_say_so():
    sales = multiplier("0.5", "sales")
    assert granted(purchase(20), base_rule(), sales) == 10
    assert outcome(purchase(20), sales, base_rule())["granted"] == -10


def test_double_points_on_shoes_double_the_share_of_the_shoes():
    basket = purchase(100, article(60, "shoes"), article(40, "hats"))
    assert granted(basket, base_rule(), multiplier("2", categories=["shoes"])) == 160


def test_double_points_on_shoes_double_a_gift_for_shoes_but_not_one_for_the_whole_purchase():
    basket = purchase(100, article(60, "shoes"), article(40, "hats"))
    double = multiplier("2", categories=["shoes"])
    assert granted(basket, fixed(50), double) == 50
    assert granted(basket, fixed(50, categories=["shoes"]), double) == 100


def test_two_limited_multipliers_meet_only_on_what_both_reach():
    basket = purchase(100, article(60, "shoes", "sandal"), article(40, "shoes", "boot"))
    shoes = multiplier("2", "shoes", categories=["shoes"])
    boots = multiplier("3", "boots", skus=["boot"])
    assert granted(basket, base_rule(), shoes, boots) == 60 * 2 + 40 * 6


def test_double_points_with_the_store_card_double_the_part_that_it_paid():
    basket = purchase(100, paid_with=[("store_card", 30), ("cash", 70)])
    assert granted(basket, base_rule(), multiplier("2", tenders=["store_card"])) == 130


def test_points_per_piece_are_doubled_by_the_pieces_not_by_their_price():
    basket = purchase(100, article(91, "shoes"), article(1, "socks", quantity=9))
    assert granted(basket, per_item(10), multiplier("2", categories=["socks"])) == 100 + 90


def test_a_multiplier_for_articles_that_were_not_bought_changes_nothing():
    basket = purchase(40, article(40, "hats"))
    rules = (multiplier("2", categories=["shoes"]), base_rule())
    assert granted(basket, *rules) == 40
    assert outcome(basket, *rules)["reason"] == "no_matching_articles"
