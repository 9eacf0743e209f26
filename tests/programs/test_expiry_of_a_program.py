"""What a program's own settings make of its points' life."""

from datetime import UTC, date, datetime

import pytest

from loyalty.programs.expiry import ExpiryPolicy, expires_at, postpones
from loyalty.programs.models import Program

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def policy(**settings):
    return ExpiryPolicy.of(Program(code="halles", name="Les Halles", time_zone="Europe/Paris", **settings))


def test_points_of_a_program_that_never_expires_never_lapse():
    assert expires_at(policy(expiry="never"), NOON) is None


def test_a_program_counts_its_months_in_its_own_zone_across_the_clock_change():
    assert expires_at(policy(expiry="rolling", expiry_months=12), NOON) == datetime(2027, 3, 28, 22, tzinfo=UTC)


def test_inactivity_counts_from_the_last_activity():
    assert expires_at(policy(expiry="inactivity", expiry_months=6), NOON) == datetime(2026, 9, 28, 22, tzinfo=UTC)


def test_only_the_chosen_activities_postpone_inactivity():
    purchases_only = policy(expiry="inactivity", expiry_months=6, expiry_reset_kinds=["purchase"])
    assert postpones(purchases_only, "purchase")
    assert not postpones(purchases_only, "visit")
    assert postpones(policy(expiry="inactivity", expiry_months=6), "visit")
    assert not postpones(policy(expiry="rolling"), "purchase")


@pytest.mark.parametrize("expiry", ["never", "rolling"])
def test_points_of_a_closing_program_lapse_after_its_final_day_at_the_latest(expiry):
    closing = policy(expiry=expiry, expiry_months=12, final_expiry_date=date(2026, 6, 30))
    assert expires_at(closing, NOON) == datetime(2026, 6, 30, 22, tzinfo=UTC)
