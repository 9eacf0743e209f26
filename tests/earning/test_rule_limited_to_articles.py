"""Rules that hold for some categories or articles earn on those lines only."""

from tests.factories.earning import article, base_rule, granted, outcome, percentage, purchase

BASKET = purchase(100, article(40, "shoes", "sandal"), article(35, "shoes", "boot"), article(25, "hats", "beret"))


def test_a_rule_for_shoes_earns_on_the_shoes():
    assert granted(BASKET, base_rule(categories=["shoes"])) == 75


def test_a_rule_for_one_article_earns_on_that_article():
    assert granted(BASKET, base_rule(skus=["boot"])) == 35


def test_categories_and_articles_together_mean_either():
    assert granted(BASKET, base_rule(categories=["hats"], skus=["boot"])) == 60


def test_all_shoes_but_boots():
    assert granted(BASKET, base_rule(categories=["shoes"], excluded_skus=["boot"])) == 40


def test_the_shoes_of_two_lines_are_counted_together_before_full_amounts_are():
    assert granted(BASKET, base_rule(categories=["shoes"], per_amount=5000)) == 1


def test_a_basket_without_the_articles_says_so():
    assert outcome(BASKET, base_rule(categories=["gloves"]))["reason"] == "no_matching_articles"
    assert outcome(purchase(100), base_rule(categories=["shoes"]))["reason"] == "no_matching_articles"


def test_a_free_article_is_there_but_earns_nothing():
    basket = purchase(10, article(0, "shoes"), article(10, "hats"))
    assert outcome(basket, base_rule(categories=["shoes"]))["reason"] == "nothing_to_earn_on"


def test_a_reduced_basket_earns_on_the_reduced_shoes():
    basket = purchase(80, article(75, "shoes"), article(25, "hats"))
    assert granted(basket, percentage("1", categories=["shoes"])) == 60
