"""What a balance becomes on the first of the month."""

import pytest

from rewards.rules import Issued, issued


def test_350_points_at_100_become_one_voucher_worth_15_and_300_points_are_debited():
    assert issued(350, points=100, value=500) == Issued(points=300, value=1500)


@pytest.mark.parametrize("available", [99, 0, -250])
def test_less_than_a_full_step_becomes_nothing(available):
    assert issued(available, points=100, value=500) == Issued(points=0, value=0)


def test_exactly_one_step_leaves_nothing_behind():
    assert issued(100, points=100, value=500) == Issued(points=100, value=500)
