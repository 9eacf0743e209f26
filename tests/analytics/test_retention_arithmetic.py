"""The rates of the trade, from counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.retention import PeriodCounts, chain, retention_rate, return_rate

counts = st.integers(min_value=0, max_value=10**9)


def test_customers_kept_are_those_at_the_close_without_the_newcomers():
    assert retention_rate(start=200, close=210, newcomers=40) == 85


def test_a_rate_of_nothing_is_not_zero():
    assert retention_rate(start=0, close=12, newcomers=12) is None
    assert return_rate(start=0, returned=0) is None


def test_reactivated_customers_may_lift_retention_above_hundred_but_never_the_return_rate():
    period = PeriodCounts(at_start=10, at_end=14, new=1, returned=6)
    assert period.retention_rate == 130
    assert period.return_rate == 60


@pytest.mark.parametrize("close, newcomers", [(3, 4), (0, 1)])
def test_more_newcomers_than_customers_is_refused(close, newcomers):
    with pytest.raises(ValueError):
        retention_rate(start=10, close=close, newcomers=newcomers)


def test_nobody_returns_who_was_not_there():
    with pytest.raises(ValueError):
        return_rate(start=3, returned=4)


def test_each_period_starts_with_the_one_before():
    assert chain([(5, 5, 0), (7, 3, 4), (0, 0, 0), (2, 2, 0)]) == [
        PeriodCounts(at_start=5, at_end=7, new=3, returned=4),
        PeriodCounts(at_start=7, at_end=0, new=0, returned=0),
        PeriodCounts(at_start=0, at_end=2, new=2, returned=0),
    ]


def test_an_empty_chain_has_no_periods():
    assert chain([]) == []
    assert chain([(5, 5, 0)]) == []


@given(start=counts.filter(bool), returned=counts, back=counts, new=counts)
def test_the_return_rate_never_exceeds_retention(start, returned, back, new):
    returned = min(start, returned)
    close = returned + back + new
    assert return_rate(start, returned) <= retention_rate(start, close, new)
