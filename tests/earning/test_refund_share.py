"""What a refund takes back: in proportion, to the point, whatever the order of partial refunds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.refunding import Given, Purchase
from loyalty.lib.refunds import share_to_take
from tests.earning.desk import NOON

PARTS = st.lists(st.integers(0, 100_000), min_size=1, max_size=12)
GRANTED = st.integers(0, 1_000_000)


def take_one_by_one(granted, parts):
    taken, refunded, answers = 0, 0, []
    for part in parts:
        refunded += part
        points = share_to_take(granted=granted, amount=sum(parts), refunded=refunded, already_taken=taken)
        taken += points
        answers.append(points)
    return answers


def test_half_the_purchase_takes_half_the_points():
    assert share_to_take(granted=29, amount=5800, refunded=2900, already_taken=0) == 15


def test_the_second_half_takes_the_rest():
    assert share_to_take(granted=29, amount=5800, refunded=5800, already_taken=15) == 14


def test_a_purchase_of_nothing_is_refunded_whole():
    assert share_to_take(granted=50, amount=0, refunded=0, already_taken=0) == 50
    assert share_to_take(granted=50, amount=0, refunded=0, already_taken=50) == 0


def test_more_than_the_purchase_cannot_be_refunded():
    with pytest.raises(ValueError, match="5801"):
        share_to_take(granted=29, amount=5800, refunded=5801, already_taken=0)


@given(GRANTED, PARTS.filter(any))
def test_partial_refunds_of_everything_take_exactly_what_was_granted(granted, parts):
    answers = take_one_by_one(granted, parts)
    assert sum(answers) == granted
    assert min(answers) >= 0


@given(GRANTED, PARTS.filter(any), st.randoms())
def test_the_order_of_refunds_leaves_no_trace(granted, parts, random):
    shuffled = random.sample(parts, len(parts))
    assert sum(take_one_by_one(granted, parts)) == sum(take_one_by_one(granted, shuffled))


@given(GRANTED, st.integers(1, 10**9), st.data())
def test_what_was_taken_is_never_half_a_point_off_the_exact_share(granted, amount, data):
    refunded = data.draw(st.integers(0, amount))
    taken = share_to_take(granted=granted, amount=amount, refunded=refunded, already_taken=0)
    assert abs(2 * (taken * amount - granted * refunded)) <= amount


@given(points=GRANTED, cashback=GRANTED, parts=PARTS)
def test_each_currency_is_taken_back_to_the_last_as_if_it_were_alone(points, cashback, parts):
    both = {"points": Given(points), "cashback": Given(cashback)}
    purchase = Purchase(1, "purchase", NOON, sum(parts), given=both)
    taken = {currency: [] for currency in both}
    for part in parts:
        purchase.refund(part)
        for currency, given_ in both.items():
            taken[currency].append(purchase.take(given_, 0))
    assert taken == {"points": take_one_by_one(points, parts), "cashback": take_one_by_one(cashback, parts)}
    if sum(parts):
        assert {currency: sum(parts_taken) for currency, parts_taken in taken.items()} == {
            "points": points,
            "cashback": cashback,
        }
