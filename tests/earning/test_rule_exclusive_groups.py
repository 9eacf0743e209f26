"""Offers that exclude one another: the highest priority wins."""

from tests.factories.earning import article, base_rule, fixed, granted, multiplier, outcome, purchase

MONDAYS = multiplier("2", "mondays", exclusive_group="offers", priority=1)
BIRTHDAY = multiplier("3", "birthday", exclusive_group="offers", priority=5, member_tags=["birthday"])


def test_on_her_birthday_a_member_gets_the_better_offer_alone():
    basket = purchase(10, member_tags=["birthday"])
    assert granted(basket, base_rule(), MONDAYS, BIRTHDAY) == 30
    answer = outcome(basket, MONDAYS, BIRTHDAY, base_rule())
    assert (answer["reason"], answer["winner"]) == ("lost_in_group", "birthday")


def test_an_offer_that_does_not_apply_does_not_stand_in_the_way():
    assert granted(purchase(10), base_rule(), MONDAYS, BIRTHDAY) == 20


def test_priority_wins_over_generosity():
    small = fixed(5, "small", exclusive_group="gift", priority=2)
    large = fixed(500, "large", exclusive_group="gift", priority=1)
    assert granted(purchase(10), small, large) == 5


def test_between_equals_the_larger_gift_wins():
    small = fixed(5, "a-small", exclusive_group="gift")
    large = fixed(500, "b-large", exclusive_group="gift")
    assert granted(purchase(10), small, large) == 500


def test_an_offer_without_its_articles_loses_no_group():
    lamps = fixed(100, "lamps", exclusive_group="gift", priority=9, skus=["lamp"])
    anything = fixed(10, "anything", exclusive_group="gift")
    assert granted(purchase(10, article(10, sku="bulb")), lamps, anything) == 10


def test_groups_do_not_see_one_another():
    gifts = (fixed(5, "a", exclusive_group="one"), fixed(7, "b", exclusive_group="two"))
    assert granted(purchase(10), *gifts) == 12
