"""What vouchers take off a basket: arithmetic, without a database."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.discounting import UseTerms, discounts, share_out
from rewards.rules import Basket, Code, Exclusions


@dataclass(frozen=True)
class Article:
    sku: str = ""
    category: str = ""
    quantity: int = 1
    unit_price: int | None = None


WINE = Article("W1", "wine", 2, 1000)
CHEESE = Article("C1", "cheese", 1, 500)
TOBACCO = Article("T1", "tobacco", 1, 1200)
FIVE_OFF = UseTerms(value=500)
TEN_PERCENT = UseTerms(kind="discount_percent", percent=Decimal(10))


def off(*terms, amount=2500, lines=(), **options):
    return discounts(terms, Basket(amount, lines), currency="EUR", **options)


def worth(*terms, **options):
    answer = off(*terms, **options)
    assert answer.refusal is None
    return answer.worth


def refusal(*terms, **options):
    answer = off(*terms, **options)
    assert answer.refusal is not None
    return answer.refused, answer.refusal.code


def test_an_amount_never_pays_more_than_the_basket():
    assert worth(FIVE_OFF) == [500]
    assert worth(FIVE_OFF, amount=320) == [320]


@pytest.mark.parametrize(("amount", "expected"), [(2500, 250), (999, 100), (994, 99), (995, 100), (5, 1)])
def test_a_percentage_is_rounded_to_the_nearest_cent(amount, expected):
    assert worth(TEN_PERCENT, amount=amount) == [expected]


def test_percentages_come_first_however_the_codes_are_scanned():
    assert worth(FIVE_OFF, TEN_PERCENT) == [500, 250]
    assert worth(TEN_PERCENT, FIVE_OFF) == [250, 500]


def test_two_vouchers_never_pay_for_the_same_cent():
    cheese = UseTerms(value=400, categories=frozenset({"cheese"}))
    assert worth(cheese, cheese, lines=[WINE, CHEESE]) == [400, 100]
    anything = UseTerms(value=2400)
    assert worth(anything, cheese, lines=[WINE, CHEESE]) == [2100, 400]


def test_what_is_paid_already_leaves_nothing_for_one_more():
    assert refusal(UseTerms(value=2500), FIVE_OFF) == (1, Code.NOTHING_LEFT)


def test_certain_goods_only():
    wine = UseTerms(kind="discount_percent", percent=Decimal(50), categories=frozenset({"wine"}))
    assert worth(wine, lines=[WINE, CHEESE]) == [1000]
    assert worth(UseTerms(value=5000, skus=frozenset({"C1"})), lines=[WINE, CHEESE]) == [500]
    assert refusal(wine, lines=[CHEESE]) == (0, Code.NOTHING_ELIGIBLE)
    assert refusal(wine) == (0, Code.LINES_NEEDED)


def test_a_minimum_is_measured_on_the_goods_that_count_at_full_price():
    from_25 = UseTerms(value=500, minimum=2500)
    assert worth(from_25, TEN_PERCENT, amount=2500) == [500, 250]
    assert refusal(from_25, amount=2499) == (0, Code.BASKET_TOO_SMALL)
    wine = UseTerms(value=500, minimum=2500, categories=frozenset({"wine"}))
    assert refusal(wine, lines=[WINE, CHEESE]) == (0, Code.BASKET_TOO_SMALL)


def test_the_refusal_says_both_amounts():
    answer = off(UseTerms(value=500, minimum=3000))
    assert str(answer.refusal.message) == (
        "This voucher counts from €30.00 on; what counts in this basket comes to €25.00."
    )


def test_excluded_goods_count_for_no_voucher_unless_it_names_them():
    options = {"lines": [TOBACCO, CHEESE], "amount": 1700, "exclusions": Exclusions(frozenset({"tobacco"}))}
    assert worth(UseTerms(value=1000), **options) == [500]
    assert worth(TEN_PERCENT, **options) == [50]
    assert worth(UseTerms(value=1000, skus=frozenset({"T1"})), **options) == [1000]


def test_a_free_article_is_worth_one_of_it():
    assert worth(UseTerms(kind="free_product", article="W1"), lines=[WINE, CHEESE]) == [1000]
    assert worth(UseTerms(kind="free_product", article="ELSEWHERE"), lines=[WINE, CHEESE]) == [0]
    assert worth(UseTerms(kind="free_product", article="W1")) == [0]
    drinks = UseTerms(kind="free_product", categories=frozenset({"wine", "cheese"}))
    assert worth(drinks, lines=[WINE, CHEESE]) == [500]
    assert worth(drinks, drinks, lines=[WINE, CHEESE]) == [500, 1000]


def test_free_delivery_takes_the_delivery_off_where_the_basket_shows_it():
    delivery = Article("D", "delivery", 1, 490)
    named = UseTerms(kind="free_delivery", categories=frozenset({"delivery"}))
    assert worth(named, lines=[CHEESE, delivery], amount=990) == [490]
    assert worth(UseTerms(kind="free_delivery"), lines=[CHEESE, delivery], amount=990) == [0]


def test_which_vouchers_go_together():
    alone = UseTerms(value=500, is_stackable=False)
    birthday = UseTerms(value=500, group="birthday")
    assert worth(alone) == [500]
    assert refusal(alone, FIVE_OFF) == (0, Code.NOT_STACKABLE)
    assert refusal(FIVE_OFF, alone) == (0, Code.NOT_STACKABLE)
    assert refusal(birthday, birthday) == (0, Code.NOT_STACKABLE)
    assert worth(birthday, UseTerms(value=100, group="welcome"), FIVE_OFF) == [500, 100, 500]
    assert refusal(birthday, earlier=[(birthday, 500)]) == (0, Code.NOT_STACKABLE)


def test_what_the_sale_used_before_is_paid():
    assert worth(FIVE_OFF, amount=800, earlier=[(FIVE_OFF, 500)]) == [300]


def test_a_discount_on_the_whole_basket_is_shared_by_its_articles():
    wine = UseTerms(value=5000, categories=frozenset({"wine"}))
    assert worth(wine, lines=[WINE, CHEESE], amount=1250) == [1000]


def test_articles_without_a_price_share_what_the_others_leave():
    beans = Article("B", "beans", 3)
    assert worth(UseTerms(value=9000, skus=frozenset({"B"})), lines=[CHEESE, beans], amount=1100) == [600]


articles = st.builds(
    Article,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["x", "y", "z"]),
    st.integers(1, 5),
    st.one_of(st.none(), st.integers(0, 5000)),
)
vouchers = st.builds(
    UseTerms,
    kind=st.sampled_from(["", "discount_percent", "free_product", "free_delivery"]),
    value=st.integers(1, 5000),
    percent=st.integers(1, 100).map(Decimal),
    categories=st.frozensets(st.sampled_from(["x", "y"])),
)


@given(st.integers(0, 50_000), st.lists(articles, max_size=5), st.lists(vouchers, min_size=1, max_size=4))
def test_vouchers_together_never_take_more_than_the_basket(amount, lines, wanted):
    answer = off(*wanted, amount=amount, lines=lines)
    assert all(each >= 0 for each in answer.worth)
    assert sum(answer.worth) <= amount


@given(st.integers(0, 10_000), st.lists(st.integers(0, 1000), max_size=8))
def test_what_is_shared_out_adds_up(amount, weights):
    parts = share_out(amount, weights)
    assert sum(parts) == (amount if sum(weights) else 0)
    assert all(part >= 0 for part in parts)
