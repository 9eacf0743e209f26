"""Points that lapse some months after the day they were earned, and how that is rounded up."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.lib.periods import local_date
from loyalty.programs.expiry import ExpiryPolicy, expires_at

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.integers(631_152_000, 2_524_608_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 1990–2050


def rolling(months, round_up="none", tz=PARIS):
    return ExpiryPolicy(tz=tz, kind="rolling", months=months, round_up=round_up)


def last_usable_day(policy, day):
    lapse = expires_at(policy, datetime(day.year, day.month, day.day, 15, tzinfo=policy.tz))
    return local_date(lapse - timedelta(seconds=1), policy.tz)


def test_points_of_1_january_1997_last_for_twelve_months_until_31_december():
    lapse = expires_at(rolling(12, tz=UTC), datetime(1997, 1, 1, 18, 30, tzinfo=UTC))
    assert lapse == datetime(1998, 1, 1, tzinfo=UTC)


def test_points_earned_at_any_hour_of_a_day_lapse_together_at_local_midnight():
    policy = rolling(6)
    morning = expires_at(policy, datetime(2026, 1, 15, 0, 1, tzinfo=PARIS))
    evening = expires_at(policy, datetime(2026, 1, 15, 23, 59, tzinfo=PARIS))
    assert morning == evening == datetime(2026, 7, 14, 22, tzinfo=UTC)


def test_a_sale_late_in_the_evening_counts_from_the_day_of_the_program_not_of_greenwich():
    assert expires_at(rolling(1), datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == datetime(2026, 7, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("earned", "months", "last_day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 1, 31), 1, date(2024, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2023, 3, 1), 12, date(2024, 2, 29)),
        (date(2026, 3, 15), 24, date(2028, 3, 14)),
    ],
)
def test_short_months_and_leap_years_keep_the_term(earned, months, last_day):
    assert last_usable_day(rolling(months), earned) == last_day


@pytest.mark.parametrize(
    ("round_up", "last_day"),
    [("month", date(2027, 2, 28)), ("quarter", date(2027, 3, 31)), ("year", date(2027, 12, 31))],
)
def test_a_term_is_rounded_up_to_the_end_of_its_month_quarter_or_year(round_up, last_day):
    assert last_usable_day(rolling(12, round_up), date(2026, 2, 10)) == last_day


@pytest.mark.parametrize("round_up", ["month", "quarter", "year"])
def test_a_term_that_ends_with_the_year_is_not_rounded_into_the_next(round_up):
    assert last_usable_day(rolling(12, round_up), date(2026, 1, 1)) == date(2026, 12, 31)


@given(MOMENTS, MOMENTS, st.integers(1, 60), st.sampled_from(["none", "month", "quarter", "year"]))
def test_later_points_never_lapse_before_earlier_ones(one, other, months, round_up):
    policy = rolling(months, round_up)
    first, second = sorted([one, other])
    assert first < expires_at(policy, first) <= expires_at(policy, second)


@given(MOMENTS, st.integers(1, 60))
def test_rounding_up_never_shortens_a_term(moment, months):
    terms = [expires_at(rolling(months, round_up), moment) for round_up in ("none", "month", "quarter", "year")]
    assert terms == sorted(terms)
