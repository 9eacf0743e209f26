"""Percentages are pro rata; points are rounded once per activity, after everything else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.earning import base_rule, granted, multiplier, percentage, purchase


def test_five_per_cent_of_ten_euros_are_fifty_cents():
    assert granted(purchase(10), percentage("5")) == 50


@pytest.mark.parametrize(("rounding", "points"), [("floor", 12), ("round", 13), ("ceil", 13)])
def test_half_a_point_goes_the_way_that_the_program_rounds(rounding, points):
    assert granted(purchase("2.50"), percentage("5"), rounding=rounding) == points


@pytest.mark.parametrize(("rounding", "points"), [("floor", 12), ("round", 12), ("ceil", 13)])
def test_less_than_half_a_point_is_gained_only_by_rounding_up(rounding, points):
    assert granted(purchase("2.45"), percentage("5"), rounding=rounding) == points


def test_two_halves_make_a_point_because_rounding_happens_once():
    assert granted(purchase("0.50"), percentage("1", "a"), percentage("1", "b")) == 1


def test_rounding_comes_after_the_multiplier():
    assert granted(purchase("0.50"), percentage("1"), multiplier("3")) == 1


def test_a_third_of_a_per_cent_is_exact():
    assert granted(purchase(1000), percentage("0.3333"), rounding="floor") == 333


@given(st.decimals("0.0001", 100, places=4), st.decimals(0, 100_000, places=2))
def test_rounding_modes_enclose_the_exact_share(factor, euros):
    exact = Decimal(factor) * euros
    down, near, up = (
        granted(purchase(euros), percentage(str(factor)), rounding=mode) for mode in ("floor", "round", "ceil")
    )
    assert down <= exact <= up
    assert up - down <= 1
    assert abs(near - exact) <= Decimal("0.5")


def test_full_amounts_are_counted_before_any_rounding():
    assert granted(purchase("1.99"), base_rule(), rounding="ceil") == 1
