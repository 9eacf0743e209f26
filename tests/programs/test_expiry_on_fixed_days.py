"""Points that all lapse on the same days of the year."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.programs.expiry import ExpiryPolicy, expires_at


def last_usable_day(fixed_days, earned):
    policy = ExpiryPolicy(tz=UTC, kind="fixed", fixed_days=fixed_days)
    lapse = expires_at(policy, datetime.fromisoformat(earned).replace(tzinfo=UTC))
    return (lapse - timedelta(seconds=1)).date().isoformat()


@pytest.mark.parametrize(
    ("earned", "last_day"),
    [
        ("2026-01-01", "2026-06-30"),
        ("2026-06-30", "2026-06-30"),
        ("2026-07-01", "2026-12-31"),
        ("2026-12-31", "2026-12-31"),
        ("2027-01-01", "2027-06-30"),
    ],
)
def test_points_last_until_the_next_fixed_day_that_day_included(earned, last_day):
    assert last_usable_day(("06-30", "12-31"), earned) == last_day


def test_the_order_in_which_the_days_were_entered_does_not_matter():
    assert last_usable_day(("12-31", "06-30"), "2026-02-01") == "2026-06-30"


def test_the_end_of_february_moves_with_leap_years():
    assert last_usable_day(("02-29",), "2024-01-15") == "2024-02-29"
    assert last_usable_day(("02-29",), "2026-01-15") == "2026-02-28"
    assert last_usable_day(("02-29",), "2026-03-01") == "2027-02-28"
