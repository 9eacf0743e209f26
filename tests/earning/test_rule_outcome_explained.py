"""Every outcome of a rule has a sentence for the person who asks why."""

import pytest
from django.utils.translation import override

from loyalty.earning.rules import Reason
from loyalty.earning.sentences import explain
from tests.factories.earning import article, base_rule, fixed, multiplier, outcome, purchase


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def why(facts, *rules, **terms):
    return explain(outcome(facts, *rules, **terms), currency="EUR")


def test_points_are_explained_by_the_amount_that_earned_them():
    assert why(purchase("1234.50"), base_rule()) == "1,234 points for €1,234.50."


def test_a_gift_is_its_points():
    assert why(purchase(kind="visit"), fixed(1, kind="visit")) == "1 point."


def test_a_multiplier_says_how_many_points_it_added():
    assert why(purchase(10), multiplier("1.5"), base_rule()) == "Points × 1.5: 5 points more."
    assert why(purchase(10), multiplier("0.5"), base_rule()) == "Points × 0.5: -5 points."


def test_a_cap_says_what_was_wanted_and_what_it_left():
    assert (
        why(purchase(50), base_rule(cap_per_day=20)) == "50 points, of which the cap per member and day left 20 points."
    )
    assert why(purchase(50), base_rule(budget=20)) == "50 points, of which the rule’s budget left 20 points."


def test_what_fell_short_says_by_how_much():
    assert "€15.00, is below the minimum of €20.00" in why(purchase(15), base_rule(minimum_amount=2000))
    assert "€3.00, is below one full €5.00" in why(purchase(3), base_rule(per_amount=500))


def test_a_lost_offer_names_the_winner():
    rules = (fixed(5, "small", exclusive_group="g"), fixed(9, "large", exclusive_group="g"))
    assert why(purchase(10), *rules).endswith("went first: large.")


def test_a_refused_rule_says_so_in_words():
    basket = purchase(10, article(10, "hats"))
    assert why(basket, base_rule(categories=["shoes"])) == "None of the rule’s articles was there."


@pytest.mark.parametrize("reason", Reason)
def test_no_reason_is_left_as_a_code(reason):
    text = explain({"reason": reason.value, "granted": 0, "desired": 0}, currency="EUR")
    assert text.endswith(".")
    assert "_" not in text


def test_an_outcome_of_another_day_s_software_shows_its_code():
    assert explain({"reason": "phase_of_the_moon", "granted": 0}, currency="EUR") == "phase_of_the_moon"
