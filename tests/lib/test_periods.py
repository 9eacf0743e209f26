"""The calendar: local days across clock changes, months of unequal length, periods that tile the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.lib.periods import Every, add_months, days, local_date, period_end, period_start, periods, start_of_day

PARIS = ZoneInfo("Europe/Paris")
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


def test_a_sale_after_midnight_in_paris_belongs_to_the_new_day_though_it_is_yesterday_in_london():
    assert local_date(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), PARIS) == date(2026, 7, 1)


def test_the_day_of_the_spring_clock_change_lasts_23_hours_and_that_of_autumn_25():
    def length(day):
        return start_of_day(day + timedelta(1), PARIS) - start_of_day(day, PARIS)

    assert length(date(2026, 3, 29)) == timedelta(hours=23)
    assert length(date(2026, 10, 25)) == timedelta(hours=25)


def test_where_the_clock_jumps_over_midnight_the_day_starts_at_the_jump():
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    start = start_of_day(date(2018, 11, 4), sao_paulo)
    assert start.astimezone(sao_paulo).hour == 1
    assert local_date(start - timedelta(seconds=1), sao_paulo) == date(2018, 11, 3)


def test_where_midnight_comes_twice_the_day_starts_at_the_first():
    havana = ZoneInfo("America/Havana")
    start = start_of_day(date(2026, 11, 1), havana)
    assert local_date(start - timedelta(seconds=1), havana) == date(2026, 10, 31)


@given(DAYS, st.sampled_from(["Europe/Paris", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Auckland"]))
def test_the_start_of_a_day_is_its_first_second_in_every_zone(day, name):
    tz = ZoneInfo(name)
    start = start_of_day(day, tz)
    assert local_date(start, tz) == day
    assert local_date(start - timedelta(seconds=1), tz) < day


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -12, "2025-01-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_short_month(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(DAYS, st.integers(-240, 240))
def test_adding_months_never_leaves_the_month_it_lands_in(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


@given(DAYS, st.sampled_from(Every))
def test_a_day_lies_in_its_period(day, every):
    assert period_start(day, every) <= day < period_end(day, every)


def test_quarters_and_years_start_where_an_accountant_expects_them():
    assert period_start(date(2026, 5, 20), Every.QUARTER) == date(2026, 4, 1)
    assert period_end(date(2026, 5, 20), Every.QUARTER) == date(2026, 7, 1)
    assert period_start(date(2026, 5, 20), Every.YEAR) == date(2026, 1, 1)


def test_periods_tile_a_span_without_gap():
    tiles = list(periods(date(1997, 1, 1), date(1998, 7, 1), Every.QUARTER))
    assert len(tiles) == 6
    assert [start for start, _ in tiles[1:]] == [end for _, end in tiles[:-1]]


def test_a_span_that_does_not_start_a_period_is_refused():
    with pytest.raises(ValueError, match="1997-01-02"):
        list(periods(date(1997, 1, 2), date(1998, 1, 1), Every.MONTH))


def test_days_leave_the_end_out():
    assert list(days(date(2024, 2, 28), date(2024, 3, 1))) == [date(2024, 2, 28), date(2024, 2, 29)]
