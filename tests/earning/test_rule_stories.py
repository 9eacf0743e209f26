"""Programs as retailers publish them, worked through by hand."""

from datetime import UTC, datetime

from loyalty.earning.basket import Limits
from loyalty.earning.rules import Policy, decide
from tests.factories.earning import article, base_rule, fixed, granted, multiplier, per_item, percentage, purchase

SUNDAY = datetime(2026, 3, 1, 15, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


def test_a_department_store_gives_a_point_per_dollar_but_none_for_gift_cards_or_delivery():
    """“Earn 1 point for every $1 spent. Gift cards, taxes and shipping do not earn.”"""
    excluded = Limits(excluded_categories=frozenset({"gift card", "delivery"}))
    order = purchase(
        "184.93", article("59.99", "shoes", quantity=2), article(50, "gift card"), article("14.95", "delivery")
    )
    assert granted(order, base_rule(), excluded=excluded) == 119


def test_a_grocer_doubles_fruit_on_mondays_and_gives_a_gift_from_fifty_euros():
    """“1 point per €2; double points on fruit and vegetables every Monday; 10 points for a basket of €50.”"""
    rules = (
        base_rule(per_amount=200),
        multiplier("2", "fruit", categories=["fruit", "vegetables"], weekdays=[1]),
        fixed(10, "basket", minimum_amount=5000),
    )
    groceries = (article(20, "fruit"), article(20, "cheese"), article(20, "vegetables"))
    assert granted(purchase(60, *groceries, at=SUNDAY), *rules) == 30 + 10
    # Two thirds of the basket are fruit and vegetables; the gift is for the basket and is not doubled.
    assert granted(purchase(60, *groceries, at=MONDAY), *rules) == 30 + 20 + 10


def test_a_perfumery_triples_for_gold_members_and_doubles_birthdays_but_never_both():
    """“Gold members: triple points. Everybody: double points on the birthday. Offers cannot be combined.”"""
    gold = multiplier("3", "gold", member_tags=["gold"], exclusive_group="offers", priority=2)
    birthday = multiplier("2", "birthday", member_tags=["birthday"], exclusive_group="offers", priority=1)
    rules = (base_rule(), gold, birthday)
    assert granted(purchase(40), *rules) == 40
    assert granted(purchase(40, member_tags=["birthday"]), *rules) == 80
    assert granted(purchase(40, member_tags=["birthday", "gold"]), *rules) == 120


def test_a_hypermarket_pays_back_on_its_own_brand_with_its_card_up_to_ten_euros_a_month():
    """“10 % back on our own brand when you pay with our card, at most €10 a month, yours after 14 days.”"""
    goods = {"categories": ["own brand"], "tenders": ["house card"]}
    back = percentage("10", **goods, cap_per_month=1000, activation_delay_days=14)
    trolley = purchase(
        120, article(80, "own brand"), article(40, "other"), at=MONDAY, paid_with=[("house card", 90), ("cash", 30)]
    )
    first = decide(trolley, [back], Policy())
    assert first.grants == {14: 600}
    second = decide(trolley, [back], Policy(), first.usage)
    assert second.grants == {14: 400}
    assert second.outcomes[0]["desired"] == 600


def test_a_coffee_shop_counts_cups_and_thanks_for_a_cup_of_one_s_own():
    """“10 stars per drink; 25 stars when you bring your own cup.”"""
    drinks = purchase("11.40", article("3.80", "drink", quantity=3), member_tags=["own-cup"])
    stars = (per_item(10, categories=["drink"]), fixed(25, "cup", member_tags=["own-cup"]))
    assert granted(drinks, *stars) == 55
