"""How many points a basket takes and what they pay, with the reason where they pay nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards import rules
from rewards.rules import Basket, BurnTerms, Code, Exclusions

NOON = datetime(2025, 5, 2, 12, tzinfo=UTC)


class Line(NamedTuple):
    sku: str = ""
    category: str = ""
    quantity: int = 1
    unit_price: int | None = 0


def quote(terms=None, amount=5000, lines=(), store="lyon", available=1000, **options):
    terms = terms or BurnTerms(points=100, value=500)
    return rules.quote(terms, basket=Basket(amount, lines, store), available=available, at=NOON, **options)


def paid(answer):
    assert answer.refusal is None
    return answer.points, answer.value


def test_all_points_are_usable_when_the_basket_is_large_enough():
    assert paid(quote(available=350)) == (300, 1500)


def test_points_never_pay_more_than_the_basket():
    assert paid(quote(amount=1240)) == (200, 1000)


def test_no_more_points_are_used_than_asked_for():
    assert paid(quote(wanted=250)) == (200, 1000)


def test_a_share_of_the_basket_is_the_most_that_points_pay():
    half = BurnTerms(points=100, value=500, largest_share=Decimal(50))
    assert paid(quote(half, amount=2999)) == (200, 1000)


def test_excluded_goods_are_not_paid_with_points():
    basket = [Line("W1", "wine", 2, 1000), Line("T1", "tobacco", 1, 3000)]
    without_tobacco = Exclusions(categories=frozenset({"tobacco"}))
    assert paid(quote(lines=basket, exclusions=without_tobacco)) == (400, 2000)


def test_an_excluded_article_counts_like_an_excluded_category():
    basket = [Line("W1", "wine", 2, 1000), Line("GIFT", "cards", 1, 3000)]
    assert paid(quote(lines=basket, exclusions=Exclusions(skus=frozenset({"GIFT"})))) == (400, 2000)


def test_a_rule_for_certain_categories_pays_those_only():
    wine_only = BurnTerms(points=100, value=500, categories=frozenset({"wine"}))
    basket = [Line("W1", "wine", 1, 1200), Line("B1", "bread", 1, 3800)]
    assert paid(quote(wine_only, lines=basket)) == (200, 1000)


def test_a_line_without_a_price_is_not_guessed():
    basket = [Line("W1", "wine", 1, None), Line("T1", "tobacco", 1, 3000)]
    answer = quote(lines=basket, exclusions=Exclusions(categories=frozenset({"tobacco"})))
    assert answer.refusal.code == Code.NOTHING_ELIGIBLE


@pytest.mark.parametrize(
    "terms, situation, code",
    [
        ({"minimum_points": 500}, {"available": 499}, Code.TOO_FEW_POINTS),
        ({}, {"available": 99}, Code.TOO_FEW_POINTS),
        ({}, {"available": -20}, Code.TOO_FEW_POINTS),
        ({"minimum_points": 500}, {"amount": 1000}, Code.BELOW_MINIMUM),
        ({}, {"amount": 499}, Code.BASKET_TOO_SMALL),
        ({}, {"amount": 0}, Code.NOTHING_ELIGIBLE),
        ({"stores": frozenset({"paris"})}, {}, Code.WRONG_STORE),
        ({"stores": frozenset({"paris"})}, {"store": ""}, Code.WRONG_STORE),
        ({"categories": frozenset({"wine"})}, {}, Code.LINES_NEEDED),
        ({"valid_from": NOON + timedelta(seconds=1)}, {}, Code.TOO_EARLY),
        ({"valid_to": NOON}, {}, Code.TOO_LATE),
        ({"is_active": False}, {}, Code.INACTIVE),
        ({}, {"closed": True}, Code.WOUND_DOWN),
    ],
)
def test_a_refusal_says_why(terms, situation, code):
    answer = quote(BurnTerms(points=100, value=500, **terms), **situation)
    assert (answer.points, answer.value, answer.refusal.code) == (0, 0, code)
    assert str(answer.refusal.message)


def test_a_rule_is_in_force_from_its_first_moment():
    assert paid(quote(BurnTerms(points=100, value=500, valid_from=NOON))) == (1000, 5000)


def test_the_rule_that_pays_most_is_taken():
    generous, poor = BurnTerms(points=100, value=600, rule_id=1), BurnTerms(points=100, value=500, rule_id=2)
    best = rules.best_quote([quote(poor, available=300), quote(generous, available=300)])
    assert (best.rule_id, best.value) == (1, 1800)


def test_among_equal_payments_the_fewest_points_are_taken():
    cheap, dear = BurnTerms(points=50, value=500, rule_id=1), BurnTerms(points=100, value=500, rule_id=2)
    assert rules.best_quote([quote(dear, amount=500), quote(cheap, amount=500)]).rule_id == 1


def test_without_a_rule_points_do_not_pay():
    assert rules.best_quote([]).refusal.code == Code.INACTIVE


amounts = st.integers(0, 10**9)


@given(
    points=st.integers(1, 10**4),
    value=st.integers(1, 10**6),
    minimum=st.integers(0, 10**5),
    share=st.decimals("0.01", "100", places=2),
    amount=amounts,
    available=st.integers(-(10**6), 10**9),
)
def test_a_quote_is_affordable_in_full_steps_and_within_its_limits(points, value, minimum, share, amount, available):
    terms = BurnTerms(points=points, value=value, minimum_points=minimum, largest_share=share)
    answer = quote(terms, amount=amount, available=available)
    assert (answer.refusal is None) == (answer.points > 0) == (answer.value > 0)
    assert answer.points * value == answer.value * points
    if answer.points:
        assert minimum <= answer.points <= available
        assert answer.value * 100 <= amount * share
